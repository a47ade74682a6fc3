"""Values files and options to checked values: what both commands begin with."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kitserve.check import value_rules, value_schema
from kitserve.helm.load import UserValues
from kitserve.helm.merge import merge_defaults
from kitserve.problems import Problem
from kitserve.render.manifests.inferenceservice import Services, services
from kitserve.values.schema import defaults
from kitserve.values.types import Values
from kitserve.values.view import view


@dataclass(frozen=True)
class CheckedValues:
    """Values over the chart's defaults, their services, and what is wrong with them, in the order of the text.

    Where a problem is an error, `values` may be of any shape, and there are no services.
    """

    values: Values
    services: Services
    problems: tuple[Problem, ...]


More = Callable[[Values, Services], Iterable[Problem]]
"""Further judges: they are asked once nothing is refused."""


def check(user: UserValues, more: More = lambda _, __: ()) -> CheckedValues:
    """Return values that a user gives, checked by the schema, then by the rules, then by `more`."""
    merged = merge_defaults(defaults(), user.data)
    values, found = view(merged), list(user.problems)
    if not _has_errors(found):
        found += _placed(value_schema.check(merged), user)
    if _has_errors(found):
        return CheckedValues(values, (), _sorted(found))
    merged_services = services(values)
    for judge in (value_rules.check_values, more):
        if not _has_errors(found):
            found += _placed(judge(values, merged_services), user)
    return CheckedValues(values, merged_services, _sorted(found))


def place(problem: Problem) -> tuple[str, int, int]:
    """Return what problems are sorted by."""
    position = problem.position
    return (position.file, position.line, position.column) if position else ("", 0, 0)


def _placed(problems: Iterable[Problem], user: UserValues) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, position=user.locate(problem.path))


def _has_errors(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=place))
