"""Rules for the policy on signatures."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from kitserve.check.value_rules.public_key import content
from kitserve.check.value_rules.storage import ENGINE_LACKS
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.policy import policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.values.types import SigningIdentity, Values, VerificationRule

_EXAMPLE = "verification:\n  rules:\n    - references: [registry.example.com/models/**]\n"
_KEY = "MCowBQYDK2VwAyEAEe7V4ZzLGTzkv/PhE0PqQpAzxFbYwjGwnhOkqxE2LXk="
_PEM = f'"-----BEGIN PUBLIC KEY-----\\n{_KEY}\\n-----END PUBLIC KEY-----\\n"'

NO_REFERENCE = Code(
    "KS190",
    "error",
    "A rule for signatures has no references, so it protects nothing.",
    why="The initializer looks for the rules whose patterns match a reference. What none matches is treated as "
    "`verification.unmatched` says, which allows everything by default.",
    example=f"verification: {{rules: [{{references: [], keys: [{_PEM}]}}]}}\n",
    remedy="Name the references, such as `registry.example.com/**`; `**` stands for all.",
)
NO_SIGNER = Code(
    "KS191",
    "error",
    "A rule for signatures demands nothing, or more than anybody can give.",
    why="A rule without keys, identities and denied digests demands nothing. If it demands more signatures than it has "
    "signers, no pod that it is for starts.",
    example=f"{_EXAMPLE}      keys: [{_PEM}]\n      required: 2\n",
    remedy="Add keys or identities, or correct `required`.",
)
BAD_KEY = Code(
    "KS192",
    "error",
    "A public key is of no kind that signatures are verified with, is damaged, or is there twice.",
    why="The initializer verifies signatures by ECDSA (P-256, P-384, P-521), Ed25519 and RSA from 2048 bits on. "
    "`required` counts different keys, so one key twice is a mistake.",
    example=f"{_EXAMPLE}      keys: [{_PEM.replace(_KEY, _KEY[4:])}]\n",
    remedy="Copy the key again, from `cosign.pub` or from what `cosign public-key` prints.",
)
HALF_IDENTITY = Code(
    "KS193",
    "error",
    "An identity lacks its issuer or its subject, or has one of them in two forms.",
    why="A subject without its issuer is a name that anybody can get at another issuer. An issuer without a subject is "
    "everybody who has an account there.",
    example=f"{_EXAMPLE}      identities: [{{subject: release@example.com}}]\n",
    remedy="Give one of `issuer` and `issuerPattern`, and one of `subject` and `subjectPattern`.",
)
BAD_PATTERN = Code(
    "KS194",
    "error",
    "A pattern of an identity can't be compiled.",
    why="The initializer matches it with each signature's certificate, and refuses a policy that it can't read.",
    example=f"{_EXAMPLE}      identities: [{{issuer: 'https://accounts.example.com', subjectPattern: '^[z-a]$'}}]\n",
    remedy="Correct the range or the number of repetitions.",
)
BAD_ROOT = Code(
    "KS195",
    "error",
    "The trusted root isn't a sigstore TrustedRoot.",
    why="It is the JSON that `cosign trusted-root create` writes, and that sigstore's TUF repositories have as "
    "`trusted_root.json`; `root.json` there is TUF's own.",
    example="verification: {trustedRoot: '{}'}\n",
    remedy="Copy the whole `trusted_root.json`.",
)
TOO_LARGE = Code(
    "KS196",
    "error",
    "The policy on signatures doesn't fit into a variable of the environment.",
    why="Linux bounds a variable, with its name, to 128 KiB (MAX_ARG_STRLEN): the container couldn't start.",
    example="$ python3 -c \"print('verification: {trustedRoot: \\'{' + ' ' * 150000 + '\\\"mediaType\\\": "
    '\\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\\"}\\\', unmatched: deny}\')" | kitserve validate -',
    remedy="Take authorities that have expired out of the trusted root, or names that a pattern stands for.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code) and code is not ENGINE_LACKS)

_RULES: Path = ("verification", "rules")
_MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot+json"
_MOST_BYTES = 128 * 1024
"""Bytes of a variable with its name, the `=`, and the zero at its end."""
_NAME = "KITSERVE_VERIFICATION"


def enforces(values: Values) -> bool:
    """Return whether the policy can refuse a ModelKit."""
    ruled = any(rule.mode != "warn" or rule.deniedDigests for rule in values.verification.rules)
    return ruled or values.verification.unmatched == "deny"


def _rules_have_references(values: Values) -> Iterator[Problem]:
    for path, rule in _rules(values):
        if not rule.references:
            message, hint = "a rule without references matches nothing", "such as `registry.example.com/**`"
            yield NO_REFERENCE.problem(message, path=(*path, "references"), hint=hint)


def _rules_can_be_satisfied(values: Values) -> Iterator[Problem]:
    for path, rule in _rules(values):
        signers = len(rule.keys) + len(rule.identities)
        if not signers and not rule.deniedDigests:
            message, hint = (
                "a rule needs keys, identities or deniedDigests",
                "name whose signatures it demands",
            )
            yield NO_SIGNER.problem(message, path=path, hint=hint)
        elif rule.required > signers:
            message = f"more than the {signers} keys and identities of the rule"
            hint = "name more of them, or demand fewer"
            yield NO_SIGNER.problem(message, path=(*path, "required"), hint=hint, also=((*path, "keys"),))


def _keys_are_public_keys(values: Values) -> Iterator[Problem]:
    for path, rule in _rules(values):
        first: dict[bytes, int] = {}
        for number, key in enumerate(rule.keys):
            place = (*path, "keys", number)
            if not (der := content(key)):
                message = "no public key of ECDSA (P-256, P-384, P-521), Ed25519 or RSA from 2048 bits on"
                yield BAD_KEY.problem(message, path=place, hint="copy it again, as in `cosign.pub`")
            elif first.setdefault(der, number) != number:
                also = ((*path, "keys", first[der]),)
                yield BAD_KEY.problem("the rule has this key already", path=place, hint="keep one", also=also)


def _identities_are_whole(values: Values) -> Iterator[Problem]:
    for path, rule in _rules(values):
        for number, identity in enumerate(rule.identities):
            for part in ("issuer", "subject"):
                yield from _has_part((*path, "identities", number), identity, part)


def _has_part(path: Path, identity: SigningIdentity, part: str) -> Iterator[Problem]:
    name = f"{part}Pattern"
    exact, pattern = getattr(identity, part), getattr(identity, name)
    if not exact and not pattern:
        message = f"an identity needs {part} or {name}"
        yield HALF_IDENTITY.problem(message, path=path, hint=f"add {part}")
    elif exact and pattern:
        message, also = f"can't be combined with {part}", ((*path, part),)
        yield HALF_IDENTITY.problem(message, path=(*path, name), hint="keep one of the two", also=also)
    if pattern and not _compiles(pattern):
        yield BAD_PATTERN.problem(
            "no regular expression", path=(*path, name), hint="look for ranges such as [z-a]"
        )


def _compiles(pattern: str) -> bool:
    try:
        return bool(re.compile(pattern))
    except (re.error, OverflowError):
        return False


def _trusted_root_is_one(values: Values) -> Iterator[Problem]:
    root = values.verification.trustedRoot
    if root and not str(_read(root).get("mediaType")).startswith(_MEDIA_TYPE):
        message, hint = "no TrustedRoot of sigstore in JSON", "copy the whole `trusted_root.json`"
        yield BAD_ROOT.problem(message, path=("verification", "trustedRoot"), hint=hint)


def _read(text: str) -> dict[str, Any]:
    """Return what Go reads of a JSON object; nothing if it doesn't."""
    try:
        found = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _policy_fits(values: Values) -> Iterator[Problem]:
    size = len(f"{_NAME}={policy(values.verification)}".encode()) + 1
    if size > _MOST_BYTES:
        message = f"the variable {_NAME} would have {size} bytes, and {_MOST_BYTES} is the most"
        yield TOO_LARGE.problem(message, path=("verification",), hint="shorten the trusted root")


def _engine_hands_over_what_was_verified(values: Values) -> Iterator[Problem]:
    created = values.clusterStorageContainer.create or values.localModels.create
    if created and values.engine == "kit" and enforces(values):
        message, hint = "the engine kit can't do this", "leave engine out, or write mode: warn"
        yield ENGINE_LACKS.problem(message, path=("verification",), hint=hint, also=(("engine",),))


def _rules(values: Values) -> Iterator[tuple[Path, VerificationRule]]:
    for number, rule in enumerate(values.verification.rules):
        yield (*_RULES, number), rule


RULES: tuple[ValueRule, ...] = (
    _rules_have_references,
    _rules_can_be_satisfied,
    _keys_are_public_keys,
    _identities_are_whole,
    _trusted_root_is_one,
    _policy_fits,
    _engine_hands_over_what_was_verified,
)
