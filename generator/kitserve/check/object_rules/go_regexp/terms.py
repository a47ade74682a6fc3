"""Parts of a pattern, each of which adds its states to an automaton.

Thompson's construction: it takes time and memory in proportion to the pattern, whoever wrote it.
"""

from dataclasses import dataclass, field

from kitserve.check.object_rules.go_regexp.tree import UnreadableError

MOST = 2000
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
        if len(self.steps) == MOST:
            raise UnreadableError("more states than are looked at")
        for moves in (self.steps, self.jumps, self.heads):
            moves.append([])
        return len(self.steps) - 1


Part = tuple[State, State]
"""The first and the last state of a part."""


class Term:
    """A part of a pattern."""

    def build(self, into: Automaton, ended: State) -> Part:
        """Add its states; `ended` is the state behind a text's end."""
        raise NotImplementedError


@dataclass(frozen=True)
class Leaf(Term):
    """A character, a class, or an assertion."""

    source: str
    chars: int

    def build(self, into: Automaton, ended: State) -> Part:
        """Add its states."""
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
class Terms(Term):
    """Parts one after another."""

    terms: tuple[Term, ...]

    def build(self, into: Automaton, ended: State) -> Part:
        """Add its states."""
        first = last = into.state()
        for term in self.terms:
            begin, end = term.build(into, ended)
            into.jumps[last].append(begin)
            last = end
        return first, last


@dataclass(frozen=True)
class Choice(Term):
    """Parts of which one matches."""

    branches: tuple[Term, ...]

    def build(self, into: Automaton, ended: State) -> Part:
        """Add its states."""
        first, last = into.state(), into.state()
        for branch in self.branches:
            begin, end = branch.build(into, ended)
            into.jumps[first].append(begin)
            into.jumps[end].append(last)
        return first, last


@dataclass(frozen=True)
class Repeated(Term):
    """A part that matches `low` to `high` times; None: any number."""

    term: Term
    low: int
    high: int | None

    def build(self, into: Automaton, ended: State) -> Part:
        """Add its states."""
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
