"""ModelKits of newer kits and ModelPacks: layers of any media type, with annotations."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backports import zstd

from tests.image.packing import CONFIG_TYPE, MANIFEST_TYPE, Packed, digest, fresh
from tests.parts.registry import Registry

KIT = "application/vnd.kitops.modelkit."
KIT_ARTIFACT = f"{KIT}manifest.v1+json"
PACK = "application/vnd.cncf.model."
PACK_CONFIG = f"{PACK}config.v1+json"
PACK_ARTIFACT = f"{PACK}manifest.v1+json"
PATH = "org.cncf.model.filepath"
METADATA = "org.cncf.model.file.metadata+json"
LEGACY = "org.cnai.model."
"""The prefix that ModelPack's annotations had until 0.0.6."""
TITLE = "org.opencontainers.image.title"
KITFILE = "ml.kitops.modelkit.kitfile"

COMPRESSIONS = {"gzip": lambda data: gzip.compress(data, mtime=0), "zstd": zstd.compress}

Document = dict[str, Any]


@dataclass(frozen=True)
class Blob:
    """A layer: its type below the format's prefix, as `weight.v1.tar+zstd`, and the content before compression."""

    kind: str
    content: bytes
    annotations: Mapping[str, str] = field(default_factory=dict)
    squeezed: Callable[[bytes], bytes] | None = None
    """Compresses otherwise than is usual for the type."""

    @cached_property
    def data(self) -> bytes:
        """What the registry holds."""
        compress = self.squeezed or COMPRESSIONS.get(self.kind.partition("+")[2])
        return compress(self.content) if compress else self.content

    def descriptor(self, prefix: str) -> Document:
        """Its entry in a manifest; a type with a slash is whole already."""
        media_type = self.kind if "/" in self.kind else prefix + self.kind
        found: Document = {"mediaType": media_type, "digest": digest(self.data), "size": len(self.data)}
        return found | ({"annotations": dict(self.annotations)} if self.annotations else {})

    def entry(self, **fields: str) -> Document:
        """Its entry in a Kitfile."""
        return {**fields, "digest": digest(self.data), "diffId": digest(self.content)}


def raw(kind: str, path: str, content: bytes, **metadata: object) -> Blob:
    """A raw layer, with metadata as ModelPack has it."""
    annotations = {PATH: path} | ({METADATA: json.dumps(metadata)} if metadata else {})
    return Blob(f"{kind}.v1.raw", content, annotations)


def tarred(kind: str, path: str, content: bytes, compression: str = "") -> Blob:
    """A layer that is an archive."""
    return Blob(f"{kind}.v1.tar" + (f"+{compression}" if compression else ""), content, {PATH: path})


def push_modelkit(registry: Registry, kitfile: Document, blobs: Sequence[Blob]) -> Packed:
    """Push a ModelKit as kit 1.15 does, artifactType and annotations included."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": KIT_ARTIFACT,
        "layers": [blob.descriptor(KIT) for blob in blobs],
        "annotations": {"org.opencontainers.image.created": "1970-01-01T00:00:00Z"},
    }
    return _push(registry, manifest, _config(CONFIG_TYPE, {"manifestVersion": "1.0.0", **kitfile}), blobs)


def push_modelpack(
    registry: Registry,
    blobs: Sequence[Blob],
    kitfile: Document | None = None,
    fields: Document | None = None,
    twist: Callable[[Document], object] = lambda _: None,
) -> Packed:
    """Push a ModelPack; with `kitfile`, as kit packs it, else as ModelPack's own tool does.

    `fields` are those of the config that are to be others; `twist` changes the manifest.
    """
    modelfs = {"type": "layers", "diffIds": [digest(blob.content) for blob in blobs]}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": PACK_ARTIFACT,
        "layers": [blob.descriptor(PACK) for blob in blobs],
        "annotations": {KITFILE: json.dumps(kitfile)} if kitfile else {},
    }
    config = {"descriptor": {"name": "made"}, "modelfs": modelfs, **(fields or {})}
    return _push(registry, manifest, _config(PACK_CONFIG, config), blobs, twist)


def push_artifact(registry: Registry, config: Blob, blobs: Sequence[Blob]) -> Packed:
    """Push an artifact of any kind, which its config's type tells."""
    layers = [blob.descriptor("") for blob in blobs]
    return _push(registry, {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "layers": layers}, config, blobs)


def _config(kind: str, document: Document) -> Blob:
    return Blob(kind, json.dumps(document, separators=(",", ":")).encode(), squeezed=bytes)


def _push(
    registry: Registry,
    manifest: Document,
    config: Blob,
    blobs: Sequence[Blob],
    twist: Callable[[Document], object] = lambda _: None,
) -> Packed:
    repository = fresh()
    for data in {b"{}", config.data, *(blob.data for blob in blobs)}:
        registry.push_blob(repository, data)
    manifest["config"] = config.descriptor("")
    twist(manifest)
    pushed = registry.push_manifest(repository, "v1", json.dumps(manifest).encode(), MANIFEST_TYPE)
    return Packed(
        registry.host, repository, pushed, digest(config.data), tuple(digest(blob.data) for blob in blobs)
    )
