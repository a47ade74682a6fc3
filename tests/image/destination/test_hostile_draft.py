"""A half-filled layer on a volume is input: whatever is made of it, the result is right and nothing else changes."""

import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from kitserve_initializer.fs.replay.journal import BLOCK, RECORD

from tests.image.destination.stopped_runs import (
    ALONE,
    MIB,
    Stopped,
    begins,
    draft,
    journal,
    noise,
    stop,
    uri,
)
from tests.image.initializer import Initializer
from tests.image.packing import Packed, file, header, layer, pack
from tests.image.peak_memory import FRUGAL, PEAK_MIB
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

FILES = [
    file("first", noise(2 * MIB, 1)),
    file("in/large", noise(8 * MIB, 2), 0o400),
    file("last", noise(2 * MIB, 3)),
]
BODY = layer(*FILES)
CUT = 7 * MIB


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, BODY)


@pytest.fixture(scope="module")
def stopped(registry: Registry, made: Packed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run that was stopped leaves in its destination."""
    initializer = Initializer(tmp_path_factory.mktemp("stopped"))
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, CUT)
    return initializer.destination


@pytest.fixture
def initializer(initializer: Initializer, stopped: Path) -> Initializer:
    """With a copy of that as its destination."""
    shutil.copytree(stopped, initializer.destination)
    return initializer


def outside(initializer: Initializer) -> Path:
    """Somebody else's file, as long as ours was."""
    path = initializer.folder / "outside"
    path.write_bytes(bytes(2 * MIB))
    return path


def flipped(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        stream.write(b"flip")


def replaced(make: Callable[[Path, Initializer], object]) -> Callable[[Path, Initializer], object]:
    def replace(path: Path, initializer: Initializer) -> None:
        path.unlink()
        make(path, initializer)

    return replace


def block(*records: tuple[bytes, bytes, int]) -> bytes:
    body = b"".join(
        RECORD.pack(len(inline), len(path), size) + inline + path for inline, path, size in records
    )
    packed = zlib.compress(body)
    return BLOCK.pack(len(packed)) + packed


HEADERS = {
    "a huge file": header("huge", b"0", 0o644, 1 << 50).tobuf(),
    "a path outside": header("../up", b"0", 0o644, 10).tobuf(),
    "a name of ours": header(".kitserve-staging/x", b"0", 0o644, 10).tobuf(),
    "a link": header("link", b"2", 0o644, 0, "/etc").tobuf(),
}
BOMB = zlib.compress(bytes(64 * MIB))
JOURNALS = {
    "empty": b"",
    "zeros": bytes(1000),
    "noise": noise(100_000),
    "no end": b"\xff" * 100,
    "a bomb": BLOCK.pack(len(BOMB)) + BOMB,
    "a record without bytes": block((b"", b"", 0)),
    "a file without bytes": block((b"", b"first", 0)),
    "a file of more bytes than there are": block((BODY[:512], b"first", 1 << 60)),
    "lengths beyond the end": BLOCK.pack(30) + zlib.compress(RECORD.pack(0xFFFFFFFF, 0xFFFFFFFF, 1))[:30],
    "a path up": block((BODY[:512], b"../../../outside", MIB)),
    "an absolute path": block((BODY[:512], b"/etc/passwd", 100)),
    "a NUL": block((BODY[:512], b"fir\0st", 100)),
    "the directory itself": block((BODY[:512], b".", 100)),
    "another file's bytes": block((BODY[:512], b"in/large", 2 * MIB)),
    "the same again and again": block((BODY[:512], b"first", 2 * MIB), *[(b"x", b"first", 2 * MIB)] * 9),
    **{name: block((head, b"first", 2 * MIB)) for name, head in HEADERS.items()},
}
SPOILT: dict[str, Callable[[Path, Initializer], object]] = {
    "flipped": lambda path, _: flipped(path),
    "cut": lambda path, _: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path, _: os.truncate(path, 0),
    "longer": lambda path, _: os.truncate(path, 100 * MIB),
    "of 3 GiB": lambda path, _: os.truncate(path, 3 << 30),
    "gone": lambda path, _: path.unlink(),
    "a link": replaced(lambda path, run: path.symlink_to(outside(run))),
    "a link to itself": replaced(lambda path, _: path.symlink_to(path.name)),
    "a hard link": replaced(lambda path, run: path.hardlink_to(outside(run))),
    "a FIFO": replaced(lambda path, _: os.mkfifo(path)),
    "a folder": replaced(lambda path, _: (path / "x").mkdir(parents=True)),
    "setuid": lambda path, _: path.chmod(0o6777),
    "closed": lambda path, _: path.chmod(0),
}
TARGETS: dict[str, Callable[[Initializer], Path]] = {
    "a whole file": lambda run: draft(run) / "first",
    "a half file": lambda run: draft(run) / "in/large",
    "the journal": journal,
}


def assert_right(initializer: Initializer, made: Packed, proxy: Proxy) -> list[int]:
    """Run again, in little memory: everything is as if it had been fetched at once. Return where was asked from."""
    there = {path: path.read_bytes() for path in initializer.folder.iterdir() if path.is_file()}
    run = initializer.run_program(FRUGAL, uri(proxy, made), f"{ALONE} --model")
    assert run.exit == 0, run.stderr
    assert "Traceback" not in run.everything
    assert int(run.stdout) < PEAK_MIB * 1024
    for info, content in FILES:
        path = initializer.destination / info.name
        assert path.read_bytes() == content
        assert not path.is_symlink()
        assert path.stat().st_mode & 0o7777 == info.mode
        assert path.stat().st_nlink == 1
    assert {path.name for path in initializer.destination.iterdir()} == {
        "first",
        "in",
        "last",
        ".kitserve.json",
    }
    assert [path for path in there if path.name == "outside" and path.read_bytes() != there[path]] == []
    return begins(proxy, made)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_somebody_changed_is_found(
    registry: Registry, initializer: Initializer, made: Packed, spoilt: str, target: str
) -> None:
    with Proxy(registry.url) as proxy:
        SPOILT[spoilt](TARGETS[target](initializer), initializer)

        asked = assert_right(initializer, made, proxy)

    assert len(asked) <= 2
    assert asked[1:] in ([], [0])


@pytest.mark.parametrize("body", JOURNALS.values(), ids=JOURNALS)
def test_a_journal_that_lies_costs_time_only(
    registry: Registry, initializer: Initializer, made: Packed, body: bytes
) -> None:
    with Proxy(registry.url) as proxy:
        outside(initializer)
        journal(initializer).write_bytes(body)

        assert_right(initializer, made, proxy)


@pytest.mark.parametrize("part", range(0, 100, 9))
def test_a_journal_that_is_cut_says_less(
    registry: Registry, initializer: Initializer, made: Packed, part: int
) -> None:
    with Proxy(registry.url) as proxy:
        os.truncate(journal(initializer), journal(initializer).stat().st_size * part // 100)

        asked = assert_right(initializer, made, proxy)

    assert len(asked) == 1


@pytest.mark.parametrize("depth", [1, 200])
def test_what_is_put_beside_the_files_isn_t_taken(
    registry: Registry, initializer: Initializer, made: Packed, depth: int
) -> None:
    """As if a run had been killed while it took the tree up."""
    with Proxy(registry.url) as proxy:
        tree = draft(initializer)
        (tree / "planted").write_text("planted")
        aside = tree.with_name(f"{tree.name}.earlier")
        (aside / "in/large/x").mkdir(parents=True)
        (aside / "first").symlink_to(outside(initializer))
        deep = os.open(aside, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir("d", dir_fd=deep)
            deep, above = os.open("d", os.O_RDONLY, dir_fd=deep), deep
            os.close(above)
        os.close(deep)

        assert_right(initializer, made, proxy)
