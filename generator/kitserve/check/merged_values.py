"""Values files and options to checked values, the first step of both commands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kitserve.check import value_rules, value_schema
from kitserve.helm.load import UserValues
from kitserve.helm.merge import merge_defaults
from kitserve.problems import Problem, first
from kitserve.render.manifests.inferenceservice import Services, services
from kitserve.values.schema import defaults
from kitserve.values.types import Values
from kitserve.values.view import view


@dataclass(frozen=True)
class CheckedValues:
    """Values merged over the chart's defaults, their services, and their problems.

    Where a problem is an error, `values` may be of any shape; where the schema refuses them, there are no services.
    """

    values: Values
    services: Services
    problems: tuple[Problem, ...]


def check(user: UserValues) -> CheckedValues:
    """Return the user's values merged over the chart's defaults, checked by the schema, then by the rules."""
    merged = merge_defaults(defaults(), user.data)
    values, found = view(merged), user.problems
    if not has_errors(found):
        found += placed(value_schema.check(merged), user)
    if has_errors(found):
        return CheckedValues(values, (), found)
    merged_services = services(values)
    found += placed(value_rules.check_values(values, merged_services), user)
    return CheckedValues(values, merged_services, found)


def placed(problems: Iterable[Problem], user: UserValues) -> tuple[Problem, ...]:
    """Return problems with the places of their values."""
    return tuple(replace(problem, position=user.locate(problem.path)) for problem in first(problems))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether one of the problems is an error."""
    return any(problem.severity == "error" for problem in problems)


def place(problem: Problem) -> tuple[str, int, int]:
    """Return a problem's sort key."""
    position = problem.position
    return (position.file, position.line, position.column) if position else ("", 0, 0)
