"""Every ModelKit that a real kit packed is unpacked as a real `kit unpack` unpacked it."""

import shlex
from typing import Any

import pytest

from tests.image.initializer import Initializer, listing
from tests.image.modelkit.recorded_runs import KIT_RUNS, MODELPACK_RUNS
from tests.parts.modelkits import ModelKit, modelkits
from tests.parts.registry import Registry


@pytest.mark.parametrize(("modelkit", "expected"), KIT_RUNS + MODELPACK_RUNS)
def test_unpacks_as_kit_does(
    registry: Registry, initializer: Initializer, modelkit: ModelKit, expected: dict[str, Any]
) -> None:
    initializer.destination.mkdir()

    run = initializer(
        f"kit://{registry.host}/{modelkit.repository}:v1",
        flags=shlex.join(["--plain-http", *expected["flags"]]),
    )

    assert (run.exit == 0) == (expected["exit"] == 0), run.stderr
    assert listing(initializer.destination) == expected["tree"]
    if expected["kitfile"] is not None:
        assert (initializer.destination / "Kitfile").read_text() == expected["kitfile"]


def test_a_digest_is_as_good_as_a_tag(registry: Registry, initializer: Initializer) -> None:
    expected = modelkits()["iris"].expected

    run = initializer(f"kit://{registry.host}/golden/iris@{expected['manifest_digest']}")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == expected["runs"][0]["tree"]


def test_a_missing_tag_is_latest_and_said_so(registry: Registry, initializer: Initializer) -> None:
    registry.push_layout(modelkits()["base"].archive, "golden/untagged", "latest")

    run = initializer(f"kit://{registry.host}/golden/untagged")

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "base.bin").exists()
    assert "golden/untagged:latest" in run.stderr


def test_two_pairs_go_to_two_places(registry: Registry, initializer: Initializer) -> None:
    first, second = initializer.folder / "mnt/models/a", initializer.folder / "mnt/models/b"

    run = initializer(
        f"kit://{registry.host}/golden/iris:v1", first, f"kit://{registry.host}/golden/base:v1", second
    )

    assert run.exit == 0, run.stderr
    for name, place in (("iris", first), ("base", second)):
        assert listing(place) == modelkits()[name].expected["runs"][0]["tree"]


def test_the_first_lines_tell_what_is_unpacked(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", flags="--plain-http -f model,docs")

    first, second, *_ = run.stderr.splitlines()
    digest = modelkits()["iris"].expected["manifest_digest"]
    assert f"kit://{registry.host}/golden/iris:v1 goes to {initializer.destination}" in first
    assert f"kit://{registry.host}/golden/iris:v1 is {digest}" in second
    assert second.endswith("credentials: anonymous, filters: model,docs, layout: kit")
    assert run.stdout == ""
    assert run.termination == ""
