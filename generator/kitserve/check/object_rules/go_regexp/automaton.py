"""Patterns as automata over the characters of URIs, to see whether two of them match one URI.

Thompson's construction: it takes time and memory in proportion to the pattern, whoever wrote it.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from kitserve.check.object_rules.go_regexp.reader import Reader
from kitserve.check.object_rules.go_regexp.tree import Kind, Tree, UnreadableError

_ALPHABET = "".join(map(chr, range(0x21, 0x7F)))
_ANY = (1 << len(_ALPHABET)) - 1
_BIT = {char: 1 << number for number, char in enumerate(_ALPHABET)}
_FOLDS = re.compile(r"\(\?[msU]*i")
_NAMED = re.compile(r"\[:(\^?\w+):\]")
_OPERATOR, _ESCAPED = re.compile(r"(?<!\\)([\[&~|])"), r"\\\1"
_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "word": r"\w",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
}
_MOST = 2000
"""States of a pattern. URIs' patterns have some dozens."""

State = int


@dataclass
class Automaton:
    """States with moves: `steps` read a character of a set, `jumps` none, `heads` none and only at the beginning."""

    steps: list[list[tuple[int, State]]] = field(default_factory=list)
    jumps: list[list[State]] = field(default_factory=list)
    heads: list[list[State]] = field(default_factory=list)
    start: State = 0
    ends: frozenset[State] = frozenset()

    def state(self) -> State:
        """Add a state. Raises UnreadableError above the limit."""
        if len(self.steps) == _MOST:
            raise UnreadableError("more states than are looked at")
        for moves in (self.steps, self.jumps, self.heads):
            moves.append([])
        return len(self.steps) - 1


Part = tuple[State, State]
"""The first and the last state of a part."""


class _Builder(Tree):
    """A tree that builds the automaton too: what it is called with is the pattern, part by part."""

    def __init__(self, *, folds: bool) -> None:
        super().__init__()
        self.automaton = Automaton()
        self._folds = folds
        self._leaves = 0
        self._open: list[tuple[list[_Term], list[_Term]]] = [([], [])]

    def add(self, kind: Kind, runes: int, source: str) -> None:
        super().add(kind, runes, source)
        self._leaves += 1
        if self._leaves > _MOST:
            raise UnreadableError("more states than are looked at")
        self._open[-1][1].append(_Leaf(source, _set(kind, source, folds=self._folds)))

    def open(self, *, captures: bool) -> None:
        super().open(captures=captures)
        self._open.append(([], []))

    def bar(self) -> None:
        super().bar()
        branches, parts = self._open[-1]
        branches.append(_Terms(tuple(parts)))
        parts.clear()

    def close(self) -> None:
        super().close()
        self._open[-2][1].append(self._pop())

    def repeat(self, low: int, high: int | None) -> None:
        super().repeat(low, high)
        parts = self._open[-1][1]
        parts[-1] = _Repeated(parts[-1], low, high)

    def built(self) -> Automaton:
        """Return the automaton that finds the pattern anywhere in a text, as Go's MatchString."""
        found = self.automaton
        found.start, before, last, ended = (found.state() for _ in range(4))
        found.jumps[found.start].append(before)
        found.steps[found.start].append((_ANY, found.start))
        first, end = self._pop().build(found, ended)
        found.jumps[before].append(first)
        found.jumps[end].append(last)
        found.steps[last].append((_ANY, last))
        found.ends = frozenset({last, ended})
        return found

    def _pop(self) -> "_Term":
        branches, parts = self._open.pop()
        return _Choice((*branches, _Terms(tuple(parts)))) if branches else _Terms(tuple(parts))


class _Term:
    """A part of a pattern."""

    def build(self, into: Automaton, ended: State) -> Part:
        """Add its states; `ended` is the state behind a text's end."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Leaf(_Term):
    source: str
    chars: int

    def build(self, into: Automaton, ended: State) -> Part:
        first, last = into.state(), into.state()
        if self.source in {"^", r"\A"}:
            into.heads[first].append(last)
        elif self.source in {"$", r"\z"}:
            into.jumps[first].append(ended)
        elif self.source in {r"\b", r"\B"}:
            into.jumps[first].append(last)
        else:
            into.steps[first].append((self.chars, last))
        return first, last


@dataclass(frozen=True)
class _Terms(_Term):
    terms: tuple[_Term, ...]

    def build(self, into: Automaton, ended: State) -> Part:
        first = last = into.state()
        for term in self.terms:
            begin, end = term.build(into, ended)
            into.jumps[last].append(begin)
            last = end
        return first, last


@dataclass(frozen=True)
class _Choice(_Term):
    branches: tuple[_Term, ...]

    def build(self, into: Automaton, ended: State) -> Part:
        first, last = into.state(), into.state()
        for branch in self.branches:
            begin, end = branch.build(into, ended)
            into.jumps[first].append(begin)
            into.jumps[end].append(last)
        return first, last


@dataclass(frozen=True)
class _Repeated(_Term):
    term: _Term
    low: int
    high: int | None

    def build(self, into: Automaton, ended: State) -> Part:
        first = last = into.state()
        exits = [first] if self.low == 0 else []
        for count in range(1, (self.high if self.high is not None else max(self.low, 1)) + 1):
            begin, end = self.term.build(into, ended)
            into.jumps[last].append(begin)
            last = end
            if count >= self.low:
                exits.append(end)
            if self.high is None and count >= self.low:
                into.jumps[end].append(begin)
        over = into.state()
        for each in exits:
            into.jumps[each].append(over)
        return first, over


def _set(kind: Kind, source: str, *, folds: bool) -> int:
    """Return the set of characters that a character or a class matches, as bits. Raises UnreadableError."""
    if kind is Kind.OTHER:
        return 0
    plain = re.escape(source) if kind is Kind.LITERAL and len(source) == 1 else _for_python(source)
    try:
        matches = re.compile(plain, re.IGNORECASE * folds)
    except re.error:
        raise UnreadableError("a class that isn't looked into") from None
    return sum(bit for char, bit in _BIT.items() if matches.fullmatch(char))


def _for_python(source: str) -> str:
    """Return a class of Go's as Python writes it. Raises UnreadableError for what it has no word for."""
    if not source.startswith("["):
        return source
    start = 2 if source.startswith("[^") else 1
    inner = _NAMED.sub(lambda named: _named(named[1]), source[start:-1])
    return f"{source[:start]}{_OPERATOR.sub(_ESCAPED, inner)}]"


def _named(name: str) -> str:
    if name not in _CLASSES:
        raise UnreadableError("a class that isn't looked into")
    return _CLASSES[name]


@cache
def of_pattern(pattern: str) -> Automaton | None:
    """Return the automaton of a pattern; None if Go can't read it, or it is too large or too rare to look into."""
    builder = _Builder(folds=bool(_FOLDS.search(pattern)))
    try:
        Reader(pattern, builder).read()
        return builder.built()
    except (UnreadableError, RecursionError):
        return None
