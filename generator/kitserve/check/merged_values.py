"""Values files and options to checked values, the first step of both commands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kitserve.check import value_rules
from kitserve.check.meaning import Shapes
from kitserve.check.one_mistake import joined, without_pitfalls
from kitserve.check.origins import LLM_SERVICES, SERVICES, shared_by
from kitserve.check.repair import Repaired, repair, without
from kitserve.check.schema import value_schema
from kitserve.check.schema.elsewhere import is_kind, open_place
from kitserve.check.schema.schema_messages import MISSING, QUOTED, UNKNOWN
from kitserve.helm import codes
from kitserve.helm.load import SET, UserValues
from kitserve.helm.merge import merge_defaults
from kitserve.problems import Path, Position, Problem, first
from kitserve.render.manifests.inferenceservice import Services, services
from kitserve.values.schema import below, defaults, names, needed, schema
from kitserve.values.types import Values
from kitserve.values.view import view

_READABLE = frozenset(
    {codes.DUPLICATE.code, codes.KEY.code, codes.NUMBER.code, codes.TAG.code, codes.MERGE.code}
)
"""Errors of the text that leave the other values as they are."""
_MOST = 50
"""Problems of the schema beyond which nothing else is looked for: this is another kind of file."""
_ENTRY = 2
"""The length of an entry's path, such as a service's: one that lacks a key is judged no further."""
_ELSEWHERE = frozenset({codes.DUPLICATE.code})
"""Errors that say nothing about the value at their place."""


@dataclass(frozen=True)
class CheckedValues:
    """Values merged over the chart's defaults, their services, and their problems.

    Where a problem is an error, `values` may be of any shape; where the schema refuses them, there are no services.
    `is_whole`: whether the objects of these values can be judged too, if need be without what is wrong.
    """

    values: Values
    services: Services
    problems: tuple[Problem, ...]
    is_whole: bool = False
    repaired: Repaired = field(default_factory=lambda: Repaired({}))
    faulty: frozenset[Path] = frozenset()
    """The entries, and other sections, in which a rule finds an error: their objects have it too."""
    left_out: frozenset[Path] = frozenset()
    """What the schema refuses: a problem that takes it too says nothing new."""

    def further(self, found: Iterable[Problem], user: UserValues) -> tuple[Problem, ...]:
        """Return problems that don't follow from those that are known, with their places."""
        found = (each for each in found if not any(also in self.left_out for also in each.also))
        return self.unknown_yet(map(self.as_written, found), user)

    def unknown_yet(self, written: Iterable[Problem], user: UserValues) -> tuple[Problem, ...]:
        """Return problems, at the places where their values were written, that aren't along one that is known."""
        errors = (each for each in self.problems if each.severity == "error" and each.code not in _ELSEWHERE)
        known = {*self.faulty, *(error.path for error in errors if error.path)}
        above = {path[:length] for path in known for length in range(1, len(path))}
        return placed((problem for problem in written if not _is_along(problem.path, known, above)), user)

    def as_written(self, problem: Problem) -> Problem:
        """Return a problem at the places where its values were written."""
        also = tuple(map(self.repaired.written, problem.also))
        return replace(problem, path=self.repaired.written(problem.path), also=also)


def check(user: UserValues, namespace: str = "") -> CheckedValues:
    """Return the user's values merged over the chart's defaults, checked by the schema, then by the rules.

    `namespace` is the release's, empty if nobody knows it.

    The rules judge also what the schema leaves of values that it refuses: nothing waits for the next run.
    """
    checked = _checked(user, namespace)
    return replace(checked, problems=tuple(without_pitfalls(checked.problems)))


def _checked(user: UserValues, namespace: str) -> CheckedValues:
    merged = merge_defaults(defaults(), user.data)
    unread = [
        problem for problem in user.problems if problem.severity == "error" and problem.code not in _READABLE
    ]
    checked = CheckedValues(view(merged), (), user.problems)
    if unread:
        return checked
    if refused := value_schema.check(merged):
        return _checked_rest(user, checked, refused, namespace)
    return _ruled(user, replace(checked, is_whole=True), namespace)


def _is_along(path: Path, known: set[Path], above: set[Path]) -> bool:
    """Return whether a path leads to a known one or goes on behind it."""
    return path in above or any(path[:length] in known for length in range(1, len(path) + 1))


def _ruled(user: UserValues, checked: CheckedValues, namespace: str) -> CheckedValues:
    found = services(checked.values)
    ruled = checked.further(value_rules.check_values(checked.values, found, namespace), user)
    entries = (SERVICES, LLM_SERVICES)
    faulty = frozenset(problem.path[: 1 + (problem.path[0] in entries)] for problem in ruled)
    return replace(checked, services=found, problems=(*checked.problems, *ruled), faulty=faulty)


def _checked_rest(
    user: UserValues, checked: CheckedValues, refused: Sequence[Problem], namespace: str
) -> CheckedValues:
    """Return the values without what the schema refuses, with misspelt and misplaced keys where they belong."""
    if len(refused) > _MOST:
        return replace(checked, problems=(*checked.problems, *checked.further(refused, user)))
    repaired = Repaired(user.data)
    if any(problem.code == UNKNOWN.code for problem in refused):
        repaired = repair(user.data, schema(), Shapes(names, below, needed, open_place, is_kind), _unknown)
        refused = value_schema.check(merge_defaults(defaults(), repaired.data))
    moved = [
        UNKNOWN.problem("unknown key", path=move.place, hint=move.hint)
        for move in repaired.moves
        if move.told
    ]
    checked = replace(checked, repaired=repaired)
    told = joined([*moved, *map(checked.as_written, refused)])
    checked = replace(checked, problems=(*checked.problems, *checked.unknown_yet(told, user)))
    wrong = [problem.path[: _ENTRY if problem.code == MISSING.code else None] for problem in refused]
    rest = merge_defaults(defaults(), without(repaired.data, filter(None, wrong)))
    if value_schema.check(rest):
        return checked
    lists = frozenset(
        path[: next((n for n, step in enumerate(path) if isinstance(step, int)), None)] for path in wrong
    )
    ruled = replace(checked, values=view(rest), is_whole=True, left_out=lists)
    return _ruled(user, ruled, namespace)


def _unknown(data: dict[str, Any]) -> list[Path]:
    found = value_schema.check(merge_defaults(defaults(), data))
    return [problem.path for problem in found if problem.code == UNKNOWN.code]


def placed(problems: Iterable[Problem], user: UserValues) -> tuple[Problem, ...]:
    """Return problems with the places of their values. One without a place is told at what else makes it."""
    return tuple(map(_at_users, (_placed(problem, user) for problem in first(problems))))


def _placed(problem: Problem, user: UserValues) -> Problem:
    others = tuple(_locate(user, path) for path in problem.also)
    position = _locate(user, problem.path)
    hint = (
        "use --set-string" if problem.hint == QUOTED and position and position.file == SET else problem.hint
    )
    return replace(problem, position=position, others=others, hint=hint)


def _locate(user: UserValues, path: Path) -> Position | None:
    """Return the place of a value: the group's or the services' defaults where a service has it from them."""
    if path[:1] in {(SERVICES,), (LLM_SERVICES,)} and len(path) > 2 and not user.has(path):
        shared = ((*entry, *path[2:]) for entry in shared_by(user.data, path))
        if found := next(filter(user.has, shared), None):
            return user.locate(found)
    return user.locate(path)


def _at_users(problem: Problem) -> Problem:
    position = problem.position or next(filter(None, problem.others), None)
    return replace(problem, position=position)


def place(problem: Problem) -> tuple[str, int, int]:
    """Return a problem's sort key."""
    position = problem.position
    return (position.file, position.line, position.column) if position else ("", 0, 0)
