"""zstd streams of many frames: those without content cost next to nothing, those with hardly any are refused."""

import random
from collections.abc import Iterator

import pytest
from backports import zstd as backport
from kitserve_initializer.archive import zstd
from kitserve_initializer.errors import InvalidArchive

MIB = 1024 * 1024
MAGIC = bytes.fromhex("28b52ffd")
LAST = b"\x01\0\0"
CHECKSUM = bytes.fromhex("99e9d851")
SIZES = {0: 0, 2: 4, 3: 8}
IDS = (0, 1, 2, 4)


def empty(size_flag: int, single: int, checked: int, id_flag: int, blocks: bytes = LAST) -> bytes:
    """A frame without content, by the bits of its descriptor (RFC 8878, 3.1.1.1.1)."""
    descriptor = size_flag << 6 | single << 5 | checked << 2 | id_flag
    size = single if size_flag == 0 else SIZES[size_flag]
    window = b"" if single else b"\x58"
    header = bytes([descriptor]) + window + bytes(IDS[id_flag] + size)
    return MAGIC + header + blocks + CHECKSUM * checked


def skipped(content: bytes, kind: int = 0) -> bytes:
    """A frame that decoders skip."""
    return bytes([0x50 + kind]) + MAGIC_OF_SKIPPED + len(content).to_bytes(4, "little") + content


MAGIC_OF_SKIPPED = b"\x2a\x4d\x18"
ONE = MAGIC + b"\x20\x01" + b"\x09\0\0a"
EMPTY = {
    f"{size}{single}{checked}{id_flag}": empty(size, single, checked, id_flag)
    for size in SIZES
    for single in (0, 1)
    for checked in (0, 1)
    for id_flag in range(4)
}
NOTHING = {
    **EMPTY,
    "an unused bit": MAGIC + b"\x10\x58" + LAST,
    "empty blocks": empty(0, 0, 1, 0, bytes(9) + LAST),
    "skipped, of no bytes": skipped(b""),
    "skipped, of a few": skipped(b"abc", 15),
    "skipped, that looks like one": skipped(ONE),
    "both, in turn": skipped(b"") + empty(0, 1, 0, 0) + skipped(b"x"),
}


def pieces(data: bytes, step: int) -> Iterator[bytes]:
    return (data[at : at + step] for at in range(0, len(data), step))


@pytest.fixture
def decoders(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Those that were made: each takes longer than a thousand bytes of content."""
    made: list[object] = []

    def counted(options: dict[int, int]) -> object:
        made.append(backport.ZstdDecompressor(options=options))
        return made[-1]

    monkeypatch.setattr(zstd, "ZstdDecompressor", counted)
    return made


@pytest.mark.parametrize("frame", NOTHING.values(), ids=NOTHING)
def test_frames_without_content_need_no_decoder(decoders: list[object], frame: bytes) -> None:
    data = frame * (MIB // len(frame)) + ONE + frame * 1000

    found = b"".join(zstd.unzstd(pieces(data, 65_536), "it"))

    assert found == b"a"
    assert len(decoders) <= 3


@pytest.mark.parametrize("frame", EMPTY.values(), ids=EMPTY)
def test_frames_without_content_are_what_the_decoder_takes_for_one(frame: bytes) -> None:
    decoder = backport.ZstdDecompressor()

    assert decoder.decompress(frame + ONE) == b""
    assert decoder.eof
    assert decoder.unused_data == ONE


@pytest.mark.parametrize(
    "frame",
    [
        MAGIC + b"\x00\x69" + LAST,
        MAGIC + b"\x00\xff" + LAST,
        MAGIC + b"\x08\x58" + LAST,
        MAGIC + b"\x21\x01\x00" + LAST,
        MAGIC + b"\x20\x01" + LAST,
        MAGIC + b"\x04\x58" + LAST + b"\0\0\0\0",
        MAGIC + b"\x00\x58" + b"\x07\0\0",
        b"\x4f\x2a\x4d\x18\0\0\0\0",
        b"\x60\x2a\x4d\x18\0\0\0\0",
    ],
    ids=[
        "window",
        "largest window",
        "reserved bit",
        "dictionary",
        "size",
        "checksum",
        "block",
        "below",
        "above",
    ],
)
@pytest.mark.parametrize("before", [b"", empty(0, 0, 0, 0) * 10, skipped(b"x") * 10])
def test_what_is_no_empty_frame_is_for_the_decoder_to_refuse(frame: bytes, before: bytes) -> None:
    with pytest.raises(InvalidArchive):
        for _ in zstd.unzstd([before + frame + ONE], "it"):
            pass


def test_many_frames_with_hardly_any_content_are_refused() -> None:
    with pytest.raises(InvalidArchive, match="more than 1000 zstd frames, of less than 64 bytes"):
        for _ in zstd.unzstd(pieces(ONE * 100_000, 65_536), "it"):
            pass


def test_a_frame_a_file_is_fine() -> None:
    """As writers do who want to find files again; these have twenty bytes, and hardly compress."""
    chance = random.Random(3)  # noqa: S311
    contents = [chance.randbytes(60) for _ in range(20_000)]

    found = zstd.unzstd(pieces(b"".join(map(backport.compress, contents)), 65_536), "it")

    assert b"".join(found) == b"".join(contents)


@pytest.mark.parametrize("step", [1, 2, 7, 31, 32, 33, 1000])
def test_frames_are_read_however_they_are_cut(step: int) -> None:
    """And a stream that ends inside one is never whole."""
    chance = random.Random(step)  # noqa: S311
    pool = [ONE, *NOTHING.values(), backport.compress(b"hello" * 500), backport.compress(b"")]
    for _ in range(100):
        frames = [chance.choice(pool) for _ in range(chance.randint(1, 10))]
        data = b"".join(frames)
        ends = {len(b"".join(frames[:count])) for count in range(len(frames) + 1)}
        cut = chance.randrange(len(data))

        assert b"".join(zstd.unzstd(pieces(data, step), "it")) == b"".join(map(content, frames))
        if cut not in ends and data[cut:] not in inner_ends(frames):
            with pytest.raises(InvalidArchive):
                for _ in zstd.unzstd(pieces(data[:cut], step), "it"):
                    pass


def inner_ends(frames: list[bytes]) -> set[bytes]:
    """What is left where one of the frames that are several in one ends."""
    several = NOTHING["both, in turn"]
    rest = [b"".join(frames[index + 1 :]) for index, frame in enumerate(frames) if frame == several]
    return {several[at:] + behind for behind in rest for at in (8, 17)}


def content(frame: bytes) -> bytes:
    if frame in NOTHING.values():
        return b""
    return backport.decompress(frame)
