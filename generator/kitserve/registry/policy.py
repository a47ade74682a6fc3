"""A policy on signatures from files and names, as the initializer reads it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from kitserve.errors import WrongSettings


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
    from kitserve_initializer.trust import policy_document

    rule = {
        "references": ["**"],
        "keys": _keys(keys),
        "identities": [identity] if identity else [],
        **settings,
    }
    root = _read(trusted_root) if trusted_root else ""
    text = json.dumps({"unmatched": "deny", "trustedRoot": root, "rules": [rule]})
    try:
        policy_document.read(text)
    except InvalidEnvironment as error:
        raise WrongSettings(
            error.cause.removeprefix("KITSERVE_VERIFICATION: rules[0]").lstrip(".")
        ) from error
    return text


def _keys(files: Sequence[Path]) -> list[str]:
    """Return public keys in PEM form, each read and judged by its file's name."""
    from kitserve_initializer.trust.policy import PolicyError
    from kitserve_initializer.trust.public_key import load

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
