"""`kitserve init`."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options.registry import Authorities, Labels, ModelKitReference, PlainHttp, TlsVerify, flags
from kitserve.cli.stdout import emit
from kitserve.errors import Failure, WrongSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = """\
Examples:

\b
  kitserve init kit://registry.example.com/models/iris:v1
  kitserve init kit://registry.example.com/models/iris:v1 -o values.yaml
  kitserve init kit://registry.example.com/models/chat:v1 --name chat --delivery imageVolume

It fetches manifest and config, and the first 256 KiB of the model's layers, to see the names of its files. What it
can't know is a comment in the file, with the choices. --plain-http, --tls-verify, --ca and --label go into the values
too: the pods need them. The login is found as `kitserve verify` finds it.
"""


def _service_name(name: str) -> str:
    """Return the name. Raises BadParameter if no service can have it."""
    if name:
        from kitserve.forms import form
        from kitserve.values.schema import schema

        (pattern,) = schema()["properties"]["inferenceServices"]["patternProperties"]
        if not re.search(pattern, name):
            raise typer.BadParameter(form(pattern))
    return name


def init(  # noqa: PLR0913, PLR0917 - the options of the command
    reference: ModelKitReference,
    name: Annotated[
        str,
        typer.Option(
            "--name",
            metavar="NAME",
            callback=_service_name,
            help="Name of the service. Default: the repository's.",
        ),
    ] = "",
    runtime: Annotated[
        str,
        typer.Option(
            "--runtime",
            metavar="NAME",
            help="Serving runtime by name. Default: KServe chooses one by format.",
        ),
    ] = "",
    delivery: Annotated[
        Literal["initializer", "imageVolume", "volume"],
        typer.Option("--delivery", help="How the pods get the model."),
    ] = "initializer",
    file: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            dir_okay=False,
            help="File to write, which must not be there. Default: standard output.",
        ),
    ] = None,
    labels: Labels = None,
    plain_http: PlainHttp = False,
    tls_verify: TlsVerify = "true",
    authorities: Authorities = None,
) -> None:
    """Write a values file that serves a ModelKit, made from what the ModelKit says of itself."""
    from kitserve.proposal.values_file import Wish, text
    from kitserve.registry.contents import read

    if file is not None and file.exists():
        raise WrongSettings(f"{file} is there already", "name another file, or remove it")
    contents = read(reference, flags(tls_verify, authorities, plain_http=plain_http, labels=labels))
    told = (
        *(["--plain-http"] if plain_http else []),
        *(["--tls-verify=false"] if tls_verify == "false" else []),
    )
    wish = Wish(name, runtime, delivery, told, tuple(labels or ()), _joined(authorities or ()))
    proposed = text(contents, wish)
    _tell_problems(proposed, str(file or "<stdout>"))
    if file is None:
        emit(proposed)
    else:
        _write(file, proposed)


def _joined(files: "Sequence[Path]") -> str:
    return "\n".join(file.read_text("utf-8", "replace").strip() for file in files)


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}", "name a file that can be written") from error
    sys.stderr.write(f"wrote {file}\n")


def _tell_problems(text: str, file: str) -> None:
    """Report what `kitserve validate --strict` says of the file: what the user has to add."""
    from kitserve.check.pipeline import check_files
    from kitserve.helm.file_cache import FileCache
    from kitserve.report.text import write

    cache = FileCache(read=lambda _name, _folder: text.encode())
    write(check_files([file], cache, "", None).problems, sys.stderr, cache.text)
