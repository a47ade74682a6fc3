"""zstd layers: compressed chunks in, bounded chunks out, by the decoder of Python 3.14 or its backport."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kitserve_initializer.archive.gzip import STEP
from kitserve_initializer.errors import InvalidArchive

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WINDOW_LOG = 23
"""A frame says how much of its past a decoder has to keep: 8 MiB at most, which RFC 8878 asks every decoder for.

Two layers at a time, fetched by ranges, stay below 96 MiB then. kit and `zstd -19` need no more, `zstd --ultra -20`
needs 32 MiB, `--long` 128 MiB.
"""

_TOO_LARGE = "too much memory"
"""Of zstd's sentence for ZSTD_error_frameParameter_windowTooLarge; the exception has no code."""


def unzstd(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    """Decompress one or more zstd frames (RFC 8878).

    Raises:
        InvalidArchive: if the stream isn't zstd, ends early, fails a checksum, or would take too much memory.
    """
    frame = _frame()
    for chunk in chunks:
        rest = chunk
        while rest or not (frame.eof or frame.needs_input):
            if frame.eof:
                frame = _frame()
            piece = _decompress(frame, rest, what)
            rest = frame.unused_data if frame.eof else b""
            if piece:
                yield piece
    if not frame.eof:
        raise InvalidArchive(f"{what} ends in the middle of its zstd stream")


def _frame() -> ZstdDecompressor:
    return ZstdDecompressor(options={DecompressionParameter.window_log_max: _WINDOW_LOG})


def _decompress(frame: ZstdDecompressor, data: bytes, what: str) -> bytes:
    try:
        return frame.decompress(data, STEP)
    except ZstdError as error:
        if _TOO_LARGE not in str(error):
            raise InvalidArchive(f"{what} isn't valid zstd") from error
        raise InvalidArchive(
            f"{what} needs a zstd window of more than {(1 << _WINDOW_LOG) >> 20} MiB",
            "pack it with a smaller one (zstd without --long and --ultra), or with gzip",
        ) from error
