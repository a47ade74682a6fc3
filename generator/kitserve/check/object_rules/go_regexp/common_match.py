"""Whether one URI is matched by several patterns: a walk through their automata together."""

from functools import lru_cache

from kitserve.check.object_rules.go_regexp.automaton import of_pattern
from kitserve.check.object_rules.go_regexp.terms import Automaton

_URI = r"^[A-Za-z][A-Za-z0-9+.-]*://([^:/]|:[^/]|/)*$"
"""One scheme in front: `kit://host/s3://bucket` is nobody's URI."""
_MOST = 5_000
"""Combinations of states that are looked at."""

Places = tuple[int, ...]


@lru_cache(maxsize=4096)
def is_common(one: str, other: str) -> bool:
    """Return whether two patterns match one URI; False if nobody can say within the limits."""
    found = tuple(of_pattern(pattern) for pattern in (_URI, one, other))
    return all(each is not None for each in found) and _meet(tuple(each for each in found if each))


def _meet(automata: tuple[Automaton, ...]) -> bool:
    begin = tuple(each.start for each in automata)
    waiting, seen = [(begin, True)], {(begin, True)}
    while waiting and len(seen) < _MOST:
        places, is_first = waiting.pop()
        if all(place in each.ends for place, each in zip(places, automata, strict=True)):
            return True
        for after in _moves(automata, places, is_first=is_first):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return False


def _moves(automata: tuple[Automaton, ...], places: Places, *, is_first: bool) -> list[tuple[Places, bool]]:
    """Return what follows a combination: one automaton moves without a character, or all move with one."""
    found: list[tuple[Places, bool]] = []
    for number, (place, each) in enumerate(zip(places, automata, strict=True)):
        targets = (*each.jumps[place], *(each.heads[place] if is_first else ()))
        found += [((*places[:number], target, *places[number + 1 :]), is_first) for target in targets]
        if targets and not each.steps[place]:
            return found  # it has to move before any character
    first, *others = (each.steps[place] for place, each in zip(places, automata, strict=True))
    together: list[tuple[int, Places]] = [(chars, (target,)) for chars, target in first]
    for steps in others:
        together = [(a & b, (*where, to)) for a, where in together for b, to in steps if a & b]
    return found + [(where, False) for _, where in together]
