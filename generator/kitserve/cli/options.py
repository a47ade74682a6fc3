"""Options that several commands share, and the values they stand for."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from kitserve.cli.sources import Given
from kitserve.errors import ProblemsFound
from kitserve.problems import Problem

Files = Annotated[
    list[str] | None,
    typer.Option(
        "--values",
        "-f",
        metavar="FILE",
        help="Values file, `-` for standard input; may be repeated, the last wins.",
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Set a value, as in `image.tag=v2`; may be repeated. Wins over the files.",
    ),
]
StringSets = Annotated[
    list[str] | None,
    typer.Option(
        "--set-string",
        metavar="KEY=TEXT",
        help="As --set, but the value is always text; may be repeated. Wins over --set.",
    ),
]


def merged_values(files: Sequence[str], sets: Sequence[str], string_sets: Sequence[str]) -> dict[str, Any]:
    """The chart's defaults under what the user gives, checked.

    Reports what is wrong; raises ProblemsFound if that is an error.
    """
    given = Given()
    values, problems = checked_values(files, sets, string_sets, given)
    if problems:
        from kitserve.report.text import write

        write(problems, sys.stderr, given.text)
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in the values")
    return values


def checked_values(
    files: Sequence[str],
    sets: Sequence[str] = (),
    string_sets: Sequence[str] = (),
    given: Given | None = None,
    more: Callable[[dict[str, Any]], Iterable[Problem]] = lambda _: (),
) -> tuple[dict[str, Any], list[Problem]]:
    """The merged values and all that is wrong with them; what can't be read is not checked further.

    `more` is asked once nothing is refused.
    """
    from kitserve.check import check
    from kitserve.schema import defaults
    from kitserve.source import merge_defaults, read

    sources = read(files, sets, string_sets, (given or Given()).content)
    values = merge_defaults(defaults(), sources.data)
    problems = list(sources.problems)
    for checked in (check, more):
        if not any(problem.severity == "error" for problem in problems):
            problems += [
                replace(problem, position=sources.locate(problem.path)) for problem in checked(values)
            ]
    return values, sorted(problems, key=place)


def place(problem: Problem) -> tuple[str, int, int]:
    """What problems are sorted by."""
    position = problem.position
    return (position.file, position.line, position.column) if position else ("", 0, 0)
