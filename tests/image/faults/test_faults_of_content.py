"""What a run makes of layers and disks that are cut, too large or full: rows of docs/reference/faults.md."""

import gzip
import os
import re
import subprocess
import sys
import tarfile
from functools import cache
from typing import Any

from tests.image.faults.fault_table import row, rows
from tests.image.initializer import Initializer, Run, listing
from tests.image.packing import file, folder, header, layer, pack
from tests.image.peak_memory import FRUGAL, MIB, PEAK_MIB
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

INVALID_ARCHIVE, UNWRITABLE, DISK_FULL = 24, 31, 32
GIB = 1024 * MIB


def assert_nothing_is_left(initializer: Initializer, run: Run, code: int, words: str) -> None:
    assert run.exit == code, run.stderr
    assert re.search(words, run.termination)
    assert "Traceback" not in run.everything
    assert listing(initializer.folder).keys() == {"termination-log"}


def zeros_in_gzip(mebibytes: int, *, head: bytes, tail: bytes) -> bytes:
    """`head`, zeros and `tail`; a gzip stream may be several, one after the other."""
    return gzip.compress(head) + _zeros() * (mebibytes // 64) + gzip.compress(tail)


@cache
def _zeros() -> bytes:
    """64 MiB of them."""
    return gzip.compress(bytes(64 * MIB), 9)


def as_it_is(_: dict[str, Any]) -> None:
    """No twist."""


def compressed(manifest: dict[str, Any]) -> None:
    manifest["layers"][0]["mediaType"] += "+gzip"


def without_diff_ids(config: dict[str, Any]) -> None:
    """Nothing but the archive says then what is wrong with it."""
    for part in config["model"]["parts"]:
        del part["diffId"]


MODEL = layer(folder("model"), file("model/a", b"a" * 1000), file("model/b", b"b" * 1000))
BETWEEN = 512 + 512 + 1024
CUTS = {
    "gzip layer cut before it was pushed": (
        gzip.compress(MODEL)[:-20],
        "ends in the middle of its gzip stream",
    ),
    "gzip layer of a cut archive": (gzip.compress(MODEL[:BETWEEN]), "ends before its end marker"),
    "tar layer cut in a file before it was pushed": (MODEL[: BETWEEN + 700], "ends before its end marker"),
    "tar layer cut between two files before it was pushed": (MODEL[:BETWEEN], "ends before its end marker"),
    "tar layer without its end marker": (MODEL[:-1024], "ends before its end marker"),
}


@rows(dict.fromkeys(CUTS, INVALID_ARCHIVE))
def test_an_archive_that_was_cut(registry: Registry, initializer: Initializer, fault: str, code: int) -> None:
    """Its digest is right: only the archive can tell."""
    body, words = CUTS[fault]
    made = pack(
        registry, body, claim=without_diff_ids, twist=compressed if fault.startswith("gzip") else as_it_is
    )

    assert_nothing_is_left(initializer, initializer(made.uri), code, words)


BOMBS = {
    "gzip bomb: a file larger than the free space": (
        zeros_in_gzip(64, head=header("bomb", tarfile.REGTYPE, 0o644, 1 << 58).tobuf(), tail=b""),
        DISK_FULL,
        r"^'bomb' needs 262144\.0 TiB, and \S+ (bytes|[KMGT]iB) are free; use a larger volume",
    ),
    "gzip bomb: more than 16 MiB behind the archive's end": (
        zeros_in_gzip(1024, head=layer(file("bomb")), tail=b""),
        INVALID_ARCHIVE,
        "has more than 16.0 MiB behind its end marker",
    ),
}


@rows({name: code for name, (_, code, _) in BOMBS.items()})
def test_a_bomb(registry: Registry, initializer: Initializer, fault: str, code: int) -> None:
    body, _, words = BOMBS[fault]
    made = pack(registry, body, claim=without_diff_ids, twist=compressed)

    run = initializer.run_program(FRUGAL, made.uri, "--plain-http")

    assert_nothing_is_left(initializer, run, code, words)
    assert int(run.stdout) < PEAK_MIB * 1024


@row("a single layer of more than 4 GiB, from 4 MiB of gzip", 0)
def test_a_large_layer(registry: Registry, initializer: Initializer, code: int) -> None:
    size = 4 * GIB + 64 * MIB
    head = header("large", tarfile.REGTYPE, 0o644, size).tobuf()
    made = pack(
        registry,
        zeros_in_gzip(size // MIB, head=head, tail=bytes(1024)),
        claim=without_diff_ids,
        twist=compressed,
    )

    run = initializer.run_program(FRUGAL, made.uri, "--plain-http --model")

    assert run.exit == code, run.stderr
    assert (initializer.destination / "large").stat().st_size == size
    assert int(run.stdout) < PEAK_MIB * 1024


@row("10,000 small files, and 128 descriptors", 0)
def test_many_files_with_few_descriptors(registry: Registry, initializer: Initializer, code: int) -> None:
    made = pack(
        registry, *(layer(*(file(f"{part}/{n}", b"x" * 9) for n in range(2_500))) for part in range(4))
    )

    run = initializer.run_program(FRUGAL, made.uri, "--plain-http --model", LIMIT="128")

    assert run.exit == code, run.stderr
    assert sum(path.stat().st_size for path in initializer.destination.rglob("*/*")) == 90_000
    assert int(run.stdout) < PEAK_MIB * 1024


@row("less free space than the layers have bytes", DISK_FULL)
def test_a_disk_that_is_too_small(registry: Registry, initializer: Initializer, code: int) -> None:
    """A manifest may say what it likes: it is believed before a layer is asked for."""

    def twist(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["size"] = 1 << 58

    made = pack(registry, MODEL, layer(file("other")), twist=twist)
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    words = rf"^'{initializer.destination}' needs 262144\.0 TiB, and \S+ (bytes|[KMGT]iB) are free; use a larger volume"
    assert_nothing_is_left(initializer, run, code, words)
    assert not any(layer in seen.path for seen in proxy.seen for layer in made.layers)


# For machines on which nobody but root may mount: the disk is full after a mebibyte.
FULL = """
import errno, os, sys
from kitserve_initializer import __main__
write, left = os.write, [1 << 20]
def full(file, data):
    left[0] -= len(data)
    if left[0] < 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return write(file, data)
os.write = full
sys.exit(__main__.main())
"""
MOUNT = """
mkdir "$0" && mount -t tmpfs -o size=1m none "$0" || exit 99
"$@"
code=$?
find "$0" -mindepth 1 >"$0.left"
exit $code
"""


@cache
def namespace() -> tuple[str, ...]:
    """How a process gets mounts of its own here; empty where it can't."""
    words = ("unshare", "--mount", *(() if os.getuid() == 0 else ("--user", "--map-root-user")))
    try:
        ran = subprocess.run(
            [*words, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
        )
    except FileNotFoundError:
        return ()
    return words if ran.returncode == 0 else ()


@row("disk full on the way", DISK_FULL)
def test_a_disk_that_becomes_full(registry: Registry, initializer: Initializer, code: int) -> None:
    """Compressed it would fit. On a real disk of one mebibyte where the machine allows it."""
    made = pack(registry, layer(file("first")), layer(file("zeros", bytes(4 * MIB))), compress=True)
    left = initializer.folder / "models.left"

    if namespace():
        command = (*namespace(), "sh", "-c", MOUNT, str(initializer.destination), sys.executable)
        run = initializer.run_command((*command, "-m", "kitserve_initializer"), made.uri)
        assert left.read_text() == ""
        left.unlink()
        initializer.destination.rmdir()
    else:
        run = initializer.run_program(FULL, made.uri, "--plain-http")

    assert_nothing_is_left(initializer, run, code, "^no space left for 'zeros' .*; use a larger volume")


LIMITED = """
import resource, sys
from kitserve_initializer import __main__
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
sys.exit(__main__.main())
"""


@row("file larger than the file system takes", UNWRITABLE)
def test_a_file_that_is_too_large(registry: Registry, initializer: Initializer, code: int) -> None:
    made = pack(registry, layer(file("first")), layer(file("large", bytes(4 * MIB))))

    run = initializer.run_program(LIMITED, made.uri, "--plain-http")

    assert_nothing_is_left(initializer, run, code, "^can't write 'large': File too large")
