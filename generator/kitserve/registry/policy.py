"""A policy on signatures from files and names, as the initializer reads it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from kitserve.errors import WrongSettings

_OPTIONS = {
    "identities[0].issuerPattern": "--certificate-oidc-issuer-regexp",
    "identities[0].subjectPattern": "--certificate-identity-regexp",
    "identities[0].issuer": "--certificate-oidc-issuer",
    "identities[0].subject": "--certificate-identity",
    "identities[0] needs issuer or issuerPattern": "an identity needs --certificate-oidc-issuer or its -regexp form",
    "identities[0] needs subject or subjectPattern": "an identity needs --certificate-identity or its -regexp form",
}
"""What stands for the words on the policy's first rule."""


def of_files(
    keys: Sequence[Path],
    identity: Mapping[str, str],
    trusted_root: Path | None,
    settings: Mapping[str, object],
) -> str:
    """Return the policy with one rule for every reference; `settings` are the rule's `required` and `formats`.

    Raises:
        WrongSettings: if a file can't be used, or more are required than there are.
    """
    from kitserve_initializer.errors import InvalidEnvironment
    from kitserve_initializer.trust.rules import policy_document

    rule = {
        "references": ["**"],
        "keys": _keys(keys),
        "identities": [{name: _anchored(name, text) for name, text in identity.items()}] if identity else [],
        **settings,
    }
    root = _read(trusted_root) if trusted_root else ""
    text = json.dumps({"unmatched": "deny", "trustedRoot": root, "rules": [rule]})
    try:
        policy_document.read(text)
    except InvalidEnvironment as error:
        raise WrongSettings(_named(error.cause), "see kitserve verify --help") from error
    return text


def _anchored(name: str, text: str) -> str:
    """Return an expression for the whole of a text, as policies have them; cosign's may stand for a part."""
    return f"^{text.removeprefix('^').removesuffix('$')}$" if name.endswith("Pattern") else text


def _named(cause: str) -> str:
    """Return a sentence on the rule as one on the options."""
    said = cause.removeprefix("KITSERVE_VERIFICATION: rules[0]").lstrip(" .")
    for place, option in _OPTIONS.items():
        said = said.replace(place, option)
    return said


def _keys(files: Sequence[Path]) -> list[str]:
    """Return public keys in PEM form, each read and judged by its file's name."""
    from kitserve_initializer.trust.public_key import load
    from kitserve_initializer.trust.rules.policy import PolicyError

    found: dict[str, str] = {}
    for file in files:
        pem = _read(file)
        try:
            key = load(pem)
        except PolicyError as error:
            hint = "name the public key, which `cosign generate-key-pair` writes to cosign.pub"
            raise WrongSettings(f"--key {file} {error}", hint) from error
        if key.fingerprint in found:
            raise WrongSettings(f"--key {file} is a key that is named already")
        found[key.fingerprint] = pem
    return list(found.values())


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError as error:
        raise WrongSettings(f"{file} can't be read: {error.strerror}") from error
