"""zstd layers: compressed chunks in, bounded chunks out, by the decoder of Python 3.14 or its backport.

A stream may be any number of frames (RFC 8878, 3), and the decoder takes one, and 8 µs to be made. Frames without
content are stepped over here; ones with content have to be worth it.
"""

from __future__ import annotations

import re
import sys
from itertools import product
from typing import TYPE_CHECKING

from kitserve_initializer.archive.gzip import STEP
from kitserve_initializer.errors import InvalidArchive

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

_WINDOW_LOG = 23
"""A frame says how much of its past a decoder has to keep: 8 MiB at most, which RFC 8878 asks every decoder for.

Two layers at a time, fetched by ranges, stay below 96 MiB then. kit and `zstd -19` need no more, `zstd --ultra -20`
needs 32 MiB, `--long` 128 MiB.
"""

_TOO_LARGE = "too much memory"
"""Of zstd's sentence for ZSTD_error_frameParameter_windowTooLarge; the exception has no code."""

_FRAMES, _FRAME_BYTES = 1000, 64
"""Frames that a stream may have beside one for each so many bytes: writers that start one for each file have fewer."""

_FIRST = 512
"""Bytes of a frame that the decoder gets first: it hands back a copy of what is behind a short one."""

_MAGIC, _SKIPPABLE = rb"\x28\xb5\x2f\xfd", rb"[\x50-\x5f]\x2a\x4d\x18"
_HEAD = 32
"""Bytes of a frame that tell whether it has content, but for one of many empty blocks, which the decoder takes."""


def _empty_frames() -> Iterator[bytes]:
    """Yield a pattern for each header of a frame whose content is nothing, with its blocks (RFC 8878, 3.1.1)."""
    for size_flag, single, checked, id_flag in product((0, 2, 3), (0, 1), (0, 1), range(4)):
        descriptor = size_flag << 6 | single << 5 | checked << 2 | id_flag
        unused = descriptor | 1 << 4
        window = b"" if single else rb"[\x00-\x68]"  # 8 MiB at most
        zeros = (0, 1, 2, 4)[id_flag] + ((single, 0, 4, 8)[size_flag])
        blocks = rb"(?:\x00{3})*+\x01\x00\x00" + (rb"\x99\xe9\xd8\x51" if checked else b"")
        yield rb"[\x%02x\x%02x]%b\x00{%d}%b" % (descriptor, unused, window, zeros, blocks)


_NOTHING = re.compile(
    rb"(?:%b(?:%b)|%b\x00{4})*+" % (_MAGIC, b"|".join(_empty_frames()), _SKIPPABLE), re.DOTALL
)
_SKIPPED = re.compile(_SKIPPABLE + rb"(?P<size>.{4})", re.DOTALL)


def unzstd(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    """Decompress one or more zstd frames (RFC 8878).

    Raises:
        InvalidArchive: if the stream isn't zstd, ends early, fails a checksum, would take too much memory, or has many
            frames with hardly anything in them.
    """
    stream = _Stream(what)
    for chunk in chunks:
        yield from stream.take(chunk)
    yield from stream.end()


class _Stream:
    """Frames one after the other, as their bytes come."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._frame: ZstdDecompressor | None = None
        self._rest = b""
        """The begin of a frame, too short to tell of which kind it is."""
        self._skipped = 0
        """Bytes still to come of a frame that is skipped."""
        self._frames = 0
        self._bytes = 0

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what the next bytes of the stream hold."""
        self._bytes += len(chunk)
        data = self._rest + chunk
        at = self._step_over(data, 0)
        while self._frame or len(data) - at >= _HEAD:
            at = yield from self._decode(data, at)
            if at == len(data):
                break
            at = self._step_over(data, at)
        self._rest = data[at:]

    def end(self) -> Iterator[bytes]:
        """Yield what the last bytes hold, which are no empty frame and no whole one that is skipped."""
        data, at = self._rest, 0
        while at < len(data):
            at = yield from self._decode(data, at)
        if self._frame or self._skipped or not self._bytes:
            raise InvalidArchive(f"{self._what} ends in the middle of its zstd stream")

    def _step_over(self, data: bytes, at: int) -> int:
        """Return where in `data` the next frame with content begins, or the next one that is cut."""
        if self._frame:
            return at
        while True:
            step = min(self._skipped, len(data) - at)
            self._skipped -= step
            at += step
            if nothing := _NOTHING.match(data, at):
                at = nothing.end()
            found = _SKIPPED.match(data, at)
            if not found:
                return at
            self._skipped = found.end() - at + int.from_bytes(found["size"], "little")

    def _decode(self, data: bytes, at: int) -> Generator[bytes, None, int]:
        """Decode from `at` on, to the frame's end or to that of `data`; return where that is."""
        frame = self._frame
        stop = len(data) if frame else min(at + _FIRST, len(data))
        if not frame:
            frame = self._frame = self._new_frame()
        piece = self._decompress(frame, data[at:stop])
        while piece or not (frame.eof or frame.needs_input):
            if piece:
                yield piece
            piece = b"" if frame.eof or frame.needs_input else self._decompress(frame, b"")
        if frame.eof:
            self._frame = None
            return stop - len(frame.unused_data)
        return stop

    def _new_frame(self) -> ZstdDecompressor:
        self._frames += 1
        if self._frames > _FRAMES + self._bytes // _FRAME_BYTES:
            raise InvalidArchive(
                f"{self._what} has more than {_FRAMES} zstd frames, of less than {_FRAME_BYTES} bytes on average",
                "pack it with fewer of them",
            )
        return ZstdDecompressor(options={DecompressionParameter.window_log_max: _WINDOW_LOG})

    def _decompress(self, frame: ZstdDecompressor, data: bytes) -> bytes:
        try:
            return frame.decompress(data, STEP)
        except ZstdError as error:
            if _TOO_LARGE not in str(error):
                raise InvalidArchive(f"{self._what} isn't valid zstd") from error
            raise InvalidArchive(
                f"{self._what} needs a zstd window of more than {(1 << _WINDOW_LOG) >> 20} MiB",
                "pack it with a smaller one (zstd without --long and --ultra), or with gzip",
            ) from error
