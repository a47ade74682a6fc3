"""The ModelKits in tests/fixtures/modelkits (its README.md says what each is for)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "fixtures" / "modelkits"
NAMES = tuple(sorted(path.name.removesuffix(".oci.tar.gz") for path in FOLDER.glob("*.oci.tar.gz")))


@dataclass(frozen=True)
class ModelKit:
    """A packed ModelKit and what unpacking it must give."""

    name: str

    @property
    def archive(self) -> Path:
        """The OCI image layout."""
        return FOLDER / f"{self.name}.oci.tar.gz"

    @property
    def repository(self) -> str:
        """Where the test registries hold it, under the tag v1."""
        return f"golden/{self.name}"

    @property
    def expected(self) -> dict[str, Any]:
        """The recorded runs: `manifest_digest`, and `runs` of flags, exit, error, tree and kitfile."""
        document: dict[str, Any] = json.loads((FOLDER / f"{self.name}.expected.json").read_text())
        return document

    def digest(self, path: str) -> str:
        """The sha256 (hex) of a file that unpacking without flags gives."""
        digest: str = self.expected["runs"][0]["tree"][path]["sha256"]
        return digest


def modelkits() -> dict[str, ModelKit]:
    """All of them by name."""
    return {name: ModelKit(name) for name in NAMES}
