"""Patterns as automata over the characters of URIs, to see whether two of them match one URI."""

import re
from functools import cache

from kitserve.check.object_rules.go_regexp.character_sets import ANY, characters
from kitserve.check.object_rules.go_regexp.reader import Reader
from kitserve.check.object_rules.go_regexp.terms import MOST, Automaton, Choice, Leaf, Repeated, Term, Terms
from kitserve.check.object_rules.go_regexp.tree import Kind, Tree, UnreadableError

_FOLDS = re.compile(r"\(\?[msU]*i")


class _Builder(Tree):
    """A tree that builds the automaton too: what it is called with is the pattern, part by part."""

    def __init__(self, *, folds: bool) -> None:
        super().__init__()
        self.automaton = Automaton()
        self._folds = folds
        self._leaves = 0
        self._open: list[tuple[list[Term], list[Term]]] = [([], [])]

    def add(self, kind: Kind, runes: int, source: str) -> None:
        super().add(kind, runes, source)
        self._leaves += 1
        if self._leaves > MOST:
            raise UnreadableError("more states than are looked at")
        self._open[-1][1].append(Leaf(source, characters(kind, source, folds=self._folds)))

    def open(self, *, captures: bool) -> None:
        super().open(captures=captures)
        self._open.append(([], []))

    def bar(self) -> None:
        super().bar()
        branches, parts = self._open[-1]
        branches.append(Terms(tuple(parts)))
        parts.clear()

    def close(self) -> None:
        super().close()
        self._open[-2][1].append(self._pop())

    def repeat(self, low: int, high: int | None) -> None:
        super().repeat(low, high)
        parts = self._open[-1][1]
        parts[-1] = Repeated(parts[-1], low, high)

    def built(self) -> Automaton:
        """Return the automaton that finds the pattern anywhere in a text, as Go's MatchString."""
        found = self.automaton
        found.start, before, last, ended = (found.state() for _ in range(4))
        found.jumps[found.start].append(before)
        found.steps[found.start].append((ANY, found.start))
        first, end = self._pop().build(found, ended)
        found.jumps[before].append(first)
        found.jumps[end].append(last)
        found.steps[last].append((ANY, last))
        found.ends = frozenset({last, ended})
        return found

    def _pop(self) -> "Term":
        branches, parts = self._open.pop()
        return Choice((*branches, Terms(tuple(parts)))) if branches else Terms(tuple(parts))


@cache
def of_pattern(pattern: str) -> Automaton | None:
    """Return the automaton of a pattern; None if Go can't read it, or it is too large or too rare to look into."""
    builder = _Builder(folds=bool(_FOLDS.search(pattern)))
    try:
        Reader(pattern, builder).read()
        return builder.built()
    except (UnreadableError, RecursionError):
        return None
