"""KITSERVE_VERIFY_AGAIN: what a volume says isn't believed, and what it holds in the end was verified in this run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from kitserve_initializer.destination.names import JOURNAL, PLAN, STAGING

from tests.image.initializer import MARKER, Initializer, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.parts.registry import Registry

PATH_EXISTS = 30
AGAIN = {"KITSERVE_VERIFY_AGAIN": "true"}


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(
        registry,
        layer(folder("model"), file("model/w", b"right"), file("model/x", b"right")),
        layer(file("top", b"right")),
    )


def changed(destination: Path) -> None:
    (destination / "model/w").write_bytes(b"wrong")


def replaced(destination: Path) -> None:
    (destination / "model/w").unlink()
    (destination / "model/w").write_bytes(b"wrong")
    (destination / "model/w").chmod(0o777)


def gone(destination: Path) -> None:
    (destination / "top").unlink()


def kitfile(destination: Path) -> None:
    (destination / "Kitfile").write_text("manifestVersion: wrong\n")


def nothing(_: Path) -> None:
    """All is as it was."""


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
@pytest.mark.parametrize(
    "change", [changed, replaced, gone, kitfile, nothing], ids=lambda change: change.__name__
)
def test_a_right_marker_beside_wrong_files(
    initializer: Initializer, made: Packed, change: Callable[[Path], None], flags: str
) -> None:
    flags = f"--plain-http {flags}"
    assert initializer(made.pinned, flags=flags).exit == 0
    before = listing(initializer.destination)
    change(initializer.destination)
    (initializer.destination / "mine").write_text("mine")

    trusting = initializer(made.pinned, flags=flags)
    changed = listing(initializer.destination)
    run = initializer(made.pinned, flags=flags, **AGAIN)

    assert "already, unpacked as asked for" in trusting.stderr
    assert run.exit == 0, run.stderr
    assert "unpacked and verified again all the same" in run.stderr
    found = listing(initializer.destination)
    assert found.pop("mine") == changed["mine"]
    assert found == before
    assert made.digest in (initializer.destination / MARKER).read_text()


@pytest.mark.parametrize("name", ["model", "model/w"])
def test_a_link_in_place_of_what_is_marked_is_refused(
    initializer: Initializer, made: Packed, name: str
) -> None:
    assert initializer(made.pinned).exit == 0
    path = initializer.destination / name
    path.rename(initializer.folder / "moved")
    path.symlink_to(initializer.folder / "moved")

    run = initializer(made.pinned, **AGAIN)

    assert run.exit == PATH_EXISTS, run.stderr
    assert repr(name) in run.termination


def test_without_a_marker_what_is_there_is_anybody_s(initializer: Initializer, made: Packed) -> None:
    initializer.destination.mkdir()
    (initializer.destination / "top").write_text("mine")

    run = initializer(made.pinned, **AGAIN)

    assert run.exit == PATH_EXISTS, run.stderr
    assert (initializer.destination / "top").read_text() == "mine"


@pytest.mark.parametrize("state", ["trees", "result", "journal"])
def test_what_is_staged_is_not_believed(initializer: Initializer, made: Packed, state: str) -> None:
    """Taken from a run that was killed before it published, and changed."""
    program = """
import os, sys
from kitserve_initializer import __main__
from kitserve_initializer.destination import staging
staging.publish = lambda *_: os.kill(os.getpid(), 9)
if sys.argv[1].endswith("#trees"):
    staging.assemble = staging.publish
sys.argv[1] = sys.argv[1].partition("#")[0]
sys.exit(__main__.main())
"""
    initializer.run_program(program, made.uri + ("#trees" if state == "trees" else ""), "--plain-http")
    left = initializer.destination / STAGING
    for path in left.rglob("w"):
        path.write_bytes(b"wrong")
    assert [*left.rglob("w")]
    if state == "journal":
        marker = json.loads((left / PLAN).read_text())
        (left / JOURNAL).write_text(json.dumps({"marker": marker, "narrow": []}))

    run = initializer(made.uri, **AGAIN)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "model/w").read_bytes() == b"right"


def test_a_run_that_is_killed_while_it_replaces_is_taken_up(initializer: Initializer, made: Packed) -> None:
    """By one that verifies again, and by one that doesn't."""
    program = """
import os, sys
from kitserve_initializer import __main__
from kitserve_initializer.destination import publish
merge = publish.merge
def killed(*arguments):
    merge(*arguments)
    os.kill(os.getpid(), 9)
publish.merge = killed
sys.exit(__main__.main())
"""
    assert initializer(made.uri).exit == 0
    before = listing(initializer.destination)
    for variables in ({}, AGAIN):
        changed(initializer.destination)
        initializer.run_program(program, made.uri, "--plain-http", **AGAIN)
        assert (initializer.destination / STAGING / JOURNAL).exists()

        run = initializer(made.uri, **variables)

        assert run.exit == 0, run.stderr
        assert listing(initializer.destination) == before
