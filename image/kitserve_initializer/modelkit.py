"""A ModelKit: its manifest and config, and which layer goes where."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kitserve_initializer import filters, kitfile, manifest
from kitserve_initializer.errors import InvalidModelKit, InvalidReference, NotAModelKit
from kitserve_initializer.paths import Parts, split
from kitserve_initializer.reference import parse as parse_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.digest import Descriptor
    from kitserve_initializer.kitfile import Entry, Kitfile
    from kitserve_initializer.manifest import Manifest
    from kitserve_initializer.registry import Repository, Resolved

CONFIG_TYPE = "application/vnd.kitops.modelkit.config.v1+json"
ARTIFACT_TYPE = "application/vnd.kitops.modelkit.manifest.v1+json"
_LAYER_TYPE = re.compile(
    r"application/vnd\.kitops\.modelkit\.(?P<kind>[a-z]+)\.v1\.(?P<format>tar)(?:\+(?P<compression>gzip))?"
)


@dataclass(frozen=True)
class ModelKit:
    """A ModelKit's own account of itself; `digest` is the manifest's."""

    digest: str
    manifest: Manifest
    kitfile: Kitfile


@dataclass(frozen=True)
class Layer:
    """A layer to unpack: names in it are relative to `prefix`, which is empty but for legacy ModelKits.

    What is below `root` goes to the top of the destination (layout.py).
    """

    entry: Entry
    descriptor: Descriptor
    compression: str
    prefix: Parts
    root: Parts = ()

    @property
    def key(self) -> str:
        """A file's name that stands for the layer's content and the names it gets."""
        told = (self.descriptor.digest, self.compression, self.prefix, self.root)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.entry.kind} {self.entry.path or self.entry.name!r}"


def fetch(repository: Repository, version: str) -> ModelKit:
    """Fetch and read manifest and config of a tag or digest.

    Raises:
        NotAModelKit: if the reference is something else.
        InvalidModelKit: if it can't be read.
        RegistryFailure, CorruptContent: if it can't be had.
    """
    resolved = repository.manifest(version)
    document = manifest.parse(resolved.body)
    entries = document.get("manifests")
    if isinstance(entries, list) and len(entries) == 1:
        resolved = repository.manifest(manifest.read_entry(entries[0]).digest)
        document = manifest.parse(resolved.body)
    if not _is_modelkit(document):
        raise NotAModelKit(f"the reference exists and isn't a ModelKit but {_described(document, resolved)}")
    found = manifest.read(document)
    config = manifest.parse(repository.content(found.config, "the config"))
    return ModelKit(resolved.digest, found, kitfile.read(config))


def select(modelkit: ModelKit, wanted: tuple[filters.Filter, ...]) -> list[Layer]:
    """Return the layers that pass the filters, in the manifest's order.

    Raises:
        InvalidModelKit: if config and manifest contradict each other.
    """
    entries = [entry for entry in modelkit.kitfile.entries if not _is_parent(entry)]
    placed = (
        _by_digest(entries, modelkit.manifest)
        if _have_digests(entries)
        else _by_position(entries, modelkit.manifest)
    )
    taken = [each for each in placed if filters.takes(wanted, each[1].kind, *_fields(each[1]))]
    return [
        _layer(entry, modelkit.manifest.layers[index])
        for index, entry in sorted(taken, key=lambda each: each[0])
    ]


def parents(modelkit: ModelKit) -> list[str]:
    """Return the references to other ModelKits that this one builds on."""
    return [entry.path for entry in modelkit.kitfile.entries if _is_parent(entry)]


def _is_modelkit(document: kitfile.Fields) -> bool:
    config = document.get("config")
    media_type = config.get("mediaType") if isinstance(config, dict) else None
    return media_type == CONFIG_TYPE or document.get("artifactType") == ARTIFACT_TYPE


def _described(document: kitfile.Fields, resolved: Resolved) -> str:
    if isinstance(document.get("manifests"), list):
        return f"an index of {len(document['manifests'])} manifests: {_listed(document['manifests'])}"
    config = document.get("config")
    config_type = config.get("mediaType") if isinstance(config, dict) else None
    kind = document.get("artifactType") or config_type or resolved.media_type
    return f"an artifact of type {str(kind)[:200]!r}"


def _listed(entries: list[object]) -> str:
    digests = [str(entry.get("digest"))[:80] for entry in entries if isinstance(entry, dict)]
    return ", ".join(digests[:10]) + (", ..." if len(digests) > 10 else "")


def _is_parent(entry: Entry) -> bool:
    """A model's path that was packed as no layer, and reads as a reference, names a parent."""
    if entry.layer != "model" or entry.digest or not set(":@") & set(entry.path):
        return False
    try:
        parse_reference(entry.path)
    except InvalidReference:
        return False
    return True


def _fields(entry: Entry) -> tuple[str, ...]:
    """What filters compare: code and docs have no name in KitOps."""
    return (entry.path,) if entry.kind in ("code", "docs") else (entry.name, entry.path)


def _have_digests(entries: list[Entry]) -> bool:
    with_digest = [entry for entry in entries if entry.digest]
    if with_digest and len(with_digest) < len(entries):
        raise InvalidModelKit("some of the config's entries name their layer's digest, and some don't")
    return bool(with_digest)


Placed = tuple[int, "Entry"]
"""A layer's index in the manifest, and the entry it belongs to."""


def _by_digest(entries: list[Entry], found: Manifest) -> Iterator[Placed]:
    """A digest may stand several times in a manifest, once for each entry with that content."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, layer in reversed(list(enumerate(found.layers))):
        places[layer.digest].append(index)
    for entry in entries:
        indexes = places[entry.digest]
        if not indexes:
            raise InvalidModelKit(
                f"the config's {entry.kind} {entry.path!r} has no layer {entry.digest} in the manifest"
            )
        yield indexes.pop() if len(indexes) > 1 else indexes[0], entry


def _by_position(entries: list[Entry], found: Manifest) -> Iterator[Placed]:
    """Before kit 0.5 the n-th layer of a type belonged to the n-th entry of that type."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, layer in reversed(list(enumerate(found.layers))):
        if match := _LAYER_TYPE.fullmatch(layer.media_type):
            places[match["kind"]].append(index)
    for entry in entries:
        indexes = places[entry.layer]
        if not indexes:
            raise InvalidModelKit(f"the config's {entry.kind} {entry.path!r} has no layer in the manifest")
        yield indexes.pop(), entry


def _layer(entry: Entry, descriptor: Descriptor) -> Layer:
    match = _LAYER_TYPE.fullmatch(descriptor.media_type)
    if not match:
        raise InvalidModelKit(
            f"the {entry.kind} {entry.path!r} has a layer of the unknown type {descriptor.media_type!r}"
        )
    # Names in a legacy layer are relative to the folder that its path lies in.
    prefix = () if entry.digest else split(str(PurePosixPath(entry.path).parent))
    return Layer(entry, descriptor, match["compression"] or "", prefix)
