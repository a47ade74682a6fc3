"""Options that say whose signatures a ModelKit must have: a policy of values, or of keys and identities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from kitserve.cli.options.values import checked_values

Keys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Public key in PEM form, instead of values; may be repeated.",
    ),
]
Subject = Annotated[
    str,
    typer.Option(
        "--certificate-identity", metavar="TEXT", help="Who signed without a key, instead of values."
    ),
]
SubjectPattern = Annotated[
    str,
    typer.Option(
        "--certificate-identity-regexp",
        metavar="PATTERN",
        help="The same as a regular expression for the whole text.",
    ),
]
Issuer = Annotated[
    str, typer.Option("--certificate-oidc-issuer", metavar="URL", help="Who vouches for this identity.")
]
IssuerPattern = Annotated[
    str,
    typer.Option(
        "--certificate-oidc-issuer-regexp",
        metavar="PATTERN",
        help="The same as a regular expression for the whole text.",
    ),
]
TrustedRoot = Annotated[
    Path | None,
    typer.Option(
        "--trusted-root",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="sigstore's TrustedRoot for identities. Default: the public good instance's.",
    ),
]
Required = Annotated[
    int | None,
    typer.Option("--required", metavar="N", min=1, help="How many of these must have signed. Default: 1."),
]
Formats = Annotated[
    Literal["any", "bundle"] | None,
    typer.Option("--formats", help="Forms of signatures that count, without values. Default: any."),
]


@dataclass(frozen=True)
class PolicyOptions:
    """What these options and those for values were given; `identity` and `rule` have the names of a policy."""

    files: Sequence[str]
    sets: Sequence[str]
    string_sets: Sequence[str]
    keys: Sequence[Path]
    identity: Mapping[str, str]
    trusted_root: Path | None
    rule: Mapping[str, object]

    @property
    def of_values(self) -> bool:
        """Whether values are given."""
        return bool(self.files or self.sets or self.string_sets)

    @property
    def of_options(self) -> bool:
        """Whether a signer is named."""
        return bool(self.keys or self.identity)


Texts = list[str] | None


def policy_options(
    values: tuple[Texts, Texts, Texts],
    keys: Sequence[Path] | None,
    certificate: tuple[str, str, str, str],
    trusted_root: Path | None,
    rule: tuple[int | None, str | None],
) -> PolicyOptions:
    """Return what was given: files and both kinds of --set, keys, the four texts on a certificate in their order, a
    root, and of a rule how many must sign and in which form.
    """
    files, sets, string_sets = (each or [] for each in values)
    return PolicyOptions(
        files, sets, string_sets, keys or [], _identity(*certificate), trusted_root, _rule(*rule)
    )


def policy(given: PolicyOptions) -> str:
    """Return the policy as the initializer's JSON; empty if nothing is demanded.

    Raises:
        ProblemsFound: if the values have problems.
        WrongSettings: if a file can't be used.
        typer.BadParameter: if the policy comes from values and from options, or from details alone.
    """
    details = given.trusted_root or given.rule
    if given.of_values and (given.of_options or details):
        raise typer.BadParameter(
            "the policy comes from values or from options, not from both", param_hint="--values"
        )
    if given.of_values:
        from kitserve.render.manifests.policy import policy as of_values

        return of_values(checked_values(given.files, given.sets, given.string_sets).values.verification)
    if given.of_options:
        from kitserve.registry.policy import of_files

        return of_files(given.keys, given.identity, given.trusted_root, given.rule)
    if details:
        raise no_signer()
    return ""


def no_signer() -> typer.BadParameter:
    """Return the error for a call that doesn't say whose signature is wanted."""
    return typer.BadParameter(
        "name whose signature is wanted: -f values.yaml, --key FILE, or --certificate-identity TEXT with "
        "--certificate-oidc-issuer URL"
    )


def _identity(subject: str, subject_pattern: str, issuer: str, issuer_pattern: str) -> dict[str, str]:
    """Return who signs without a key, as a policy says it; empty for nobody."""
    found = {
        "issuer": issuer,
        "issuerPattern": issuer_pattern,
        "subject": subject,
        "subjectPattern": subject_pattern,
    }
    return {name: text for name, text in found.items() if text}


def _rule(required: int | None, formats: str | None) -> dict[str, object]:
    """Return the details of a policy's rule that are given."""
    return {name: value for name, value in (("required", required), ("formats", formats)) if value}
