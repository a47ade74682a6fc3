"""Layers through the initializer's own unpacker, side by side, into trees in memory; each is read once, verified."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kitserve_initializer.concurrency.worker_pool import run
from kitserve_initializer.config.patterns import Patterns
from kitserve_initializer.engines.progress import Counter
from kitserve_initializer.engines.selection import size_of
from kitserve_initializer.engines.unpack_layer import Unpacker
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.modelkit.layers import Layer

from kitserve.image.trees.laid_layer import LaidLayer
from kitserve.image.trees.paths import Room
from kitserve.image.trees.recorded_tree import RecordedTree

if TYPE_CHECKING:
    from kitserve_initializer.concurrency.shares import Shares
    from kitserve_initializer.engines.fill_trees import Piece

_SHA256 = "sha256:"

Tell = Callable[[int, int], object]
"""Gets the bytes that are read, and those of all layers."""


@dataclass(frozen=True)
class ReadLayer:
    """A layer, the tree that the initializer makes of it, and the one that a runtime makes."""

    layer: Layer
    written: RecordedTree
    laid: LaidLayer

    @property
    def diff_id(self) -> str:
        """The digest of the archive, uncompressed, by the algorithm that runtimes compare it by."""
        return self.laid.digest or _known(self.layer)


def read(pieces: "Sequence[Piece]", tell: Tell, shares: "Shares") -> list[ReadLayer]:
    """Read all layers; each digest stands there once.

    Raises:
        Failure: of the initializer, if it would refuse a layer or can't have it.
        Refused: if they hold too many files.
    """
    written, laid, stop = Room(), Room(), threading.Event()
    progress = _Progress(size_of([*pieces]), tell)
    found = [
        ReadLayer(layer, RecordedTree(written), LaidLayer(laid, hashes=not _known(layer)))
        for _, layer in pieces
    ]
    unpackers = [
        Unpacker(repository, ConflictPolicy.REFUSE, Patterns(), stop, stages=shares.stages(len(pieces)))
        for repository, _ in pieces
    ]
    run(
        [partial(_read, each, unpacker, progress) for each, unpacker in zip(found, unpackers, strict=True)],
        shares.layers,
        stop,
    )
    return found


def _read(found: ReadLayer, unpacker: Unpacker, progress: "_Progress") -> None:
    blob = progress.counted(unpacker.fetched(found.layer, Counter()))
    unpacker.unpack(found.layer, found.written, blob, witness=found.laid)


def _known(layer: Layer) -> str:
    """Return the digest of a layer's archive, if the ModelKit tells it and it is compared with the bytes."""
    told = layer.diff_id if layer.compression else layer.descriptor.digest
    return told if told.startswith(_SHA256) else ""


class _Progress:
    """Counts the bytes that all threads read."""

    def __init__(self, total: int, tell: Tell) -> None:
        self._lock = threading.Lock()
        self._done, self._total, self._tell = 0, total, tell

    def counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the chunks, and tell how many bytes there are by then."""
        for chunk in chunks:
            with self._lock:
                self._done += len(chunk)
                self._tell(self._done, self._total)
            yield chunk
