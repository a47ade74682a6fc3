"""The variables of the initializer as a user's shell gives them: logins, proxies and certificates, and no more."""

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_OF_PODS = (
    "CONFIDENTIAL_ENABLED",
    "KITSERVE_ENGINE",
    "KITSERVE_LAYOUT",
    "KITSERVE_LOG_FORMAT",
    "KITSERVE_SERVICE_",
    "KITSERVE_VERIFICATION",
    "KITSERVE_VERIFY_AGAIN",
    "KIT_UNPACK_FLAGS",
    "STORAGE_ALLOW_PATTERNS",
    "STORAGE_IGNORE_PATTERNS",
    "VERIFICATION_DIGEST",
)
"""Beginnings of variables that say what a pod unpacks: the command's options stand for them."""


def variables(flags: Sequence[str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables, with flags of `kit unpack`; docker's and podman's files are found as they find them."""
    taken = {name: text for name, text in environ.items() if not name.startswith(_OF_PODS)}
    return {
        "HOME": os.path.expanduser("~"),  # noqa: PTH111 - without a home it stays as it is
        "REGISTRY_AUTH_FILE": _podmans(taken),
        **taken,
        "KIT_UNPACK_FLAGS": shlex.join(flags),
    }


def _podmans(environ: Mapping[str, str]) -> str:
    """Return the file that `podman login` writes (containers-auth.json(5)); empty if there is none."""
    return next((str(path) for path in _candidates(environ) if os.access(path, os.R_OK)), "")


def _candidates(environ: Mapping[str, str]) -> Iterable[Path]:
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / "containers/auth.json"
    if config := environ.get("XDG_CONFIG_HOME"):
        yield Path(config) / "containers/auth.json"
    elif home := environ.get("HOME"):
        yield Path(home) / ".config/containers/auth.json"
