"""A volume that outlives the pod: what is marked may be served from it, so no other ModelKit is unpacked there."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from kitserve_initializer.destination.folder_lock import locked
from kitserve_initializer.destination.names import JOURNAL, PLAN, STAGING

from tests.image.initializer import MARKER, Initializer, assert_failed, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

OTHER_MODELKIT = 33
WEIGHTS = layer(folder("model"), file("model/w", b"served"))
MORE = layer(file("more"))
MODEL = "--plain-http --model"


@pytest.fixture(scope="module")
def served(registry: Registry) -> Packed:
    return pack(registry, WEIGHTS)


def everything(folder: Path) -> dict[str, object]:
    """All that is there, the marker's bytes included."""
    return {**listing(folder), MARKER: (folder / MARKER).read_bytes()}


@pytest.mark.parametrize("flags", ["", "-o", "-i", "-o -i"])
@pytest.mark.parametrize(
    "other",
    [
        pytest.param([WEIGHTS, MORE], id="with the same files and more"),
        pytest.param([layer(file("model/w", b"newer"))], id="with other bytes at the same path"),
        pytest.param([layer(file("elsewhere"))], id="without a path in common"),
        pytest.param([layer(file("model"))], id="with a file in place of a folder"),
    ],
)
def test_another_modelkit_is_refused_before_a_layer_is_fetched(
    registry: Registry, initializer: Initializer, served: Packed, other: list[bytes], flags: str
) -> None:
    flags = f"{MODEL} {flags}"
    assert initializer(served.uri, flags=flags).exit == 0
    before = everything(initializer.destination)
    made = pack(registry, *other)

    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1", flags=flags)

    assert_failed(
        run,
        OTHER_MODELKIT,
        f"'{initializer.destination}' holds {served.digest}, and {made.digest} is asked for; refer to the digest",
    )
    assert not any(name in seen.path for seen in proxy.seen for name in made.layers)
    assert everything(initializer.destination) == before
    assert "already, unpacked as asked for" in initializer(served.uri, flags=flags).stderr


def test_verifying_again_replaces_no_other_modelkit(
    registry: Registry, initializer: Initializer, served: Packed
) -> None:
    assert initializer(served.pinned).exit == 0
    before = everything(initializer.destination)

    run = initializer(pack(registry, layer(file("other"))).pinned, KITSERVE_VERIFY_AGAIN="true")

    assert run.exit == OTHER_MODELKIT, run.stderr
    assert everything(initializer.destination) == before


def test_one_folder_that_is_taken_stops_the_run_before_the_others(
    registry: Registry, initializer: Initializer, served: Packed
) -> None:
    """Its ModelKits in the order of the arguments: those before it are in place, and stay."""
    first, second = (initializer.destination / name for name in ("first", "second"))
    assert initializer(served.uri, second).exit == 0
    other = pack(registry, layer(file("other")))

    run = initializer(served.uri, first, other.uri, second)

    assert_failed(run, OTHER_MODELKIT, f"'{second}' holds {served.digest}")
    assert (second / "model/w").read_bytes() == b"served"
    assert not (second / "other").exists()


def spoilt(marker: Path) -> None:
    marker.write_text("{}")


def without_digest(marker: Path) -> None:
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"digest": "none"}))


def of_another_version(marker: Path) -> None:
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"version": 2}))


def gone(marker: Path) -> None:
    marker.unlink()


@pytest.mark.parametrize(
    "change", [spoilt, without_digest, of_another_version, gone], ids=lambda change: change.__name__
)
def test_a_marker_that_is_none_holds_no_volume(
    registry: Registry, initializer: Initializer, served: Packed, change: Callable[[Path], None]
) -> None:
    assert initializer(served.uri, flags=MODEL).exit == 0
    change(initializer.destination / MARKER)

    run = initializer(pack(registry, layer(file("other"))).uri, flags=MODEL)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "other").exists()


def test_the_same_modelkit_with_more_of_it_is_added(initializer: Initializer, served: Packed) -> None:
    """Nothing of what is there changes."""
    assert initializer(served.uri, flags="--plain-http --kitfile").exit == 0

    assert initializer(served.uri).exit == 0

    assert (initializer.destination / "model/w").exists()


def test_a_tag_that_moved_while_a_run_waits_is_refused(registry: Registry, initializer: Initializer) -> None:
    """Two pods that start at once, and a push between their looks at the tag: the first one's ModelKit stays."""
    first = Initializer(initializer.folder / "first")
    first.folder.mkdir()
    served = pack(registry, WEIGHTS)
    assert first(served.uri).exit == 0
    initializer.destination.mkdir()
    with ExitStack() as held:
        held.enter_context(at_work(initializer.destination))
        with initializer.start(pack(registry, WEIGHTS, MORE).uri) as late:
            assert late.stderr
            assert any("waiting for another run" in line for line in late.stderr)
            shutil.copytree(first.destination, initializer.destination, dirs_exist_ok=True)
            before = everything(initializer.destination)
            held.close()
            late.communicate()

    assert late.returncode == OTHER_MODELKIT
    assert everything(initializer.destination) == {
        name: what for name, what in before.items() if not name.startswith(STAGING)
    }


@contextmanager
def at_work(destination: Path) -> Iterator[None]:
    """Hold the lock of a run."""
    target = os.open(destination, os.O_RDONLY | os.O_DIRECTORY)
    folder, lock = locked(target, destination)
    try:
        yield
    finally:
        for held in (lock, folder, target):
            os.close(held)


@pytest.mark.parametrize("first", ["finished", "begun"])
def test_a_run_that_was_killed_before_its_move_holds_no_volume(
    registry: Registry, initializer: Initializer, first: str
) -> None:
    """Nobody serves what has no marker yet."""
    killed(initializer, pack(registry, WEIGHTS), "publish" if first == "finished" else "assemble")

    run = initializer(pack(registry, layer(file("model/w", b"newer"))).uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "model/w").read_bytes() == b"newer"


def test_a_move_that_was_killed_is_completed_and_stays(registry: Registry, initializer: Initializer) -> None:
    """Its marker may have been there for a moment, and a pod started by it."""
    served = pack(registry, WEIGHTS)
    killed(initializer, served, "publish")
    staging = initializer.destination / STAGING
    (staging / JOURNAL).write_text(
        json.dumps({"marker": json.loads((staging / PLAN).read_text()), "narrow": []})
    )

    run = initializer(pack(registry, layer(file("model/w", b"newer"))).uri)

    assert_failed(run, OTHER_MODELKIT, f"holds {served.digest}")
    assert (initializer.destination / "model/w").read_bytes() == b"served"
    assert "already, unpacked as asked for" in initializer(served.uri).stderr
    assert not staging.exists()


def killed(initializer: Initializer, made: Packed, step: str) -> None:
    """A run that SIGKILL ends as it begins a step."""
    program = f"""
import os, sys
from kitserve_initializer import __main__
from kitserve_initializer.destination import staging
staging.{step} = lambda *_: os.kill(os.getpid(), 9)
sys.exit(__main__.main())
"""
    assert initializer.run_program(program, made.uri).exit == -9
    assert (initializer.destination / STAGING).exists()
