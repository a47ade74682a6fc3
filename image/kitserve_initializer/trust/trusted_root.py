"""The trusted root: sigstore's authorities and logs, as sigstore-python reads them."""

from __future__ import annotations

import os
from importlib import resources

from sigstore.errors import Error
from sigstore.models import TrustedRoot

from kitserve_initializer.config import certificates
from kitserve_initializer.errors import NoTrustedRoot

REASON = 300
"""Characters of a reason: it may repeat what is in the bundle."""

_PUBLIC_GOOD = "https%3A%2F%2Ftuf-repo-cdn.sigstore.dev"
"""The folder of the root that comes with sigstore-python."""


def load(text: str) -> TrustedRoot:
    """Read a TrustedRoot in JSON; empty: the one that comes with sigstore-python.

    Raises:
        NoTrustedRoot: if it can't be read.
    """
    try:
        return _read(text)
    except (Error, ValueError, LookupError) as error:
        raise NoTrustedRoot(f"the trusted root can't be used: {str(error)[:REASON]}") from error


def _read(text: str) -> TrustedRoot:
    if not text:
        place = resources.files("sigstore") / "_store" / _PUBLIC_GOOD / "trusted_root.json"
        text = place.read_text("utf-8")
    file = certificates.memory_file(text)
    try:
        return TrustedRoot.from_file(certificates.path(file))
    finally:
        os.close(file)
