"""What image to make, of what."""

from dataclasses import dataclass

PLATFORMS = ("linux/amd64", "linux/arm64")
"""Those of an image unless others are asked for: a container runtime refuses an image of another platform."""


@dataclass(frozen=True)
class Request:
    """A ModelKit, and what decides which of its files are where.

    `filters` and `labels` are words as of `kit unpack --filter` and `--label`, `platforms` OS/ARCHITECTURE[/VARIANT],
    `policy` is the initializer's JSON, empty without one, and `flags` are those of `kit unpack` for the way there.
    """

    reference: str
    layout: str = "kit"
    filters: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    platforms: tuple[str, ...] = PLATFORMS
    policy: str = ""
    flags: tuple[str, ...] = ()
