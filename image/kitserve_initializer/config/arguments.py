"""The command line: pairs as KServe passes them, or an option such as --version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.errors import UsageError
from kitserve_initializer.oci import reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.oci.reference import Reference

HELP = """\
usage: kitserve-initializer SRC DEST [SRC DEST ...]
       kitserve-initializer --check SRC [SRC ...]
       kitserve-initializer --version | --help

Unpack each ModelKit SRC (kit://REGISTRY/REPOSITORY:TAG or @DIGEST) into the folder DEST, every byte verified.
--check resolves and logs in only: nothing is fetched but the manifest and the config, nothing is written.

Flags of `kit unpack` come in KIT_UNPACK_FLAGS, credentials in KIT_USER and KIT_PASSWORD; other variables are in
docs/reference/environment.md, exit codes in docs/reference/exit-codes.md.

  KIT_UNPACK_FLAGS='--filter model' kitserve-initializer kit://registry.example.com/models/iris:v1 /mnt/models
"""

_CHECK = "--check"


@dataclass(frozen=True)
class Work:
    """A ModelKit and its destination; None if it is only to be resolved."""

    source: Reference
    destination: Path | None


def parse(arguments: Sequence[str]) -> list[Work]:
    """Read the command line; a pair that stands there twice counts once.

    Raises:
        UsageError: if the arguments aren't pairs.
        InvalidReference: if a source is no reference.
    """
    if arguments[:1] == [_CHECK]:
        if len(arguments) == 1:
            raise UsageError(f"{_CHECK} needs a source")
        return [Work(reference.parse(source), None) for source in arguments[1:]]
    if not arguments or len(arguments) % 2:
        raise UsageError(f"{len(arguments)} arguments can't be paired")
    if "" in arguments[1::2]:
        raise UsageError("a destination is empty")
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    works = [Work(reference.parse(source), Path(destination)) for source, destination in pairs]
    return [*dict.fromkeys(works)]
