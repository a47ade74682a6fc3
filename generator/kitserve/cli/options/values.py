"""Options that several commands share, and the values that they give."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from kitserve.errors import ProblemsFound

if TYPE_CHECKING:
    from kitserve.check.merged_values import CheckedValues
    from kitserve.helm.file_cache import FileCache
    from kitserve.helm.load import UserValues

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


class OfValues(TyperCommand):
    """A command that takes values files by -f alone, and says so to anybody who names one without."""

    allow_extra_args = True

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer's own copy of click's
        """Run the command. Raises UsageError if there are arguments."""
        if ctx.args:
            named = " ".join(f"-f {file}" for file in ctx.args)
            ctx.fail(f"values files are named by -f: {ctx.command_path} {named}")
        return super().invoke(ctx)


@dataclass(frozen=True)
class GivenValues:
    """The user's values, the same merged over the chart's defaults and checked, and the files' texts."""

    user: "UserValues"
    checked: "CheckedValues"
    cache: "FileCache"


def checked_values(
    files: Sequence[str] | None,
    sets: Sequence[str] | None,
    string_sets: Sequence[str] | None,
    namespace: str = "",
) -> "CheckedValues":
    """Return the user's values merged over the chart's defaults, and report their problems.

    `namespace` is the release's, if it is known.

    Raises:
        ProblemsFound: if that is an error.
    """
    return given_values(files, sets, string_sets, namespace).checked


def given_values(
    files: Sequence[str] | None,
    sets: Sequence[str] | None,
    string_sets: Sequence[str] | None,
    namespace: str = "",
) -> GivenValues:
    """Return the same with what the user gave.

    Raises:
        ProblemsFound: if that is an error.
    """
    from kitserve.check.merged_values import check, place
    from kitserve.helm.file_cache import FileCache
    from kitserve.helm.load import read

    cache = FileCache()
    user = read(files or [], sets or [], string_sets or [], cache)
    checked = check(user, namespace)
    if checked.problems:
        from kitserve.report.text import write

        write(sorted(checked.problems, key=place), sys.stderr, cache.text)
    errors = sum(problem.severity == "error" for problem in checked.problems)
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in the values")
    return GivenValues(user, checked, cache)
