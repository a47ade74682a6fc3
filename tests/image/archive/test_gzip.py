"""gzip streams, with zlib-ng and without, and with one that lacks its private reader."""

import gzip
import random
import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import pytest
from kitserve_initializer.concurrency.read_ahead import ahead
from kitserve_initializer.errors import InvalidArchive
from zlib_ng import zlib_ng

TEXT = random.Random(3).randbytes(700_000) + bytes(3_000_000)  # noqa: S311
TWO_MEMBERS = gzip.compress(TEXT) + gzip.compress(TEXT[::-1])


def loaded() -> ModuleType:
    """The module as it is when it is imported now."""
    spec = find_spec("kitserve_initializer.archive.gzip")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["zlib-ng", "zlib-ng without its reader", "no zlib-ng"])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if request.param == "no zlib-ng":
        monkeypatch.setitem(sys.modules, "zlib_ng", None)
    elif request.param == "zlib-ng without its reader":
        monkeypatch.delattr(zlib_ng, "_GzipReader")
    module = loaded()
    assert (module._reader is not None) == (request.param == "zlib-ng")
    return module


def cut(data: bytes, step: int) -> list[bytes]:
    return [data[at : at + step] for at in range(0, len(data), step)]


@pytest.mark.parametrize("step", [1000, 65_536, 10_000_000])
def test_members_one_after_the_other(module: ModuleType, step: int) -> None:
    pieces = [bytes(piece) for piece in module.inflate(cut(TWO_MEMBERS, step), "it")]

    assert b"".join(pieces) == TEXT + TEXT[::-1]
    assert max(map(len, pieces)) <= module.STEP


def test_pieces_stay_as_they_are_while_a_stage_holds_them(module: ModuleType) -> None:
    with ahead(module.inflate(cut(TWO_MEMBERS, 50_000), "it")) as pieces:
        assert b"".join(map(bytes, pieces)) == TEXT + TEXT[::-1]


@pytest.mark.parametrize(
    "data",
    [b"", TWO_MEMBERS[:5], TWO_MEMBERS[:400_000], TWO_MEMBERS[:-1], b"no gzip", TWO_MEMBERS + b"more", b"\0"],
    ids=["nothing", "half a header", "half a member", "no checksum", "other", "more behind", "a NUL"],
)
def test_what_isn_t_gzip(module: ModuleType, data: bytes) -> None:
    with pytest.raises(InvalidArchive):
        for _ in module.inflate(cut(data, 100_000), "it"):
            pass


def test_a_wrong_checksum(module: ModuleType) -> None:
    data = bytearray(gzip.compress(TEXT))
    data[-8] ^= 1
    with pytest.raises(InvalidArchive):
        for _ in module.inflate([bytes(data)], "it"):
            pass


EMPTY = gzip.compress(b"")


@pytest.mark.parametrize("step", [7, 65_536])
def test_members_without_content(module: ModuleType, step: int) -> None:
    """However many there are, they give nothing, and what comes between and behind them counts."""
    data = EMPTY * 20_000 + gzip.compress(TEXT) + EMPTY * 20_000

    assert b"".join(map(bytes, module.inflate(cut(data, step), "it"))) == TEXT
    assert b"".join(map(bytes, module.inflate(cut(EMPTY * 1000, step), "it"))) == b""
    with pytest.raises(InvalidArchive):
        for _ in module.inflate(cut((EMPTY * 1000)[:-1], step), "it"):
            pass
