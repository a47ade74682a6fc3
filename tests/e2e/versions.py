"""Which release of KServe a cluster has: the one of tools.toml, or another that the generator knows."""

import os

from codegen.go_module import RELEASES

from tests.parts.tools import table

VARIABLE = "KITSERVE_E2E_KSERVE"


class VersionError(RuntimeError):
    """No such release can be had."""


def release() -> str:
    """The chosen release, such as `0.15.2`.

    Raises:
        VersionError: KITSERVE_E2E_KSERVE names one that isn't a Go module, or that the generator doesn't know.
    """
    chosen = os.environ.get(VARIABLE) or table()["kserve-controller"].source.version
    if chosen not in RELEASES:
        raise VersionError(f"there are no scenarios for KServe {chosen!r}: choose {', '.join(RELEASES)}")
    return chosen


def minor(of: str = "") -> str:
    """The chosen release's version as the generator names it, such as `0.15`."""
    return (of or release()).rpartition(".")[0]
