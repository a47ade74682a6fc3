"""`kitserve verify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options import (
    Authorities,
    Files,
    Labels,
    ModelKitReference,
    PlainHttp,
    Sets,
    StringSets,
    TlsVerify,
    checked_values,
    registry_flags,
)
from kitserve.cli.stdout import emit
from kitserve.errors import Refused, RegistryUnavailable

if TYPE_CHECKING:
    from kitserve.registry.verdict import Verdict

EXAMPLES = """\
Examples:

\b
  kitserve verify kit://registry.example.com/models/iris:v1 -f values.yaml
  kitserve verify registry.example.com/models/iris:v1 --key cosign.pub
  kitserve verify registry.example.com/models/iris:v1 --key old.pub --key new.pub --required 2 -o json
  kitserve verify registry.example.com/models/iris:v1 \\
    --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
    --certificate-identity-regexp 'https://github[.]com/acme/models/.*'

The login is found as docker, podman and the initializer find it: ~/.docker/config.json, DOCKER_CONFIG, podman's
auth.json, REGISTRY_AUTH_FILE, KIT_USER and KIT_PASSWORD. Nothing but manifests, configs and signatures is fetched.
"""


def verify(  # noqa: PLR0913, PLR0917 - the options of the command
    reference: ModelKitReference,
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    keys: Annotated[
        list[Path] | None,
        typer.Option(
            "--key",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Public key in PEM form, instead of values; may be repeated.",
        ),
    ] = None,
    subject: Annotated[
        str,
        typer.Option(
            "--certificate-identity", metavar="TEXT", help="Who signed without a key, instead of values."
        ),
    ] = "",
    subject_pattern: Annotated[
        str,
        typer.Option(
            "--certificate-identity-regexp",
            metavar="PATTERN",
            help="The same as a regular expression for the whole text.",
        ),
    ] = "",
    issuer: Annotated[
        str, typer.Option("--certificate-oidc-issuer", metavar="URL", help="Who vouches for this identity.")
    ] = "",
    issuer_pattern: Annotated[
        str,
        typer.Option(
            "--certificate-oidc-issuer-regexp",
            metavar="PATTERN",
            help="The same as a regular expression for the whole text.",
        ),
    ] = "",
    trusted_root: Annotated[
        Path | None,
        typer.Option(
            "--trusted-root",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="sigstore's TrustedRoot for identities. Default: the public good instance's.",
        ),
    ] = None,
    required: Annotated[
        int | None,
        typer.Option(
            "--required", metavar="N", min=1, help="How many of these must have signed. Default: 1."
        ),
    ] = None,
    formats: Annotated[
        Literal["any", "bundle"] | None,
        typer.Option("--formats", help="Forms of signatures that count, without values. Default: any."),
    ] = None,
    enforce: Annotated[
        bool,
        typer.Option(
            "--enforce",
            help="Judge as for a service with the annotation kitserve.io/verification: enforce.",
        ),
    ] = False,
    labels: Labels = None,
    plain_http: PlainHttp = False,
    tls_verify: TlsVerify = "true",
    authorities: Authorities = None,
    form: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "text",
) -> None:
    """Say whether a ModelKit is signed as a policy demands, and by whom, as the initializer would judge it."""
    from kitserve.registry.verification import Request, verify

    identity = {
        "issuer": issuer,
        "issuerPattern": issuer_pattern,
        "subject": subject,
        "subjectPattern": subject_pattern,
    }
    identity = {name: text for name, text in identity.items() if text}
    rule = {name: value for name, value in (("required", required), ("formats", formats)) if value}
    of_values, of_options = bool(files or sets or string_sets), bool(keys or identity)
    _refuse_halves(of_values, of_options, bool(trusted_root or rule))
    if of_values:
        from kitserve.render.manifests.policy import policy

        text = policy(checked_values(files, sets, string_sets).values.verification)
    else:
        from kitserve.registry.policy import of_files

        text = of_files(keys or [], identity, trusted_root, rule)
    flags = registry_flags(labels, tls_verify, authorities, plain_http=plain_http)
    _report(verify(Request(reference, text, flags, enforce)), form)


def _refuse_halves(of_values: bool, of_options: bool, has_details: bool) -> None:
    """Refuse a call that names no policy, or two."""
    if of_values and (of_options or has_details):
        raise typer.BadParameter(
            "the policy comes from values or from options, not from both", param_hint="--values"
        )
    if not (of_values or of_options):
        raise typer.BadParameter(
            "name whose signature is wanted: -f values.yaml, --key FILE, or --certificate-identity TEXT with "
            "--certificate-oidc-issuer URL",
            param_hint="--key",
        )


def _report(verdict: "Verdict", form: str) -> None:
    """Print a verdict. Raises Refused or RegistryUnavailable if the initializer would end."""
    from kitserve.report import verdict as report

    emit((report.json if form == "json" else report.text)(verdict))
    if verdict.fault:
        kind = RegistryUnavailable if verdict.result == "unknown" else Refused
        raise kind(verdict.fault.cause, verdict.fault.hint)
