"""The engine `kit` and what values and services ask for: handed on if kit has it, else refused, by `--check` too."""

import os
from pathlib import Path

import pytest

from tests.image.initializer import Initializer, listing
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

ENVIRONMENT, UNEXPECTED_DIGEST = 3, 25
KIT = {"KITSERVE_ENGINE": "kit"}
WORDS = "words"


@pytest.fixture
def stand_in(tmp_path: Path) -> dict[str, str]:
    """The variables for a `kit` that unpacks nothing but the words it was given, a line each."""
    program = tmp_path / "bin" / "kit"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{WORDS}\n")
    program.chmod(0o755)
    return {**KIT, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def source(registry: Registry) -> str:
    return f"kit://{registry.host}/golden/iris:v1"


@pytest.mark.parametrize("check", [False, True], ids=["deliver", "check"])
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"KITSERVE_LAYOUT": "model"},
            "doesn't have the layout model; use the engine native, or the layout kit",
        ),
        ({"KITSERVE_SERVICE_LAYOUT": "model"}, "or the annotation kitserve.io/layout)"),
        (
            {"STORAGE_ALLOW_PATTERNS": "*.joblib"},
            "neither STORAGE_ALLOW_PATTERNS nor STORAGE_IGNORE_PATTERNS",
        ),
        ({"STORAGE_IGNORE_PATTERNS": "*.md"}, "use the engine native, or filters"),
    ],
)
def test_what_kit_lacks_is_refused_before_anything_is_asked(  # noqa: PLR0913, PLR0917 - a table beside fixtures
    registry: Registry,
    initializer: Initializer,
    source: str,
    variables: dict[str, str],
    sentence: str,
    check: bool,
) -> None:
    before = len(registry.accesses())
    run = initializer(*(["--check"] if check else []), source, **KIT, **variables)

    assert run.exit == ENVIRONMENT, run.stderr
    assert sentence in run.last_line
    assert not initializer.destination.exists()
    assert len(registry.accesses()) == before


def test_check_misses_a_kit_as_a_pod_would(initializer: Initializer, source: str) -> None:
    run = initializer("--check", source, **KIT | {"PATH": "/nonexistent"})

    assert run.exit == ENVIRONMENT
    assert "there is no `kit` on PATH" in run.last_line


def test_check_asks_the_registry_and_runs_no_kit(
    initializer: Initializer, source: str, stand_in: dict[str, str], modelkits: dict[str, ModelKit]
) -> None:
    run = initializer("--check", source, **stand_in)

    assert run.exit == 0, run.stderr
    assert modelkits["iris"].expected["manifest_digest"] in run.stderr
    assert not initializer.destination.exists()


def test_kit_gets_the_services_filters_and_flags(
    initializer: Initializer, source: str, stand_in: dict[str, str], modelkits: dict[str, ModelKit]
) -> None:
    run = initializer(
        source,
        flags="--plain-http --filter model",
        KITSERVE_SERVICE_FILTER="docs 'code:src/train.py'",
        KITSERVE_SERVICE_UNPACK_FLAGS="-o",
        **stand_in,
    )

    assert run.exit == 0, run.stderr
    verb, pinned, *words = (initializer.destination / WORDS).read_text().splitlines()
    assert (verb, pinned.partition("@")[2]) == ("unpack", modelkits["iris"].expected["manifest_digest"])
    assert words == ["--plain-http=true", "--overwrite=true", "--filter=docs", "--filter=code:src/train.py"]


def test_kit_isnt_run_for_another_digest_than_the_service_demands(
    initializer: Initializer, source: str, stand_in: dict[str, str]
) -> None:
    run = initializer(source, KITSERVE_SERVICE_DIGEST=f"sha256:{'0' * 64}", **stand_in)

    assert run.exit == UNEXPECTED_DIGEST
    assert not initializer.destination.exists()


def test_a_service_may_go_back_to_the_layout_that_kit_has(
    initializer: Initializer, source: str, stand_in: dict[str, str]
) -> None:
    run = initializer(source, KITSERVE_LAYOUT="model", KITSERVE_SERVICE_LAYOUT="kit", **stand_in)

    assert run.exit == 0, run.stderr


@pytest.mark.parametrize("filters", ["model", "docs code", "datasets:data/iris.csv", "'model,docs' kitfile"])
def test_steered_engines_leave_the_same_tree(
    initializer: Initializer, source: str, engine: dict[str, str], filters: str
) -> None:
    ours, theirs = initializer.folder / "ours", initializer.folder / "theirs"
    steering = {"KITSERVE_SERVICE_FILTER": filters, "KITSERVE_SERVICE_UNPACK_FLAGS": "--progress none -v"}

    native = initializer(source, ours, flags="--plain-http -f code", **steering)
    kitops = initializer(source, theirs, flags="--plain-http -f code", **steering, **engine)

    assert (native.exit, kitops.exit) == (0, 0), kitops.stderr
    assert listing(theirs) == listing(ours) != {}
