"""Layers into trees of files: several in parallel, each a stream from the registry to the file system."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.archive import tar
from kitserve_initializer.archive.gzip import inflate
from kitserve_initializer.concurrency.read_ahead import ahead
from kitserve_initializer.concurrency.worker_pool import until
from kitserve_initializer.engines.prepare import tell_skipped
from kitserve_initializer.engines.progress import counted
from kitserve_initializer.errors import ContentFailure, InvalidArchive, PathExists, UnsafeArchive
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.fs.paths import Parts, is_marker, join, split
from kitserve_initializer.log import events
from kitserve_initializer.log.amounts import apart
from kitserve_initializer.log.lines import say
from kitserve_initializer.modelkit.placement import lift
from kitserve_initializer.oci.digest import hashed, verified

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from threading import Event

    from kitserve_initializer.config.patterns import Patterns
    from kitserve_initializer.engines.progress import Counter
    from kitserve_initializer.fs.replay.playback import Playback
    from kitserve_initializer.fs.tree import Fillable
    from kitserve_initializer.modelkit.file_annotations import File
    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.registry.client import Repository


class Witness(Protocol):
    """Sees what a layer's archive is, beside what is written of it."""

    def watched(self, content: Iterable[bytes | memoryview]) -> Iterable[bytes | memoryview]:
        """Return the archive's bytes; all of them are read."""

    def tell(self, header: tar.Header) -> None:
        """Take a header, before its member is written."""


class Unpacker:
    """Unpacks layers of one repository; `stop` ends all of them early.

    With `stages` a layer is fetched, inflated and written in parallel.
    """

    def __init__(
        self, repository: Repository, policy: ConflictPolicy, patterns: Patterns, stop: Event, *, stages: bool
    ) -> None:
        self._repository = repository
        self._policy = policy
        self._patterns = patterns
        self._stop = stop
        self._stage = ahead if stages else nullcontext

    def key(self, layer: Layer) -> str:
        """Return a name for everything that decides the content of a layer's tree."""
        return hashlib.sha256(repr((self._policy, self._patterns, layer.key)).encode()).hexdigest()

    def fetched(
        self, layer: Layer, counter: Counter, held: Playback | None = None
    ) -> Generator[bytes, None, None]:
        """Yield a layer's bytes, those that are `held` first, the others as they come.

        The end is handed out only if every byte was right. Who takes fewer closes it, and so the connection.

        Raises:
            CorruptContent, RegistryFailure.
        """
        begin = _played(layer, held, counter) if held else ()
        return until(
            self._stop, counted(self._repository.blob(layer.descriptor, _named(layer), begin), counter)
        )

    def verified(self, layer: Layer, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a layer's bytes that were kept, under the same condition.

        Raises:
            CorruptContent.
        """
        return until(self._stop, verified(chunks, layer.descriptor, _named(layer)))

    def unpack(
        self,
        layer: Layer,
        tree: Fillable,
        blob: Iterable[bytes],
        held: Playback | None = None,
        witness: Witness | None = None,
    ) -> None:
        """Write what a layer holds into `tree`; returns only if every byte was right.

        If it wasn't, and its begin was `held`, the rest isn't looked at.

        Raises:
            CorruptContent, InvalidArchive, UnsafeArchive, PathExists, RegistryFailure, DestinationFailure.
        """
        begun = time.monotonic()
        with self._stage(blob) as fetched:
            try:
                self._write(fetched, layer, tree, witness)
            except ContentFailure:
                # Wrong bytes look like a bad archive: only the digest, known at the blob's end, shows the difference.
                if not (held and held.count):
                    deque(fetched, maxlen=0)
                raise
        seconds = time.monotonic() - begun
        size = layer.descriptor.size
        say(
            events.LAYER_UNPACKED,
            layer=layer,
            digest=layer.descriptor.digest,
            bytes=size,
            seconds=seconds,
            bytes_per_second=round(size / max(seconds, 0.001)),
        )

    def _write(self, blob: Iterable[bytes], layer: Layer, tree: Fillable, witness: Witness | None) -> None:
        what = _named(layer)
        with self._inflated(blob, layer, what) as inflated:
            content = until(self._stop, witness.watched(inflated) if witness else inflated)
            if layer.file:
                self._add_raw(layer, layer.file, content, tree)
            else:
                self._add_all(content, layer, tree, witness)

    def _add_all(
        self, content: Iterable[bytes | memoryview], layer: Layer, tree: Fillable, witness: Witness | None
    ) -> None:
        keep = tree.journal.add if tree.journal else None
        archive = tar.Archive(content, _named(layer), keep, witness.tell if witness else None)
        markers = 0
        for member in archive:
            is_file = member.kind == tar.FILE
            parts = layer.prefix + split(member.name, marker=is_file)
            if is_marker(parts):
                markers += 1
            else:
                self._add(member, archive, lift(parts, layer.root, is_file=is_file), tree)
            if keep:
                deque(map(keep, archive.content()), maxlen=0)  # what no file took
        tell_skipped(_named(layer), markers)

    @contextmanager
    def _inflated(
        self, blob: Iterable[bytes], layer: Layer, what: str
    ) -> Iterator[Iterable[bytes | memoryview]]:
        if not layer.compression:
            yield blob
            return
        with self._stage(_INFLATERS[layer.compression](blob, what)) as content:
            yield hashed(content, layer.diff_id, what) if layer.diff_id else content

    def _add_raw(
        self, layer: Layer, file: File, content: Iterable[bytes | memoryview], tree: Fillable
    ) -> None:
        parts = lift(file.parts, layer.root, is_file=True)
        size = (file.size or 0) if layer.compression else layer.descriptor.size
        sized = _sized(content, file.size, join(parts))
        if not parts:
            raise UnsafeArchive("a raw layer is a file without a name")
        if is_marker(parts):
            deque(sized, maxlen=0)
            tell_skipped(f"the raw layer of {join(parts)!r}", 1)
        elif self._patterns.take(parts):
            tree.add_file(parts, file.mode, sized, size)
            say(events.FILE_WRITTEN, file=join(parts), bytes=size)
        else:
            deque(sized, maxlen=0)

    def _add(self, member: tar.Member, archive: tar.Archive, parts: Parts, tree: Fillable) -> None:
        # Permissions only: setuid, setgid and sticky bits have no place in a model.
        mode = member.mode & 0o777
        if member.kind == tar.DIRECTORY:
            # With patterns only the files determine the directories.
            if (
                parts
                and not self._patterns
                and not tree.add_directory(parts, mode)
                and not tree.has_directory(parts)
            ):
                raise PathExists(f"a layer holds {member.name!r} both as a file and as a directory")
        elif member.kind != tar.FILE:
            raise UnsafeArchive(f"{member.name!r} in a layer is {_kind(member)}, neither file nor directory")
        elif not parts:
            raise UnsafeArchive(f"{member.name!r} in a layer is a file without a name")
        elif self._patterns.take(parts):
            if tree.add_file(parts, mode, archive.content(), member.size):
                say(events.FILE_WRITTEN, file=join(parts), bytes=member.size)
            else:
                self._replace(member, archive, parts, tree)

    def _replace(self, member: tar.Member, archive: tar.Archive, parts: Parts, tree: Fillable) -> None:
        """Handle a file that a layer has twice as `kit unpack` does."""
        if self._policy is ConflictPolicy.IGNORE:
            return
        if self._policy is ConflictPolicy.REFUSE or not tree.remove_file(parts):
            raise PathExists(f"a layer holds {join(parts)!r} twice")
        tree.add_file(parts, member.mode & 0o777, archive.content(), member.size)


def _played(layer: Layer, held: Playback, counter: Counter) -> Iterator[bytes]:
    """Yield the begin of a layer that is held, and log how much it was."""
    for chunk in held.chunks(layer.descriptor.size):
        counter.keep(len(chunk))
        yield chunk
    if held.count:
        say(events.LAYER_RESUMED, layer=layer, kept_bytes=held.count, bytes=layer.descriptor.size)


def _named(layer: Layer) -> str:
    return f"the layer of {layer}"


def _unzstd(chunks: Iterable[bytes], what: str) -> Iterable[bytes | memoryview]:
    from kitserve_initializer.archive.zstd import unzstd  # noqa: PLC0415 - most layers don't need it

    return unzstd(chunks, what)


_INFLATERS = {"gzip": inflate, "zstd": _unzstd}


def _sized(chunks: Iterable[bytes | memoryview], size: int | None, path: str) -> Iterator[bytes | memoryview]:
    count = 0
    for chunk in chunks:
        count += len(chunk)
        yield chunk
    if size not in (None, count):
        raise InvalidArchive(
            "the file {!r} has {}, and its metadata says {}".format(path, *apart(count, size))
        )


def _kind(member: tar.Member) -> str:
    names = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a FIFO"}
    return names.get(member.kind, f"of type {member.kind!r}")
