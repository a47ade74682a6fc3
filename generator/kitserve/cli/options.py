"""Options that several commands share, and the values that they give."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from kitserve.errors import ProblemsFound

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
    """Return the user's values merged over the chart's defaults, and checked.

    Reports the problems; raises ProblemsFound if one is an error.
    """
    from kitserve.check.merged_values import checked_values
    from kitserve.helm.file_cache import FileCache

    cache = FileCache()
    values, problems = checked_values(files, sets, string_sets, cache)
    if problems:
        from kitserve.report.text import write

        write(problems, sys.stderr, cache.text)
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in the values")
    return values
