"""zstd layers: compressed chunks in, bounded chunks out, by the decoder of Python 3.14 or its backport."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidArchive
from kitserve_initializer.inflate import STEP

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WINDOW_LOG = 24
"""A frame says how much of its past a decoder has to keep: 16 MiB at most. Two layers at a time take 64 MiB then.

RFC 8878 asks for 8 MiB, which is what kit and `zstd -19` need; `zstd --ultra -20` needs 32 MiB, `--long` 128 MiB.
"""


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
        raise InvalidArchive(
            f"{what} isn't valid zstd, or needs a window of more than {(1 << _WINDOW_LOG) >> 20} MiB"
        ) from error
