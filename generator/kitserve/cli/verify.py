"""`kitserve verify`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options.policy import (
    Formats,
    Issuer,
    IssuerPattern,
    Keys,
    Required,
    Subject,
    SubjectPattern,
    TrustedRoot,
    no_signer,
    policy,
    policy_options,
)
from kitserve.cli.options.registry import Authorities, Labels, PlainHttp, TlsVerify, flags
from kitserve.cli.options.values import Files, Sets, StringSets
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
  kitserve verify oci+native://registry.example.com/models/iris:v1.image --key cosign.pub

The login is found as docker, podman and the initializer find it: ~/.docker/config.json, DOCKER_CONFIG, podman's
auth.json, REGISTRY_AUTH_FILE, KIT_USER and KIT_PASSWORD. Nothing but manifests, configs and signatures is fetched.
"""


def verify(  # noqa: PLR0913, PLR0917 - the options of the command
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REF",
            help="ModelKit: [kit://]REGISTRY/REPOSITORY[:TAG|@DIGEST], or an image that `kitserve image` made.",
        ),
    ],
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    keys: Keys = None,
    subject: Subject = "",
    subject_pattern: SubjectPattern = "",
    issuer: Issuer = "",
    issuer_pattern: IssuerPattern = "",
    trusted_root: TrustedRoot = None,
    required: Required = None,
    formats: Formats = None,
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

    given = policy_options(
        (files, sets, string_sets),
        keys,
        (subject, subject_pattern, issuer, issuer_pattern),
        trusted_root,
        (required, formats),
    )
    if not (given.of_values or given.of_options):
        raise no_signer()
    way = flags(tls_verify, authorities, plain_http=plain_http, labels=labels)
    _report(verify(Request(reference, policy(given), way, enforce)), form)


def _report(verdict: "Verdict", form: str) -> None:
    """Print a verdict. Raises Refused or RegistryUnavailable if the initializer would end."""
    from kitserve.registry.hints import on_a_command_line
    from kitserve.report import verdict as report

    emit((report.json if form == "json" else report.text)(verdict))
    if verdict.fault:
        kind = RegistryUnavailable if verdict.result == "unknown" else Refused
        raise kind(verdict.fault.cause, on_a_command_line(verdict.fault.hint))
