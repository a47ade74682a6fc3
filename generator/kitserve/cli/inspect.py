"""`kitserve inspect`."""

from typing import Annotated, Literal

import typer

from kitserve.cli.options.registry import Authorities, Labels, ModelKitReference, PlainHttp, TlsVerify, flags
from kitserve.cli.stdout import emit

EXAMPLES = """\
Examples:

\b
  kitserve inspect kit://registry.example.com/models/iris:v1
  kitserve inspect registry.example.com/models/chat:v1 --label quantization=q4_0
  kitserve inspect registry.example.com/models/iris:v1 -o json | jq -r .digest

The login is found as `kitserve verify` finds it. Nothing but manifests and configs is fetched.
"""


def inspect(  # noqa: PLR0913, PLR0917 - the options of the command
    reference: ModelKitReference,
    labels: Labels = None,
    plain_http: PlainHttp = False,
    tls_verify: TlsVerify = "true",
    authorities: Authorities = None,
    form: Annotated[
        Literal["text", "json", "yaml"],
        typer.Option("--output", "-o", help="Format of the output. In JSON and YAML, sizes are bytes."),
    ] = "text",
) -> None:
    """Show what a ModelKit is: its digest, Kitfile, layers, parents and signatures."""
    from kitserve.registry.inspection import inspect as ask
    from kitserve.render.manifests.image_volume import NATIVE, SCHEME, image
    from kitserve.report import inspection

    name = image(f"{SCHEME}{reference.removeprefix(SCHEME)}", labels=" ".join(labels or ()))
    uri = f"{NATIVE}{name}" if name else ""
    found = ask(reference, flags(tls_verify, authorities, plain_http=plain_http, labels=labels), uri)
    emit({"text": inspection.text, "json": inspection.json, "yaml": inspection.yaml}[form](found))
