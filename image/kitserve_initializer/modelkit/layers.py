"""The layers to unpack, and their places: from the config's entries, the manifest's layers, and the filters."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kitserve_initializer.config import filters
from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.fs.paths import Parts, split
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.modelkit import file_annotations
from kitserve_initializer.oci import media_types
from kitserve_initializer.oci.reference import is_digest, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.modelkit.file_annotations import File
    from kitserve_initializer.modelkit.kitfile import Entry
    from kitserve_initializer.modelkit.modelkit import ModelKit
    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.manifest import Manifest


@dataclass(frozen=True)
class Layer:
    """A layer to unpack: `file` if it is raw, else names in it are relative to `prefix`.

    `prefix` is empty but for legacy ModelKits. `diff_id` is the digest of the content uncompressed, if it is known.
    What is below `root` goes to the top of the destination (layout.py).
    """

    entry: Entry
    descriptor: Descriptor
    compression: str
    diff_id: str
    prefix: Parts = ()
    file: File | None = None
    root: Parts = ()

    @property
    def key(self) -> str:
        """A file name for the layer's content and the names of its files."""
        told = (self.descriptor.digest, self.compression, self.diff_id, self.prefix, self.file, self.root)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def __str__(self) -> str:
        return _named(self.entry)


_NAMED = 10
"""Things of a kind that the log names at most."""

Placed = tuple[int, "Entry"]
"""A layer's index in the manifest, and the entry it belongs to."""


def select(modelkit: ModelKit, wanted: tuple[filters.Filter, ...]) -> list[Layer]:
    """Return the layers that pass the filters, in the manifest's order.

    Raises:
        InvalidModelKit: if config and manifest contradict each other.
    """
    entries = [entry for entry in modelkit.entries if not entry.remote]
    placed = list(
        _by_digest(entries, modelkit.manifest)
        if _have_digests(entries)
        else _by_position(entries, modelkit.manifest)
    )
    _tell(modelkit, placed, wanted)
    taken = [each for each in placed if _takes(wanted, each[1])]
    return [_layer(entry, modelkit, index) for index, entry in sorted(taken, key=lambda each: each[0])]


def _named(entry: Entry) -> str:
    """Return what errors call an entry; a path may be what somebody took for a parent's reference."""
    return f"{entry.kind} {shown(entry.path or entry.name)!r}"


def _takes(wanted: tuple[filters.Filter, ...], entry: Entry) -> bool:
    """Return whether a filter selects the entry by name or path; code and docs have no name in KitOps."""
    fields = (entry.path,) if entry.kind in ("code", "docs") else (entry.name, entry.path)
    return filters.takes(wanted, entry.kind, *fields)


def _tell(modelkit: ModelKit, placed: list[Placed], wanted: tuple[filters.Filter, ...]) -> None:
    """Log what isn't unpacked although nobody filtered it out."""
    elsewhere = [entry for entry in modelkit.entries if entry.remote and _takes(wanted, entry)]
    for entry in elsewhere[:_NAMED]:
        say(events.ENTRY_ELSEWHERE, entry=_named(entry), location=shown(entry.remote))
    if len(elsewhere) > _NAMED:
        say(events.ENTRIES_ELSEWHERE, count=len(elsewhere) - _NAMED)
    named = {index for index, _ in placed}
    types = {layer.media_type for index, layer in enumerate(modelkit.manifest.layers) if index not in named}
    for media_type in sorted(types)[:_NAMED]:
        say(events.LAYERS_UNNAMED, media_type=media_type)


def _have_digests(entries: list[Entry]) -> bool:
    with_digest = [entry for entry in entries if entry.digest]
    if with_digest and len(with_digest) < len(entries):
        raise InvalidModelKit("some of the config's entries name their layer's digest, and some don't")
    return bool(with_digest)


def _by_digest(entries: list[Entry], found: Manifest) -> Iterator[Placed]:
    """Pair entries with layers by digest. A manifest may repeat a digest, once for each path with that content."""
    queues: defaultdict[tuple[str, ...], deque[int]] = defaultdict(deque)
    for index, layer in enumerate(found.layers):
        for key in ((layer.digest, _normal(file_annotations.path(layer))), (layer.digest,)):
            queues[key].append(index)
    given: set[int] = set()
    for entry in entries:
        if not queues[(entry.digest,)]:
            raise InvalidModelKit(f"the config's {_named(entry)} has no layer {entry.digest} in the manifest")
        index = _next([queues[(entry.digest, _normal(entry.path))], queues[(entry.digest,)]], given)
        given.add(index)
        yield index, entry


def _next(queues: list[deque[int]], given: set[int]) -> int:
    """Return the first index that isn't used yet, or else the last one."""
    for queue in queues:
        while len(queue) > 1 and queue[0] in given:
            queue.popleft()
        if queue and queue[0] not in given:
            return queue[0]
    return queues[-1][0]


def _normal(path: str) -> str:
    return str(PurePosixPath(path)) if path else ""


def _by_position(entries: list[Entry], found: Manifest) -> Iterator[Placed]:
    """Pair by position: before kit 0.5 the n-th layer of a type belonged to the n-th entry of that type.

    A ModelPack may have more than one layer of weights: all but the first belong to parts.
    """
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for index, layer in enumerate(found.layers):
        if kind := media_types.parse(layer.media_type):
            places["modelpart" if kind.kind == "model" and places["model"] else kind.kind].append(index)
    for entry in entries:
        if not places[entry.layer]:
            raise InvalidModelKit(f"the config's {_named(entry)} has no layer in the manifest")
        yield places[entry.layer].popleft(), entry


def _layer(entry: Entry, modelkit: ModelKit, index: int) -> Layer:
    descriptor = modelkit.manifest.layers[index]
    found = modelkit.layer_type(descriptor)
    if not found:
        raise InvalidModelKit(
            f"the {_named(entry)} has a layer of the unknown type {descriptor.media_type!r}"
        )
    diff_id = entry.diff_id or (modelkit.diff_ids[index] if modelkit.diff_ids else "")
    if diff_id and not is_digest(diff_id):
        raise InvalidModelKit(f"the config's {_named(entry)} has a diffId that isn't a digest")
    if found.form == media_types.RAW:
        file = file_annotations.file(descriptor, entry.path)
        return Layer(entry, descriptor, found.compression, diff_id, file=file)
    # Names in a legacy layer are relative to the folder that its path lies in.
    prefix = () if entry.digest else split(str(PurePosixPath(entry.path).parent))
    return Layer(entry, descriptor, found.compression, diff_id, prefix)
