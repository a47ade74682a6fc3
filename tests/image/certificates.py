"""Certificates for tests: an authority of our own, what it signs, and what nobody does."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from tests.parts.certificates import Pair
from tests.parts.registry import Tls


@dataclass(frozen=True)
class Company:
    """An authority that only its own people trust, and the files of what it has signed."""

    folder: Path
    authority: Pair

    @property
    def file(self) -> Path:
        return self.folder / "authority.crt"

    def tls(self, *, client: bool = False) -> Tls:
        return Tls(*self.pair("localhost"), self.file, self.pair("client") if client else None)

    def pair(self, name: str) -> tuple[Path, Path]:
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"


def found(folder: Path) -> Company:
    authority = Pair.issue(f"Authority of a {folder.name}", authority=True)
    authority.write(folder, "authority")
    for name in ("localhost", "client"):
        Pair.issue(name, authority).write(folder, name)
    return Company(folder, authority)


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context whose certificate no client trusts; its files go to `folder`."""
    return Pair.issue("localhost").context(folder)
