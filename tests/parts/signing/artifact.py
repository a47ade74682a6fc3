"""What is signed."""

import json
from dataclasses import dataclass
from typing import Any

from tests.parts.registry import Registry


@dataclass(frozen=True)
class Artifact:
    """A manifest in a repository of a registry that anybody, or whoever has the one login, may push to."""

    registry: Registry
    repository: str
    digest: str

    @property
    def reference(self) -> str:
        """Its reference, as a cosign wants it."""
        return f"{self.registry.host}/{self.repository}@{self.digest}"

    def push_blob(self, data: bytes) -> dict[str, Any]:
        """Push a blob beside it, and return a descriptor that lacks the media type."""
        return {"digest": self.registry.push_blob(self.repository, data), "size": len(data)}

    def push_manifest(self, reference: str, document: dict[str, Any]) -> str:
        """Push a manifest or an index beside it, and return the digest."""
        body = json.dumps(document).encode()
        return self.registry.push_manifest(self.repository, reference, body, document["mediaType"])
