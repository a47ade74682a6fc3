"""Options that several commands share, and the values that they give."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.errors import ProblemsFound

if TYPE_CHECKING:
    from kitserve.check.merged_values import CheckedValues

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

ModelKitReference = Annotated[
    str, typer.Argument(metavar="REF", help="ModelKit: [kit://]REGISTRY/REPOSITORY[:TAG|@DIGEST].")
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="KEY=VALUE", help="Label that chooses from an index; may be repeated."),
]
PlainHttp = Annotated[bool, typer.Option("--plain-http", help="Ask the registry by http, not by https.")]
TlsVerify = Annotated[
    Literal["true", "false"],
    typer.Option("--tls-verify", help="Whether the registry's certificate is verified."),
]
Authorities = Annotated[
    list[Path] | None,
    typer.Option(
        "--ca",
        "--tls-cert",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Certificates to trust beside the system's, in PEM form; may be repeated.",
    ),
]


def registry_flags(
    labels: Sequence[str] | None, tls_verify: str, authorities: Sequence[Path] | None, *, plain_http: bool
) -> tuple[str, ...]:
    """Return the flags of `kit unpack` that say how a registry is asked."""
    return (
        f"--tls-verify={tls_verify}",
        *(["--plain-http"] if plain_http else []),
        *(f"--tls-cert={file}" for file in authorities or ()),
        *(f"--label={label}" for label in labels or ()),
    )


def checked_values(
    files: Sequence[str] | None, sets: Sequence[str] | None, string_sets: Sequence[str] | None
) -> "CheckedValues":
    """Return the user's values merged over the chart's defaults, and report their problems.

    Raises:
        ProblemsFound: if that is an error.
    """
    from kitserve.check.merged_values import check, place
    from kitserve.helm.file_cache import FileCache
    from kitserve.helm.load import read

    cache = FileCache()
    checked = check(read(files or [], sets or [], string_sets or [], cache))
    if checked.problems:
        from kitserve.report.text import write

        write(sorted(checked.problems, key=place), sys.stderr, cache.text)
    errors = sum(problem.severity == "error" for problem in checked.problems)
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in the values")
    return checked
