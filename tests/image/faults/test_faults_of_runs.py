"""What a run leaves that is stopped, and what it makes of a volume that can less: rows of docs/reference/faults.md."""

import errno
import signal

import pytest

from tests.image.destination.stopped_runs import LOST, MIB, Stopped, begins, noise, stop, uri
from tests.image.faults.fault_table import row, rows
from tests.image.initializer import Initializer, listing, visible
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

NOT_FOUND = 12
BODY = layer(folder("closed", 0o500), file("closed/small"), file("large", noise(20 * MIB)))
CUT = len(BODY) * 9 // 10

STOPS = {
    "killed in a plain layer, and run again": signal.SIGKILL,
    "SIGTERM or Ctrl-C in a plain layer, and run again": signal.SIGTERM,
}


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, BODY)


@rows(dict.fromkeys(STOPS, 0))
def test_a_run_that_is_stopped(
    registry: Registry, initializer: Initializer, made: Packed, fault: str, code: int
) -> None:
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, CUT, STOPS[fault])
        hidden = visible(initializer.destination)
        run = initializer(uri(proxy, made))
        (begin,) = begins(proxy, made)

    assert run.exit == code, run.stderr
    assert hidden == set()
    assert begin >= CUT - LOST
    assert (initializer.destination / "large").read_bytes() == noise(20 * MIB)


@row("registry lost in a plain layer", NOT_FOUND)
def test_a_registry_that_is_lost(
    registry: Registry, initializer: Initializer, made: Packed, code: int
) -> None:
    faults = iter([Fault(cut=CUT)])
    lost = Fault(status=404)
    with Proxy(registry.url, lambda path: next(faults, lost) if made.layers[0] in path else None) as proxy:
        run = initializer(uri(proxy, made))

    assert run.exit == code, run.stderr
    assert visible(initializer.destination) == set()
    assert "the next run uses or removes it" in run.stderr


@row("what a stopped run left is damaged", 0)
def test_a_disk_that_damages_what_was_left(
    registry: Registry, initializer: Initializer, made: Packed, code: int
) -> None:
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, CUT)
        for path in initializer.destination.rglob("large"):
            with path.open("r+b") as stream:
                stream.write(b"damage")
        run = initializer(uri(proxy, made))

    assert run.exit == code, run.stderr
    assert "fetched again from its first byte" in run.stderr
    assert (initializer.destination / "large").read_bytes() == noise(20 * MIB)


# Each aid that a volume, a kernel or a sandbox may lack refuses with the same error.
WITHOUT = """
import ctypes, fcntl, os, sys
name, number = os.environ["WITHOUT"], int(os.environ["NUMBER"])
def refuse(*_, **__):
    raise OSError(number, os.strerror(number))
from kitserve_initializer import __main__
from kitserve_initializer.fs import preallocate
if name == "flock":
    fcntl.flock = refuse
elif name == "fallocate":
    preallocate._fallocate = lambda *_: -1
else:
    setattr(os, name, refuse)
sys.exit(__main__.main())
"""
NUMBERS = ("ENOLCK", "ENOTSUP", "ENOSYS", "EINVAL", "EPERM", "EIO")
LACKS = {
    "volume without locks": [("flock", number) for number in NUMBERS],
    "volume without modes": [("fchmod", number) for number in NUMBERS[1:5]],
    "volume that doesn't say what is free": [("statvfs", number) for number in NUMBERS[1:]],
    "volume that reserves nothing": [("fallocate", "ENOTSUP")],
}
WARNED = {"flock": " has no locks (", "fchmod": "the volume keeps no modes"}


@rows(dict.fromkeys(LACKS, 0))
def test_a_volume_that_lacks_what_helps(
    initializer: Initializer, made: Packed, fault: str, code: int
) -> None:
    for name, number in LACKS[fault]:
        fresh = Initializer(initializer.folder / f"{name}-{number}")
        fresh.folder.mkdir()
        run = fresh.run_program(
            WITHOUT, made.uri, "--plain-http", WITHOUT=name, NUMBER=str(getattr(errno, number))
        )

        assert run.exit == code, run.stderr
        warnings = [line for line in run.stderr.splitlines() if " WARNING " in line]
        assert [WARNED[name] in line for line in warnings] == [True] * (name in WARNED)
        assert {"closed", "large"} <= listing(fresh.destination).keys()
        assert not [path for path in fresh.destination.iterdir() if path.name.startswith(".kitserve-")]


@row("volume that renames nothing", 31)
def test_a_volume_that_renames_nothing(initializer: Initializer, made: Packed, code: int) -> None:
    """Staging can't be renamed away either: it goes where it is."""
    run = initializer.run_program(
        WITHOUT, made.uri, "--plain-http", WITHOUT="rename", NUMBER=str(errno.EXDEV)
    )

    assert run.exit == code, run.stderr
    assert listing(initializer.folder).keys() == {"termination-log"}


REFUSED = """
import os, sys
from kitserve_initializer import __main__
real = os.open
def refuse(name, *arguments, **options):
    if name == os.environ["REFUSED"]:
        raise OSError(30, os.strerror(30))
    return real(name, *arguments, **options)
os.open = refuse
sys.exit(__main__.main())
"""


@row("volume that refuses before anything is fetched", 31)
def test_a_run_that_fails_before_it_begins(initializer: Initializer, made: Packed, code: int) -> None:
    for refused in ("lock", ".kitserve-staging"):
        run = initializer.run_program(REFUSED, made.uri, "--plain-http", REFUSED=refused)

        assert run.exit == code, run.stderr
        assert listing(initializer.folder).keys() == {"termination-log"}
