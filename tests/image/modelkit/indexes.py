"""Indexes of ModelKits, made to measure."""

import json
from collections.abc import Callable
from typing import Any

from tests.image.artifacts import KIT
from tests.image.packing import MANIFEST_TYPE, file, layer, pack
from tests.parts.registry import Registry

INDEX = "application/vnd.oci.image.index.v1+json"
Document = dict[str, Any]
Labels = dict[str, Any]

Q4: Labels = {"quantization": "q4_0", "vram": "6GB", "bits": 4}
Q8: Labels = {"quantization": "q8_0", "vram": "10GB", "bits": 8}
BIG: Labels = {"quantization": "q8_0", "vram": "24GB", "gpus": ["sm_80", "sm_90"], "tested": True, "note": ""}


class Pushed:
    """An index whose ModelKits hold a file each, named by its number."""

    def __init__(
        self, registry: Registry, *labels: Labels | None, twist: Callable[[Document], object] = lambda _: None
    ) -> None:
        made = [pack(registry, layer(file(str(number), b"x" * number))) for number in range(len(labels))]
        self.repository = f"{registry.host}/{made[0].repository if made else 'made/empty'}"
        self.digests = [each.digest for each in made]
        manifests = [
            self._entry(registry, each.digest, told) for each, told in zip(made, labels, strict=True)
        ]
        document = {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "artifactType": f"{KIT}index.v1+json",
            "manifests": manifests,
        }
        twist(document)
        for each in made[1:]:
            _copy(registry, each.digest, self.repository)
        repository = self.repository.partition("/")[2]
        self.digest = registry.push_manifest(repository, "all", json.dumps(document).encode(), INDEX)
        self.uri = f"kit://{self.repository}:all"

    @staticmethod
    def _entry(registry: Registry, found: str, labels: Labels | None) -> Document:
        size = registry.storage.path(found).stat().st_size
        annotations = {"ml.kitops.modelkit.original-tag": "q"}
        entry: Document = {
            "mediaType": MANIFEST_TYPE,
            "digest": found,
            "size": size,
            "annotations": annotations,
        }
        return entry if labels is None else entry | {"modelMetadata": labels}


def _copy(registry: Registry, found: str, target: str) -> None:
    body = registry.storage.path(found).read_bytes()
    manifest = json.loads(body)
    repository = target.partition("/")[2]
    for each in (manifest["config"], *manifest["layers"]):
        registry.push_blob(repository, registry.storage.path(each["digest"]).read_bytes())
    registry.push_manifest(repository, found, body, MANIFEST_TYPE)
