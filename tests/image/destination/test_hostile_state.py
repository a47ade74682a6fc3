"""State on a volume is what somebody may have written there: bad state is as good as none, and harms nobody else."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kitserve_initializer.destination import directory_modes
from kitserve_initializer.destination.names import (
    JOURNAL,
    LOCK,
    MOVED,
    PLAN,
    REMOVED,
    RESULT,
    STAGING,
    record,
)
from kitserve_initializer.destination.request import Request, is_document
from kitserve_initializer.destination.rollback_log import RollbackLog
from kitserve_initializer.fs.json_file import LIMIT, load
from kitserve_initializer.fs.merge_dirs import ConflictPolicy

from tests.image.initializer import MARKER, Initializer, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.peak_memory import FRUGAL, PEAK_MIB
from tests.parts.registry import Registry

GIB = 1 << 30
OTHER_MODELKIT = 33
REQUEST = Request("sha256:" + "0" * 64, (), ConflictPolicy.REFUSE, "kit", (), ()).document


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, layer(folder("a"), file("a/w")), layer(file("b")))


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 3 * GIB)


def dense(path: Path) -> None:
    path.write_bytes(b"[" + b"[]," * (40 * 1024 * 1024 // 3) + b"[]]")


def fifo(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    (path / "x").mkdir(parents=True)


def link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "outside")


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def device(path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root makes devices")
    os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))


def text(body: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(body)


KINDS: dict[str, Callable[[Path], object]] = {
    "sparse, of 3 GiB": sparse,
    "dense, of 40 MiB": dense,
    "a FIFO": fifo,
    "a folder": a_folder,
    "a link": link,
    "a link to nowhere": dangling,
    "a device": device,
    "no JSON": text("{"),
    "deep": text("[" * 100_000),
    "a number": text("9" * 5000),
    "a list": text("[]"),
    "a text": text('"x"'),
    "nothing in it": text("{}"),
    "null": text("null"),
}
STAGED = (JOURNAL, PLAN, LOCK, RESULT, MOVED, f"{JOURNAL}.new", f"{PLAN}.new", f"{MARKER}.new")
PLACES = {
    "the marker": (MARKER,),
    "the staging folder": (STAGING,),
    "the folder on its way out": (REMOVED,),
    "what is in the staging folder": tuple(f"{STAGING}/{name}" for name in STAGED),
}


@pytest.mark.parametrize("names", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_in_place_of_a_file_of_ours_is_as_good_as_absent(
    initializer: Initializer, made: Packed, names: tuple[str, ...], kind: str
) -> None:
    outside = initializer.folder / "outside"
    outside.mkdir()
    (outside / "mine").touch(0o600)
    before = listing(outside)
    for name in names:
        path = initializer.destination / name
        path.parent.mkdir(parents=True, exist_ok=True)
        KINDS[kind](path)

    run = initializer.run_program(FRUGAL, made.uri, "--plain-http --model")

    assert run.exit == 0, run.stderr
    assert int(run.stdout) < PEAK_MIB * 1024
    assert listing(initializer.destination).keys() == {"a", "a/w", "b"}
    assert made.digest in (initializer.destination / MARKER).read_text()
    assert listing(outside) == before


NARROW: dict[str, Any] = {
    "up": [[["..", "outside"], 0]],
    "up in one part": [[["../outside"], 0]],
    "down in one part": [[["sub/in"], 0]],
    "absolute": [[["/etc"], 0]],
    "absolute, in parts": [[["", "etc"], 0]],
    "the destination itself": [[[], 0]],
    "a dot": [[["."], 0]],
    "NUL": [[["a\0b"], 0]],
    "a half of a pair": [[["\ud800"], 0]],
    "names of ours": [[[STAGING], 0]],
    "a text for parts": [["outside", 0]],
    "a number for parts": [[1, 0]],
    "a mode of more bits": [[["sub"], 0o4777]],
    "a negative mode": [[["sub"], -1]],
    "a text for a mode": [[["sub"], "0"]],
    "true for a mode": [[["sub"], True]],
    "no mode": [[["sub"]]],
    "three of two": [[["sub"], 0, 0]],
    "an object": {"sub": 0},
    "a text": "sub",
    "too many": [[[str(number)], 0] for number in range(10_001)],
    "a path of too many levels": [[["d"] * 300, 0]],
    "a name that is too long": [[["n" * 300], 0]],
}


@pytest.mark.parametrize("narrow", NARROW.values(), ids=NARROW)
def test_a_journal_changes_no_mode_that_a_layer_could_not(
    initializer: Initializer, made: Packed, narrow: object
) -> None:
    outside, inside = initializer.folder / "outside", initializer.destination / "sub"
    for path in (outside, inside / "in", initializer.destination / STAGING / RESULT):
        path.mkdir(parents=True)
    journal = {"marker": REQUEST, "narrow": narrow}
    (initializer.destination / STAGING / JOURNAL).write_text(json.dumps(journal))

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert {oct(path.stat().st_mode) for path in (outside, inside, inside / "in")} == {"0o40755"}
    assert directory_modes.from_json(narrow) is None


def test_a_journal_s_mode_for_what_isn_t_there_is_of_no_use(initializer: Initializer, made: Packed) -> None:
    """Nor for a link, which leads outside."""
    outside = initializer.folder / "outside"
    outside.mkdir()
    (initializer.destination / STAGING / RESULT).mkdir(parents=True)
    (initializer.destination / "link").symlink_to(outside)
    journal = {"marker": REQUEST, "narrow": [[["nowhere"], 0], [["link"], 0], [["link", "deep"], 0]]}
    (initializer.destination / STAGING / JOURNAL).write_text(json.dumps(journal))

    run = initializer(made.uri)

    # The move is completed, and what it brought stays.
    assert run.exit == OTHER_MODELKIT, run.stderr
    assert oct(outside.stat().st_mode) == "0o40755"


def test_a_journal_whose_move_meets_something_is_no_obstacle(initializer: Initializer, made: Packed) -> None:
    result = initializer.destination / STAGING / RESULT
    result.mkdir(parents=True)
    (result / "mine").touch()
    (initializer.destination / "mine").write_text("mine")
    (initializer.destination / STAGING / JOURNAL).write_text(json.dumps({"marker": REQUEST, "narrow": []}))

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "mine").read_text() == "mine"


DOCUMENTS: dict[str, dict[str, object]] = {
    "another version": {"version": 2},
    "true for a version": {"version": True},
    "1.0 for a version": {"version": 1.0},
    "no digest": {"digest": "latest"},
    "a list for a digest": {"digest": []},
    "an algorithm that nobody has": {"digest": "md5:" + "0" * 32},
    "an unknown rule": {"rule": "DELETE"},
    "a list for a rule": {"rule": []},
    "an unknown layout": {"layout": "flat"},
    "an object for a layout": {"layout": {}},
    "a text for filters": {"filters": "model"},
    "numbers for filters": {"filters": [1]},
    "an object for patterns": {"allow": {}},
    "too many parents": {"parents": ["sha256:1"] * 11},
    "a text for parents by tag": {"parentsByTag": "sha256:1"},
    "a key that is none": {"more": 1},
}


@pytest.mark.parametrize("change", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_marker_of_another_form_marks_nothing(
    initializer: Initializer, made: Packed, change: dict[str, object]
) -> None:
    """In a journal neither."""
    document = REQUEST | change
    (initializer.destination / STAGING / RESULT).mkdir(parents=True)
    (initializer.destination / MARKER).write_text(json.dumps(document))
    (initializer.destination / STAGING / JOURNAL).write_text(json.dumps({"marker": document, "narrow": []}))

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert made.digest in (initializer.destination / MARKER).read_text()
    assert not is_document(document)


@pytest.mark.parametrize("policy", ["DELETE", 1, None, []])
def test_a_journal_of_an_unknown_policy_is_absent(
    initializer: Initializer, made: Packed, policy: object
) -> None:
    result = initializer.destination / STAGING / RESULT
    result.mkdir(parents=True)
    (result / "planted").touch()
    journal = {"marker": REQUEST, "narrow": [], "policy": policy}
    (initializer.destination / STAGING / JOURNAL).write_text(json.dumps(journal))

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert not (initializer.destination / "planted").exists()


@pytest.mark.parametrize("spoilt", ["record", "tree", "both"])
def test_a_finished_layer_with_bad_state_is_fetched_again(
    registry: Registry, initializer: Initializer, spoilt: str
) -> None:
    """What a killed run left, as its next one knows it, and somebody spoilt."""
    made = pack(registry, layer(file("a", b"right")), layer(file("b", b"right")))
    names: list[str] = []
    program = """
import os, sys
from kitserve_initializer import __main__
from kitserve_initializer.destination.staging import Staging
Staging.publish = lambda *_: os.kill(os.getpid(), 9)
sys.exit(__main__.main())
"""
    initializer.run_program(program, made.uri, "--plain-http --model")
    left = initializer.destination / STAGING
    names = [path.name for path in left.iterdir() if path.is_dir()]
    for name in names:
        if spoilt in {"record", "both"}:
            (left / record(name)).write_text('[[["..", "outside"], 0]]')
        if spoilt in {"tree", "both"}:
            (left / name).rename(initializer.folder / name)
            (left / name).symlink_to(initializer.folder / name)

    run = initializer(made.uri, flags="--plain-http --model")

    assert len(names) == 2
    assert run.exit == 0, run.stderr
    assert "were fetched by a run before" not in run.stderr
    assert listing(initializer.destination).keys() == {"a", "b"}
    assert (initializer.destination / "a").read_bytes() == b"right"


def test_what_somebody_writes_into_the_rollback_log_leads_nowhere(tmp_path: Path) -> None:
    staging = os.open(tmp_path, os.O_RDONLY)
    log = RollbackLog(staging)
    for number in range(30_000):
        log.add((f"path-{number:06}",))
    with (tmp_path / MOVED).open("r+b") as file:
        file.write(b"../x-000000\0/etc-00000\0a/../../b00\0.kitserve-x0\0")

    paths = {*log.paths()}

    log.close()
    os.close(staging)
    assert ("path-029999",) in paths
    assert not [parts for parts in paths if {"..", "", "etc-00000", ".kitserve-x0"} & {*parts}]


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    body = json.dumps("x" * (LIMIT - 2))
    (tmp_path / "most").write_text(body)
    (tmp_path / "more").write_text(f"{body} ")

    assert load("most", tmp_path) == "x" * (LIMIT - 2)
    assert load("more", tmp_path) is None
