"""Values files and options to merged values and their problems."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from kitserve.check.values import check
from kitserve.helm.file_cache import FileCache
from kitserve.helm.load import merge_defaults, read
from kitserve.problems import Problem
from kitserve.values.schema import defaults


def checked_values(
    files: Sequence[str],
    sets: Sequence[str] = (),
    string_sets: Sequence[str] = (),
    cache: FileCache | None = None,
    more: Callable[[dict[str, Any]], Iterable[Problem]] = lambda _: (),
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the merged values and their problems; values that can't be read are not checked further.

    `more` checks values without errors.
    """
    sources = read(files, sets, string_sets, (cache or FileCache()).content)
    values = merge_defaults(defaults(), sources.data)
    problems = list(sources.problems)
    for checked in (check, more):
        if not any(problem.severity == "error" for problem in problems):
            problems += [
                replace(problem, position=sources.locate(problem.path)) for problem in checked(values)
            ]
    return values, sorted(problems, key=place)


def place(problem: Problem) -> tuple[str, int, int]:
    """Return a problem's sort key."""
    position = problem.position
    return (position.file, position.line, position.column) if position else ("", 0, 0)
