"""What a container's memory can't hold is written to the disk as it comes, shown by the pages that stay in memory."""

import ctypes
import mmap
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.concurrency.fake_machine import ELSEWHERE, sixty_four
from tests.image.initializer import Initializer
from tests.image.packing import file, layer, pack
from tests.parts.registry import Registry

MIB = 1 << 20
SIZE = 8 * MIB
KEPT = 2 * MIB
STEP = MIB
# Smaller steps than those of models, and a disk that has always written what it was asked to.
SMALL_STEPS = f"""
import os
from kitserve_initializer.fs import write_behind
write_behind.STEP, write_behind.KEPT = {STEP}, {KEPT}
advise = os.posix_fadvise
def follow(file, *advice):
    os.fsync(file)
    advise(file, *advice)
os.posix_fadvise = follow
"""


@pytest.fixture
def on_disk() -> Iterator[Initializer]:
    """An initializer whose destination isn't in memory, as /tmp is on many machines."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Initializer(Path(folder))


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        pytest.param(SIZE // 2, STEP, id="half of the model"),
        pytest.param(SIZE, STEP, id="the model without its archive"),
        pytest.param(4 * SIZE, None, id="more than the model"),
        pytest.param(None, None, id="none"),
    ],
)
def test_pages_in_memory_by_its_limit(
    registry: Registry, on_disk: Initializer, limit: int | None, most: int | None
) -> None:
    content = os.urandom(SIZE)
    made = pack(registry, layer(file("weights", content)))
    root = sixty_four(on_disk.folder / "root", 2)
    if limit:
        (root / "sys/fs/cgroup/memory.max").write_text(str(limit))

    run = on_disk.run_program(SMALL_STEPS + ELSEWHERE, made.uri, ROOT=str(root))

    assert run.exit == 0, run.stderr
    weights = on_disk.destination / "weights"
    there = _resident(weights)
    assert weights.read_bytes() == content
    assert there == SIZE if most is None else there <= most


def _resident(path: Path) -> int:
    """Bytes of a file that are in memory (mincore(2))."""
    size = path.stat().st_size
    pages = (ctypes.c_ubyte * (size // mmap.PAGESIZE))()
    with path.open("r+b") as opened, mmap.mmap(opened.fileno(), size) as mapped:
        view = ctypes.c_char.from_buffer(mapped)
        assert ctypes.CDLL(None).mincore(ctypes.byref(view), ctypes.c_size_t(size), pages) == 0
        del view
    return sum(page & 1 for page in pages) * mmap.PAGESIZE
