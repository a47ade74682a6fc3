"""A layer of many entries: memory doesn't grow with them, and nothing is lost."""

import pytest

from tests.image.initializer import MARKER, Initializer, Run, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.parts.registry import Registry

PATH_EXISTS, INVALID_ARCHIVE, UNWRITABLE = 30, 24, 31
COUNT = 8_000
BYTES_AN_ENTRY = 100
"""Of memory at most. Where all entries are held at a time it is twice as much or more."""

# Prints how much memory was taken at most while trees were put together, moved and removed.
MEASURED = """
import sys, tracemalloc
from kitserve_initializer import __main__
from kitserve_initializer.destination.staging import Staging
peaks = []
def measured(call):
    def wrapper(*arguments):
        tracemalloc.start()
        try:
            return call(*arguments)
        finally:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    return wrapper
Staging.publish, Staging.__exit__ = measured(Staging.publish), measured(Staging.__exit__)
code = __main__.main()
print(max(peaks))
sys.exit(code)
"""


def names(count: int = COUNT) -> list[str]:
    return [f"{number:06}" for number in range(count)]


def files(prefix: str = "", count: int = COUNT) -> bytes:
    return layer(*(file(prefix + name, b"") for name in names(count)))


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, files(), compress=True)


def measure(initializer: Initializer, made: Packed) -> Run:
    run = initializer.run_program(MEASURED, made.uri, "--plain-http --model")
    assert int(run.stdout) < BYTES_AN_ENTRY * COUNT
    return run


def test_files_at_the_top(initializer: Initializer, made: Packed) -> None:
    run = measure(initializer, made)

    assert run.exit == 0, run.stderr
    assert sorted(path.name for path in initializer.destination.iterdir()) == [MARKER, *names()]


def test_files_of_two_layers_in_a_folder_that_is_there(registry: Registry, initializer: Initializer) -> None:
    parts = [layer(*(file(f"deep/folder/{half}{name}", b"") for name in names(COUNT // 2))) for half in "ab"]
    (initializer.destination / "deep/folder").mkdir(parents=True)
    (initializer.destination / "deep/folder/mine").touch()

    run = measure(initializer, pack(registry, *parts, compress=True))

    assert run.exit == 0, run.stderr
    assert len(list((initializer.destination / "deep/folder").iterdir())) == COUNT + 1


def test_files_that_are_all_in_the_way(initializer: Initializer, made: Packed) -> None:
    initializer.destination.mkdir()
    for name in names():
        (initializer.destination / name).touch()

    run = measure(initializer, made)

    assert run.exit == PATH_EXISTS, run.stderr
    assert "already has '000000', '000001', " in run.termination
    assert f"'000019' and {COUNT - 20} more" in run.termination
    assert run.stderr.count("already has '") == 1001
    assert sorted(path.name for path in initializer.destination.iterdir()) == names()


# The disk fails when most of the files have been moved into the destination, and few of their names fit into memory.
FAILING = """
import errno, os, sys
from kitserve_initializer import __main__
from kitserve_initializer.destination import names, publish, rollback_log
rollback_log.ROOM = 1000
rename, left, staging = os.rename, [2000], []
def failing(*paths, **folders):
    left[0] -= 1
    if left[0] == 0:
        print(os.stat(names.MOVED, dir_fd=staging[0]).st_size)
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    return rename(*paths, **folders)
class Begun(rollback_log.RollbackLog):
    def __init__(self, folder):
        staging.append(folder)
        os.rename = failing
        super().__init__(folder)
publish.RollbackLog = Begun
sys.exit(__main__.main())
"""


def test_a_move_of_many_that_fails_is_taken_back(registry: Registry, initializer: Initializer) -> None:
    (initializer.destination / "there").mkdir(parents=True)
    (initializer.destination / "there/mine").write_text("mine")
    before = listing(initializer.destination)
    made = pack(registry, files("there/", 1200), files(count=1200), compress=True)

    run = initializer.run_program(FAILING, made.uri, "--plain-http --model")

    assert run.exit == UNWRITABLE, run.stderr
    assert int(run.stdout) > 1000
    assert listing(initializer.destination) == before


FEW = """
import sys
from kitserve_initializer import __main__
from kitserve_initializer.fs import tree
assert tree._NARROW_LIMIT == 10_000
tree._NARROW_LIMIT = 10
sys.exit(__main__.main())
"""


@pytest.mark.parametrize(("sizes", "code"), [([10], 0), ([11], INVALID_ARCHIVE), ([6, 6], INVALID_ARCHIVE)])
def test_directories_that_wait_for_their_mode_are_limited(
    registry: Registry, initializer: Initializer, sizes: list[int], code: int
) -> None:
    layers = [
        layer(*(folder(f"{size}-{index}-{number}", 0o555) for number in range(size)))
        for index, size in enumerate(sizes)
    ]

    run = initializer.run_program(FEW, pack(registry, *layers).uri, "--plain-http --model")

    assert run.exit == code, run.stderr
    if code:
        assert "more than 10 directories without all rights for their owner; give them" in run.termination
        assert listing(initializer.folder).keys() == {"termination-log"}
