"""Stopped in the middle of a layer and run again: what is on the disk isn't fetched again."""

import json
import signal
import tarfile
from collections.abc import Callable
from fnmatch import fnmatch
from functools import partial

import pytest
from kitserve_initializer.destination.names import STAGING
from kitserve_initializer.log.amounts import size as amount

from tests.image.artifacts import push_modelpack, raw
from tests.image.destination.stopped_runs import (
    ALONE,
    LOST,
    MIB,
    Stopped,
    begins,
    journal,
    noise,
    stop,
    uri,
)
from tests.image.initializer import MARKER, Initializer, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

NOT_FOUND, REGISTRY_ERROR, UNREACHABLE, CORRUPT, DISK_FULL = 12, 14, 13, 22, 32

Member = tuple[tarfile.TarInfo, bytes]

LARGE = file("weights/large", noise(24 * MIB), 0o444)
SMALL = [file(f"small/{index % 7}/{index:03}", noise(40_000, index), 0o600) for index in range(200)]
DEEP = "/".join(["a name of some length"] * 12)

PLAIN = {
    "one large file": layer(LARGE),
    "many small files": layer(folder("small", 0o555), *SMALL),
    "a mix": layer(
        *SMALL[:40], folder("closed", 0o500), file("closed/in"), LARGE, *SMALL[40:80], file("none", b"")
    ),
    "long names": layer(
        *[file(f"{DEEP}/{name.name}", body) for name, body in SMALL], form=tarfile.GNU_FORMAT
    ),
    "folders only": layer(*[folder(f"{DEEP}/{index}") for index in range(4000)], LARGE),
}
RAW = noise(16 * MIB, 1)


def packed(body: bytes, registry: Registry) -> tuple[Packed, int]:
    return pack(registry, body), len(body)


PUSHED: dict[str, Callable[[Registry], tuple[Packed, int]]] = {
    **{name: partial(packed, body) for name, body in PLAIN.items()},
    "raw": lambda registry: (
        push_modelpack(registry, [raw("weight", "models/raw.bin", RAW, mode=0o640)]),
        len(RAW),
    ),
}


def expected(source: str, initializer: Initializer) -> dict[str, dict[str, object]]:
    fresh = Initializer(initializer.folder / "fresh")
    fresh.folder.mkdir()
    assert fresh(source).exit == 0
    return listing(fresh.destination)


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("name", PUSHED)
def test_the_rest_is_asked_for(
    registry: Registry, initializer: Initializer, name: str, number: signal.Signals
) -> None:
    made, size = PUSHED[name](registry)
    cut = size * 9 // 10

    with Proxy(registry.url) as proxy:
        headers = size - 24 * MIB if name == "folders only" else size // 50
        stop(Stopped(initializer, unwritten=headers), made, proxy, cut, number)
        assert {path.name for path in initializer.destination.iterdir()} == {STAGING}
        run = initializer(uri(proxy, made), flags=ALONE)
        (begin,) = begins(proxy, made)

    assert run.exit == 0, run.stderr
    assert cut - LOST <= begin <= cut
    assert f"{amount(begin)} of {amount(size)} are from an earlier run" in run.stderr
    assert listing(initializer.destination) == expected(made.uri, initializer)
    assert {path.name for path in initializer.destination.iterdir() if path.name.startswith(".")} == {MARKER}


def test_stopped_again_and_again_it_goes_on(registry: Registry, initializer: Initializer) -> None:
    made, size = PUSHED["a mix"](registry)
    with Proxy(registry.url) as proxy:
        asked = [
            stop(Stopped(initializer), made, proxy, size * tenths // 10, number)
            for tenths, number in ((3, signal.SIGKILL), (2, signal.SIGTERM), (2, signal.SIGKILL))
        ]
        run = initializer(uri(proxy, made), flags=ALONE)
        asked += begins(proxy, made)

    assert run.exit == 0, run.stderr
    assert asked == sorted(asked)
    assert asked[1] >= size * 3 // 10 - LOST
    assert listing(initializer.destination) == expected(made.uri, initializer)


# A registry that gave bytes is waited for some minutes.
IMPATIENT = """
import sys
from kitserve_initializer import __main__
from kitserve_initializer.http import retry
assert retry.PATIENCE_SECONDS > 1
retry.PATIENCE_SECONDS = 0.5
sys.exit(__main__.main())
"""


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(status=404), NOT_FOUND),
        (Fault(status=403), 11),
        (Fault(status=503), REGISTRY_ERROR),
        (Fault(cut=0), UNREACHABLE),
    ],
    ids=["404", "403", "503", "cut"],
)
def test_a_registry_that_fails_on_the_way_costs_no_byte(
    registry: Registry, initializer: Initializer, fault: Fault, code: int
) -> None:
    made, size = PUSHED["one large file"](registry)
    cut = size * 9 // 10
    faults = iter([Fault(cut=cut)])
    with Proxy(registry.url, lambda path: next(faults, fault) if made.layers[0] in path else None) as proxy:
        failed = initializer.run_program(IMPATIENT, uri(proxy, made), flags=ALONE)
        proxy.fault = lambda _: None
        proxy.seen.clear()
        run = initializer(uri(proxy, made), flags=ALONE)
        (begin,) = begins(proxy, made)

    assert failed.exit == code, failed.stderr
    assert "what was fetched stays in" in failed.stderr
    assert run.exit == 0, run.stderr
    assert begin == cut
    assert listing(initializer.destination) == expected(made.uri, initializer)


def test_a_registry_that_ignores_ranges_sends_all_again(registry: Registry, initializer: Initializer) -> None:
    made, size = PUSHED["one large file"](registry)
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, size // 2)
        proxy.fault = lambda path: Fault(drop=("Range",)) if made.layers[0] in path else None
        run = initializer(uri(proxy, made), flags=ALONE)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == expected(made.uri, initializer)


def test_ranges_ahead_begin_behind_what_is_there(registry: Registry, initializer: Initializer) -> None:
    body = layer(file("large", noise(64 * MIB)))
    made = pack(registry, body)
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, 8 * MIB)
        run = initializer(uri(proxy, made))
        asked = begins(proxy, made)

    assert run.exit == 0, run.stderr
    assert min(asked) >= 8 * MIB - LOST
    assert listing(initializer.destination)["large"]["size"] == 64 * MIB


def test_a_registry_that_holds_other_bytes_leaves_nothing(
    registry: Registry, initializer: Initializer
) -> None:
    """The layer comes whole once more before anything is concluded."""
    made, size = PUSHED["one large file"](registry)
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, size // 2)
        proxy.fault = lambda path: Fault(flip=-1) if made.layers[0] in path else None
        run = initializer(uri(proxy, made), flags=ALONE)
        asked = begins(proxy, made)

    assert run.exit == CORRUPT, run.stderr
    assert asked[0] > 0
    assert asked[1:] == [0]
    assert "fetched again from its first byte" in run.stderr
    assert listing(initializer.destination) == {}


def test_another_modelkit_s_run_removes_it(registry: Registry, initializer: Initializer) -> None:
    made, size = PUSHED["one large file"](registry)
    other = pack(registry, layer(file("other")))
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, size // 2)
        run = initializer(other.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"other"}


def test_a_marked_destination_gets_rid_of_it(registry: Registry, initializer: Initializer) -> None:
    """A run that verified it again was stopped in a destination that is complete."""
    made, size = PUSHED["one large file"](registry)
    assert initializer(made.pinned).exit == 0
    complete = {path.name for path in initializer.destination.iterdir()}
    again = Stopped(initializer, variables={"KITSERVE_VERIFY_AGAIN": "true"})
    with Proxy(registry.url) as proxy:
        stop(again, made, proxy, size // 2, signal.SIGTERM)
        run = initializer(made.pinned)

    assert run.exit == 0, run.stderr
    assert {path.name for path in initializer.destination.iterdir()} == complete


def test_what_compression_hides_is_fetched_again(registry: Registry, initializer: Initializer) -> None:
    """Files don't give compressed bytes back, and the digest is of those."""
    made = pack(registry, PLAIN["one large file"], compress=True)
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, 12 * MIB, signal.SIGTERM)
        assert not initializer.destination.exists()
        run = initializer(uri(proxy, made), flags=ALONE)
        asked = begins(proxy, made)

    assert run.exit == 0, run.stderr
    assert asked == [0]


SPACE = """
import os, sys
from types import SimpleNamespace
from kitserve_initializer import __main__
free = int(os.environ.pop("FREE"))
os.statvfs = lambda _: SimpleNamespace(f_blocks=1, f_frsize=1, f_bavail=free)
sys.exit(__main__.main())
"""


@pytest.mark.parametrize(("missing", "code"), [(0, 0), (4 * MIB, DISK_FULL)])
def test_only_the_rest_needs_space(
    registry: Registry, initializer: Initializer, missing: int, code: int
) -> None:
    made, size = PUSHED["one large file"](registry)
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer), made, proxy, size * 9 // 10)
    free = size // 10 + LOST - missing

    run = initializer.run_program(SPACE, made.uri, ALONE, FREE=str(free))

    assert run.exit == code, run.stderr
    assert code == 0 or listing(initializer.destination) == {}


PATTERNS = {
    "small files that patterns leave out": ("small/*", [*SMALL[:20], LARGE], True),
    "a large one in front": ("weights/*", [LARGE, *SMALL], False),
}


@pytest.mark.parametrize(("ignored", "members", "saved"), PATTERNS.values(), ids=PATTERNS)
def test_what_patterns_leave_out_can_t_be_hashed_again(
    registry: Registry, initializer: Initializer, ignored: str, members: list[Member], *, saved: bool
) -> None:
    """Only few bytes of it are kept."""
    body = layer(*members)
    made = pack(registry, body)
    patterns = {"STORAGE_IGNORE_PATTERNS": ignored}
    cut, left_out = len(body) * 9 // 10, sum(info.size for info, _ in members if fnmatch(info.name, ignored))
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer, ALONE, patterns, left_out), made, proxy, cut, signal.SIGTERM)
        run = initializer(uri(proxy, made), flags=ALONE, **patterns)
        (begin,) = begins(proxy, made)

    assert run.exit == 0, run.stderr
    assert (begin >= cut - LOST) is saved
    names = {name for name, each in listing(initializer.destination).items() if each["type"] == "file"}
    assert names - {"Kitfile"} == {info.name for info, _ in members if not fnmatch(info.name, ignored)}


@pytest.mark.parametrize(("flags", "wins"), [("-o", 2), ("-i", 1)])
def test_a_file_that_a_layer_has_twice(
    registry: Registry, initializer: Initializer, flags: str, wins: int
) -> None:
    """Of the one that doesn't stay, nothing can be hashed again."""
    body = layer(file("a", noise(3 * MIB, 1)), file("b", noise(3 * MIB)), file("a", noise(3 * MIB, 2)), LARGE)
    made = pack(registry, body)
    with Proxy(registry.url) as proxy:
        doubled = Stopped(initializer, f"{ALONE} {flags}", unwritten=3 * MIB)
        stop(doubled, made, proxy, len(body) * 9 // 10)
        run = initializer(uri(proxy, made), flags=f"{ALONE} {flags}")

    assert run.exit == 0, run.stderr
    assert "fetched again from its first byte" not in run.stderr
    assert (initializer.destination / "a").read_bytes() == noise(3 * MIB, wins)


def test_a_journal_is_small(registry: Registry, initializer: Initializer) -> None:
    """Of three thousand files of a kilobyte it has less than a tenth of their headers."""
    body = layer(*[file(f"small/{index}", noise(1000, index)) for index in range(3000)])
    made = pack(registry, body)
    with Proxy(registry.url) as proxy:
        stop(Stopped(initializer, unwritten=len(body) - 3_000_000), made, proxy, len(body) - 1024)

        assert journal(initializer).stat().st_size < 3000 * 51


# Makes a half-filled layer, and runs on with a copy of it for each step of the file system: the first run is killed
# before that step, the second goes on. Prints what each pair left, a line of JSON a step, until a first one is through.
STEPS = """
import json, os, shutil, sys
from pathlib import Path
import kitserve_initializer.__main__ as main
from kitserve_initializer.http import tls
from kitserve_initializer.config.identity import Identity
context = tls.context(verify=True, told=Identity())  # half of a run's time, and no step of it
tls.context = lambda **_: context
source, folder = sys.argv[1], Path(sys.argv[2]).parent
STEPS = ("rename", "mkdir", "unlink", "fchmod", "write", "ftruncate")
def run(destination, said, left):
    child = os.fork()
    if not child:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
        sys.argv[1:] = [source, str(destination)]
        for name in STEPS if left is not None else ():
            setattr(os, name, counted(getattr(os, name), left))
        os._exit(main.main())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
def counted(call, left):
    def step(*arguments, **options):
        if not left[0]:
            os.kill(os.getpid(), 9)
        left[0] -= 1
        return call(*arguments, **options)
    return step
def taken(said):
    events = map(json.loads, said.read_text().splitlines())
    return sum(event["kept_bytes"] for event in events if event["event"] == "layer-resumed")
for steps in range(int(os.environ.pop("BEGIN")), 300):
    here = folder / str(steps)
    if (folder / "half").exists():
        shutil.copytree(folder / "half", here)
    killed = run(here, folder / "killed.log", [steps])
    if os.environ.get("HALF") == str(steps):
        here.rename(folder / "half")
        break
    again = run(here, folder / f"{steps}.log", None)
    print(json.dumps([killed, again, taken(folder / f"{steps}.log")]), flush=True)
    if killed == 0:
        break
"""

STEPPED = layer(
    folder("in", 0o555),
    *[file(f"in/{index}", noise(200_000, index)) for index in range(12)],
    file("large", noise(3 * MIB, 99)),
    *[file(f"more/{index}", noise(100_000, index)) for index in range(6)],
)


def stepped(initializer: Initializer, source: str, **variables: str) -> list[tuple[int, int, int]]:
    ran = initializer.run_program(
        STEPS, source, flags=f"{ALONE} --model", KITSERVE_LOG_FORMAT="json", **variables
    )
    assert ran.exit == 0, ran.stderr
    return [tuple(json.loads(line)) for line in ran.stdout.splitlines()]


def assert_all_right(
    initializer: Initializer, steps: list[tuple[int, int, int]], begin: int, source: str
) -> None:
    right = expected(source, initializer)
    del right["Kitfile"]
    for number, (_, again, _) in enumerate(steps, begin):
        assert again == 0, (number, (initializer.folder / f"{number}.log").read_text())
        assert listing(initializer.folder / str(number)) == right, number
    assert [killed for killed, *_ in steps] == [-signal.SIGKILL] * (len(steps) - 1) + [0]


@pytest.mark.timeout(900)
def test_killed_before_any_step(registry: Registry, initializer: Initializer) -> None:
    """Also in the middle of a file, and of the journal."""
    source = pack(registry, STEPPED).uri

    steps = stepped(initializer, source, BEGIN="0")

    assert_all_right(initializer, steps, 0, source)
    saved = [bytes_taken for *_, bytes_taken in steps]
    assert max(saved) > len(STEPPED) * 0.8


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_killed_before_any_step_of_taking_it_up(registry: Registry, initializer: Initializer) -> None:
    """The run after that has no less than the killed one had, unless it has the whole layer."""
    source = pack(registry, STEPPED).uri
    stepped(initializer, source, BEGIN="40", HALF="40")

    steps = stepped(initializer, source, BEGIN="0")

    assert_all_right(initializer, steps, 0, source)
    saved = [bytes_taken for *_, bytes_taken in steps]
    whole = saved.index(0)
    assert saved[0] > MIB
    assert min(saved[:whole]) >= saved[0]
    assert {*saved[whole:]} == {0}
