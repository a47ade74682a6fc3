"""KServe's patterns of the files to write."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from kitserve_initializer.fs.paths import join

if TYPE_CHECKING:
    from kitserve_initializer.fs.paths import Parts


@dataclass(frozen=True)
class Patterns:
    """KServe's STORAGE_ALLOW_PATTERNS and STORAGE_IGNORE_PATTERNS: shell patterns, in which `*` takes slashes too.

    They are compared with a file's whole path in the destination. Without `allow` patterns all files are allowed.
    """

    allow: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.allow or self.ignore)

    def take(self, parts: Parts) -> bool:
        """Return whether to write the file at `parts`."""
        path = join(parts)
        allowed = not self.allow or any(fnmatchcase(path, pattern) for pattern in self.allow)
        return allowed and not any(fnmatchcase(path, pattern) for pattern in self.ignore)

    def __str__(self) -> str:
        words = {"allowed": self.allow, "ignored": self.ignore}
        return ", ".join(f"{name}: {' '.join(patterns)}" for name, patterns in words.items() if patterns)
