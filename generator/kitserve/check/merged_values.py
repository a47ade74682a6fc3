"""Values files and options to merged values, and to all that is wrong with them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from kitserve.check.values import check
from kitserve.helm.file_cache import FileCache
from kitserve.helm.load import merge_defaults, read
from kitserve.problems import Problem, first
from kitserve.values.schema import defaults


def checked_values(
    files: Sequence[str],
    sets: Sequence[str] = (),
    string_sets: Sequence[str] = (),
    cache: FileCache | None = None,
    more: Callable[[dict[str, Any]], Iterable[Problem]] = lambda _: (),
) -> tuple[dict[str, Any], list[Problem]]:
    """The merged values and all that is wrong with them; what can't be read is not checked further.

    `more` is asked once nothing is refused.
    """
    sources = read(files, sets, string_sets, (cache or FileCache()).content)
    values = merge_defaults(defaults(), sources.data)
    problems = list(sources.problems)
    for checked in (check, more):
        if not any(problem.severity == "error" for problem in problems):
            problems += [
                replace(problem, position=sources.locate(problem.path)) for problem in first(checked(values))
            ]
    return values, sorted(problems, key=place)


def place(problem: Problem) -> tuple[str, int, int]:
    """What problems are sorted by."""
    position = problem.position
    return (position.file, position.line, position.column) if position else ("", 0, 0)
