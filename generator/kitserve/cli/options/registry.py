"""Options for the way to a registry, as `kit` has them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

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


def flags(
    tls_verify: str,
    authorities: Sequence[Path] | None,
    *,
    plain_http: bool,
    labels: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Return the options as flags of `kit unpack`."""
    return (
        f"--tls-verify={tls_verify}",
        *(["--plain-http"] if plain_http else []),
        *(f"--tls-cert={file}" for file in authorities or ()),
        *(f"--label={label}" for label in labels or ()),
    )
