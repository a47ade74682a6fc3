"""Killed at any moment and run again: the right tree, and nothing fetched twice that was whole."""

import gzip
import json
import random
import signal
from pathlib import Path

import pytest

from tests.image.initializer import MARKER, Initializer, Run, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

PATH_EXISTS, DISK_FULL = 30, 32
KILLED, TERMINATED = -signal.SIGKILL, 128 + signal.SIGTERM


def members(name: str) -> bytes:
    """A layer of forty files in two folders, one of them closed to its owner, and one folder of all layers."""
    inside = [file(f"{name}/deep/{index}", bytes([index]) * 20_000) for index in range(20)]
    return layer(
        folder("shared"),
        file(f"shared/{name}"),
        folder(name),
        folder(f"{name}/deep", 0o555),
        *inside,
        *[file(f"{name}/{index}", b"x" * index) for index in range(20)],
    )


ONE_AT_A_TIME = "--plain-http --concurrency 1"


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, *map(members, ("one", "two", "three", "four")), compress=True)


@pytest.fixture(scope="module")
def expected(made: Packed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    fresh = Initializer(tmp_path_factory.mktemp("expected"))
    assert fresh(made.uri).exit == 0
    return listing(fresh.destination)


def kill_when_it_waits(initializer: Initializer, proxy: Proxy, made: Packed, flags: str) -> None:
    with initializer.start(f"kit://{proxy.host}/{made.repository}:v1", flags=flags) as process:
        proxy.stalled.wait()
        process.kill()
        process.communicate()
    assert process.returncode == KILLED


def kill_in_the_third_layer(initializer: Initializer, proxy: Proxy, made: Packed) -> None:
    """Two layers are finished by then."""
    proxy.fault = lambda path: Fault(cut=900, stall=True) if made.layers[2] in path else None
    kill_when_it_waits(initializer, proxy, made, ONE_AT_A_TIME)


def fetched(proxy: Proxy, made: Packed) -> list[str]:
    """The layers asked for, in order, as their places in the manifest."""
    names = [seen.path.rpartition("/")[2] for seen in proxy.seen if "/blobs/" in seen.path]
    return [str(made.layers.index(name)) for name in names if name != made.config]


def test_finished_layers_are_not_fetched_again(
    registry: Registry, initializer: Initializer, made: Packed, expected: dict[str, dict[str, object]]
) -> None:
    with Proxy(registry.url) as proxy:
        kill_in_the_third_layer(initializer, proxy, made)
        assert fetched(proxy, made) == ["0", "1", "2"]
        proxy.fault = lambda _: None
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1", flags=ONE_AT_A_TIME)
        again = fetched(proxy, made)[3:]

    assert run.exit == 0, run.stderr
    assert again == ["2", "3"]
    assert "2 layers were fetched by a run before" in run.stderr
    assert listing(initializer.destination) == expected


SPACE = """
import os, sys
from types import SimpleNamespace
from kitserve_initializer import __main__
free = int(os.environ.pop("FREE"))
os.statvfs = lambda _: SimpleNamespace(f_blocks=1, f_frsize=1, f_bavail=free)
sys.exit(__main__.main())
"""


def test_finished_layers_need_no_space_again(
    registry: Registry, initializer: Initializer, made: Packed, expected: dict[str, dict[str, object]]
) -> None:
    with Proxy(registry.url) as proxy:
        kill_in_the_third_layer(initializer, proxy, made)
    needed = sum(len(gzip.compress(members(name), mtime=0)) for name in ("three", "four"))

    fits = initializer.run_program(SPACE, made.uri, ONE_AT_A_TIME, FREE=str(needed))

    assert fits.exit == 0, fits.stderr
    assert listing(initializer.destination) == expected
    elsewhere = Initializer(initializer.folder / "elsewhere")
    elsewhere.folder.mkdir()
    fresh = elsewhere.run_program(SPACE, made.uri, ONE_AT_A_TIME, FREE=str(needed))
    assert fresh.exit == DISK_FULL, fresh.stderr


def test_what_another_reference_left_is_of_no_use(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    other = pack(registry, layer(file("other")))

    def stall(path: str) -> Fault | None:
        return Fault(cut=100, stall=True) if made.layers[3] in path else None

    with Proxy(registry.url, stall) as proxy:
        kill_when_it_waits(initializer, proxy, made, "--plain-http")

    run = initializer(other.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"other"}


def test_killed_wherever_bytes_are_waited_for(
    registry: Registry, initializer: Initializer, made: Packed, expected: dict[str, dict[str, object]]
) -> None:
    """Fifteen times one after the other: some blobs come whole, the others up to any byte, the last layer never."""
    chance = random.Random(5)  # noqa: S311

    def stall(path: str) -> Fault | None:
        held = "/blobs/" in path and (path.endswith(made.layers[3]) or chance.random() < 0.5)
        return Fault(cut=chance.randrange(900), stall=True) if held else None

    for _ in range(15):
        with Proxy(registry.url, stall) as proxy:
            kill_when_it_waits(initializer, proxy, made, "--plain-http")

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == expected


# Runs the initializer twice for each step, in processes forked when everything is imported: the first gets a signal
# before that step, and before each later one, and the second goes on. Prints what each pair left, a line of JSON a
# step, until a first one is through.
STEPS = """
import json, os, sys
from pathlib import Path
import kitserve_initializer.__main__ as main
from kitserve_initializer.http import tls
from kitserve_initializer.config.identity import Identity
from kitserve_initializer.destination.names import JOURNAL, PLAN, STAGING
context = tls.context(verify=True, told=Identity())  # half of a run's time, and no step of it
tls.context = lambda **_: context
source, folder = sys.argv[1], Path(sys.argv[2]).parent
number = int(os.environ.pop("NUMBER"))
def run(destination, said, left):
    child = os.fork()
    if not child:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
        sys.argv[1:] = [source, str(destination)]
        for name in ("rename", "mkdir", "unlink", "fchmod") if left is not None else ():
            setattr(os, name, counted(getattr(os, name), left))
        os._exit(main.main())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
def counted(call, left):
    def step(*arguments, **options):
        if not left[0]:
            os.kill(os.getpid(), number)
        left[0] -= number == 9 or left[0] > 0
        return call(*arguments, **options)
    return step
for steps in range(200):
    here = folder / str(steps)
    killed = run(here, folder / "killed.log", [steps])
    assembling = (here / STAGING / PLAN).exists() and not (here / STAGING / JOURNAL).exists()
    again = run(here, folder / f"{steps}.log", None)
    print(json.dumps([killed, assembling, again]), flush=True)
    if killed == 0:
        break
"""


FIRST_LAYERS = {
    "shared": layer(folder("a", 0o555), file("a/1"), folder("s"), file("s/1")),
    "with a Kitfile": layer(folder("a", 0o555), file("a/1"), file("Kitfile", b"the layer's")),
}
SECOND_LAYER = layer(folder("s"), file("s/2"), folder("b", 0o500), file("b/2"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("first", "flags"),
    [
        ("shared", ""),
        ("with a Kitfile", "-o"),
        *[pytest.param("shared", flags, marks=pytest.mark.thorough) for flags in ("--model", "-o", "-i")],
        *[pytest.param("with a Kitfile", flags, marks=pytest.mark.thorough) for flags in ("-i", "--model")],
    ],
)
def test_killed_before_any_step_of_the_file_system(
    registry: Registry, first: str, flags: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every rename, mkdir, unlink and fchmod of a run is the last before a SIGKILL once; then all is run again."""
    ran = stepped(pack(registry, FIRST_LAYERS[first], SECOND_LAYER), flags, signal.SIGKILL, tmp_path_factory)

    assert [killed for killed, *_ in ran] == [KILLED] * (len(ran) - 1) + [0]
    assert sum(assembling for _, assembling, _ in ran) > 2


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("first", "flags"), [("shared", ""), pytest.param("with a Kitfile", "-o", marks=pytest.mark.thorough)]
)
def test_stopped_before_any_step_of_the_file_system(
    registry: Registry, first: str, flags: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same with SIGTERM, once and again; a move that had begun is taken back, and its trees serve the next run."""
    ran = stepped(pack(registry, FIRST_LAYERS[first], SECOND_LAYER), flags, signal.SIGTERM, tmp_path_factory)

    assert {stopped for stopped, *_ in ran[:-1]} == {TERMINATED}
    assert sum(assembling for _, assembling, _ in ran) > 2


def stepped(
    kit: Packed, flags: str, number: signal.Signals, factory: pytest.TempPathFactory
) -> list[tuple[int, bool, int]]:
    """Run for each step; every second run makes the right tree, without fetching what the first had finished."""
    arguments = f"{ONE_AT_A_TIME} {flags}"
    fresh = Initializer(factory.mktemp("fresh"))
    assert fresh(kit.uri, flags=arguments).exit == 0
    here = Initializer(factory.mktemp("steps"))

    steps = here.run_program(STEPS, kit.uri, flags=arguments, NUMBER=str(int(number)))

    assert steps.exit == 0, steps.stderr
    ran = [tuple(json.loads(line)) for line in steps.stdout.splitlines()]
    for step, (_, assembling, again) in enumerate(ran):
        said = (here.folder / f"{step}.log").read_text()
        assert again == 0, (step, said)
        assert listing(here.folder / str(step)) == listing(fresh.destination), step
        assert (here.folder / f"{step}/{MARKER}").is_file()
        assert not assembling or "2 layers were fetched by a run before" in said, step
    assert len(ran) > 20
    return ran


def done(run: Run) -> bool:
    return run.exit == 0 and "already, unpacked as asked for" in run.stderr


def test_a_digest_that_is_there_needs_no_registry(initializer: Initializer) -> None:
    with Registry() as registry:
        kit = pack(registry, members("one"))
        assert initializer(kit.pinned).exit == 0
    before = listing(initializer.destination)

    run = initializer(kit.pinned)

    assert done(run), run.stderr
    assert listing(initializer.destination) == before


def test_a_tag_that_is_there_costs_its_manifest(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    assert initializer(made.uri).exit == 0
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert done(run), run.stderr
    assert fetched(proxy, made) == []


@pytest.mark.parametrize("spoil", ["not json", "[" * 100_000, "{}", ""])
def test_a_marker_that_can_t_be_read_marks_nothing(
    initializer: Initializer, made: Packed, spoil: str
) -> None:
    assert initializer(made.uri).exit == 0
    (initializer.destination / MARKER).write_text(spoil)

    assert initializer(made.uri).exit == PATH_EXISTS
    assert initializer(made.uri, flags="--plain-http -o").exit == 0


def test_a_run_that_is_refused_leaves_what_is_there_as_it_was(
    registry: Registry, initializer: Initializer
) -> None:
    """Also the marker: what was unpacked before is still complete. Nothing but the layer tells what is in the way."""
    made = pack(registry, layer(file("same")), paths=["elsewhere"])
    flags = "--plain-http --model"
    assert initializer(made.uri, flags=flags).exit == 0

    refused = initializer(made.uri, flags="--plain-http")
    again = initializer(made.uri, flags=flags)

    assert refused.exit == PATH_EXISTS, refused.stderr
    assert done(again), again.stderr


def test_another_filter_is_another_request(initializer: Initializer, made: Packed) -> None:
    assert initializer(made.uri, flags="--plain-http --kitfile").exit == 0

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "one/1").exists()


def hidden(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.startswith(".")}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_waits_for_the_one_at_work(
    registry: Registry, initializer: Initializer, made: Packed, number: signal.Signals
) -> None:
    """Two pods with one volume: the second goes on when the first ends, whichever way it does."""

    def stall(path: str) -> Fault | None:
        return Fault(cut=100, stall=True) if made.layers[3] in path else None

    with (
        Proxy(registry.url, stall) as proxy,
        initializer.start(f"kit://{proxy.host}/{made.repository}:v1") as first,
    ):
        proxy.stalled.wait()
        with initializer.start(made.uri) as second:
            assert second.stderr
            assert any("waiting for another run" in line for line in second.stderr)
            first.send_signal(number)
            first.communicate()
            second.communicate()

    assert second.returncode == 0
    assert hidden(initializer.destination) == {MARKER}
    assert (initializer.destination / "four/1").exists()
