"""What the images of two platforms hold: the same files, and machine code of their own platform alone.

The second platform's image can't be run where it is built, so this is looked at instead.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from release.artifacts.layout import files, platforms
from release.errors import ReleaseError

OURS = "opt/kitserve/"
MACHINES = {"linux/amd64": 62, "linux/arm64": 183}
"""ELF's e_machine by platform: EM_X86_64, EM_AARCH64."""
_NATIVE = re.compile(r"\.so(\.[\d.]+)?$")
# _zlib.cpython-311-x86_64-linux-gnu.so, _rust.abi3.so
_MODULE = re.compile(r"(\.cpython-\d+-[\w-]+|\.abi3)?\.so$")
_BUNDLED = re.compile(r"\.libs/")
_SHOWN = 5


def check(layout: Path) -> int:
    """Check a target's images, and return how many files of ours each platform has, less native libraries.

    Raises:
        ReleaseError: a platform lacks a file that another one has, or has another machine's code.
    """
    held = {platform: _held(layout, platform, digest) for platform, digest in platforms(layout).items()}
    (first, expected), *others = held.items()
    for platform, names in others:
        if names != expected:
            unlike = sorted(names ^ expected)[:_SHOWN]
            raise ReleaseError(
                f"{layout.name} for {platform} hasn't the files of {first}: {', '.join(unlike)}"
            )
    return len(expected)


def _held(layout: Path, platform: str, digest: str) -> set[str]:
    names, foreign = set(), []
    for path, head in files(layout, digest):
        if head.startswith(b"\x7fELF") and _machine(head) != MACHINES[platform]:
            foreign.append(path)
        if path.startswith(OURS):
            names.add(path.removeprefix(OURS))
    if foreign:
        raise ReleaseError(
            f"{layout.name} for {platform} has another machine's code: {', '.join(foreign[:_SHOWN])}"
        )
    return comparable(names)


def comparable(names: Iterable[str]) -> set[str]:
    """Return names without what a platform has alone: libraries that wheels bundle, suffixes of native modules."""
    return {
        _MODULE.sub(".so", name) for name in names if not (_BUNDLED.search(name) and _NATIVE.search(name))
    }


def _machine(head: bytes) -> int:
    """Return e_machine; the byte before says whether the file is little-endian (ELF's e_ident, EI_DATA)."""
    return int.from_bytes(head[18:20], "little" if head[5] == 1 else "big")
