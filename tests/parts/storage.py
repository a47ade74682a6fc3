"""The registry's files: to look at, and to damage as a bad disk would."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Storage:
    """The root folder of distribution's filesystem driver."""

    root: Path

    def path(self, digest: str) -> Path:
        """The file that holds the blob's or manifest's bytes."""
        algorithm, _, encoded = digest.partition(":")
        return self.root / "docker/registry/v2/blobs" / algorithm / encoded[:2] / encoded / "data"

    def adopt(self, file: Path, repository: str, digest: str) -> None:
        """Make a file on this file system a blob of a repository, by its digest, without a byte copied."""
        self.path(digest).parent.mkdir(parents=True)
        file.rename(self.path(digest))
        algorithm, _, encoded = digest.partition(":")
        link = (
            self.root
            / "docker/registry/v2/repositories"
            / repository
            / "_layers"
            / algorithm
            / encoded
            / "link"
        )
        link.parent.mkdir(parents=True)
        link.write_text(digest)

    def flip_byte(self, digest: str, offset: int = 0) -> None:
        """Invert the byte at `offset`; a negative one counts from the end."""
        data = bytearray(self.path(digest).read_bytes())
        data[offset] ^= 0xFF
        self.path(digest).write_bytes(data)

    def truncate(self, digest: str, size: int) -> None:
        """Cut the blob to `size` bytes."""
        with self.path(digest).open("r+b") as file:
            file.truncate(size)
