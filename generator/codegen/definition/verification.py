"""The values that say whose signatures ModelKits need; docs/decisions/0022 says what a policy is."""

from typing import Annotated, Literal

from pydantic import Field

from codegen.definition.fields import Digest, Section, unset, value
from codegen.definition.verification_texts import (
    ExactIssuer,
    ExactSubject,
    IdentityPattern,
    OptionalJsonObject,
    PublicKey,
    ReferencePattern,
)


class SigningIdentity(Section):
    """Somebody who signs without a key of their own: the certificate in the signature names who logged in where."""

    issuer: ExactIssuer = value(
        "", "Issuer of the identity, such as `https://token.actions.githubusercontent.com`."
    )
    issuerPattern: IdentityPattern = value(
        "", "Issuers, as a regular expression from `^` to `$`, instead of `issuer`."
    )
    subject: ExactSubject = value(
        "",
        "Subject that the issuer vouches for, such as an address of mail, or the URL of a workflow with its branch.",
    )
    subjectPattern: IdentityPattern = value(
        "", "Subjects, as a regular expression from `^` to `$`, instead of `subject`."
    )


class VerificationRule(Section):
    """Whose signatures some references need."""

    references: list[ReferencePattern] = Field(
        description="References that the rule is for, as `REGISTRY/REPOSITORY` without scheme, tag and digest. `*` "
        "stands for anything within a part between slashes, `**` for any number of parts: "
        "`registry.example.com/models/**`.",
        json_schema_extra={"uniqueItems": True},
    )
    mode: Literal["", "enforce", "warn"] = value(
        "",
        "`enforce`: what isn't signed as the rule demands isn't unpacked. `warn`: it is told in the log. Empty: "
        "enforce.",
    )
    keys: list[PublicKey] = value(
        [],
        "Public keys of signers in PEM form: ECDSA (P-256, P-384, P-521), Ed25519, or RSA of at least 2048 bits.",
        uniqueItems=True,
    )
    identities: list[SigningIdentity] = value(
        [],
        "Identities that sign without a key of their own: each an `issuer` or `issuerPattern`, and a `subject` or "
        "`subjectPattern`.",
        uniqueItems=True,
    )
    required: Annotated[int, Field(ge=1, le=100)] = unset(
        "Number of different keys or identities of the rule that must have signed. Absent: 1."
    )
    formats: Literal["", "any", "bundle"] = value(
        "",
        "Forms of signatures that count. `bundle`: sigstore bundles, as cosign 3 writes them. `any`: also the tags "
        "`sha256-….sig` of cosign 2. Empty: any.",
    )
    transparencyLog: Literal["", "optional", "required"] = value(
        "",
        "Whether a signature by a key must be in a transparency log of the trusted root. `required` beside keys needs "
        "the initializer's image with sigstore-python (`--target keyless`). A signature by an identity must be in a "
        "log in any case. Empty: optional.",
    )
    deniedDigests: list[Digest] = value(
        [],
        "Digests of ModelKits that are refused, whoever signed them and whatever `mode` says.",
        uniqueItems=True,
    )


class Verification(Section):
    """Whose signatures ModelKits need."""

    unmatched: Literal["", "allow", "warn", "deny"] = value(
        "allow",
        "What happens to a reference that no rule matches: `allow` unpacks it unverified, `warn` also tells it in the "
        "log, `deny` refuses it. Empty: allow.",
    )
    trustedRoot: OptionalJsonObject = value(
        "",
        "Authorities and logs by which identities and log entries are verified: a sigstore TrustedRoot, as JSON. "
        "Empty: that of sigstore's public good instance, which ships with the initializer.",
    )
    rules: list[VerificationRule] = value(
        [],
        "Rules by reference. Every rule that matches a reference must be satisfied, not only the first one.",
    )
