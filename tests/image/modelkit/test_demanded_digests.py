"""Where a digest is demanded it binds all that is unpacked: parents by tag are refused, or have to be answered for."""

import json
import os
from pathlib import Path

import pytest

from tests.image.initializer import MARKER, Initializer, Run
from tests.image.packing import Packed, file, layer, pack
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

UNEXPECTED, PATH_EXISTS = 25, 30
ALLOWED = {"KITSERVE_ALLOW_PARENTS_BY_TAG": "true"}
WEIGHTS = layer(file("base", b"w" * 1000))


def by_tag(made: Packed) -> str:
    return made.uri.removeprefix("kit://")


def by_digest(made: Packed) -> str:
    return made.pinned.removeprefix("kit://")


def child(registry: Registry, parent: str, name: str = "adapter") -> Packed:
    return pack(registry, layer(file(name)), claim=lambda config: config["model"].update(path=parent))


@pytest.fixture(scope="module")
def parent(registry: Registry) -> Packed:
    return pack(registry, WEIGHTS)


def refused(run: Run, initializer: Initializer, parent: Packed) -> bool:
    return (
        run.exit == UNEXPECTED
        and f"a digest is demanded, and kit://{parent.host}/" in run.termination
        and f"builds on {parent.uri}, a tag" in run.termination
        and "allowParentsByTag, KITSERVE_ALLOW_PARENTS_BY_TAG" in run.termination
        and not initializer.destination.exists()
    )


def demand(made: Packed, how: str) -> tuple[str, dict[str, str]]:
    """A source, and variables, that demand a ModelKit's digest."""
    return (made.pinned, {}) if how == "reference" else (made.uri, {"KITSERVE_SERVICE_DIGEST": made.digest})


@pytest.mark.parametrize("how", ["reference", "annotation"])
@pytest.mark.parametrize("check", [False, True], ids=["unpack", "check"])
def test_a_parent_by_tag_is_refused(
    registry: Registry, initializer: Initializer, parent: Packed, how: str, check: bool
) -> None:
    source, variables = demand(child(registry, by_tag(parent)), how)

    run = initializer(*(["--check"] if check else []), source, **variables)

    assert refused(run, initializer, parent), run.stderr


@pytest.mark.parametrize("how", ["reference", "annotation"])
@pytest.mark.parametrize("flags", ["-f model", "-o", "-i"])
def test_a_grandparent_by_tag_is_refused(
    registry: Registry, initializer: Initializer, parent: Packed, how: str, flags: str
) -> None:
    """Below a parent by digest too, which binds itself alone."""
    middle = child(registry, by_tag(parent), "middle")
    source, variables = demand(child(registry, by_digest(middle)), how)

    run = initializer(source, flags=f"--plain-http {flags}", **variables)

    assert refused(run, initializer, parent), run.stderr


def test_a_parent_without_a_tag_is_one_by_tag(
    registry: Registry, initializer: Initializer, parent: Packed
) -> None:
    latest = pack(registry, WEIGHTS, repository=f"{parent.repository}/latest")
    made = child(registry, by_tag(latest).replace(":v1", ":latest"))

    assert initializer(made.pinned).exit == UNEXPECTED


def test_a_parent_by_tag_is_asked_for_nothing_where_no_digest_could_be_its(
    registry: Registry, initializer: Initializer, parent: Packed
) -> None:
    with Proxy(registry.url) as proxy:
        made = child(registry, f"{proxy.host}/{parent.repository}:v1")
        run = initializer(made.pinned)

    assert run.exit == UNEXPECTED, run.stderr
    assert proxy.seen == []


@pytest.mark.parametrize("how", ["reference", "annotation"])
def test_parents_by_digest_are_bound(
    registry: Registry, initializer: Initializer, parent: Packed, how: str
) -> None:
    middle = child(registry, by_digest(parent), "middle")
    source, variables = demand(child(registry, by_digest(middle)), how)

    run = initializer(source, **variables)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "base").exists()


@pytest.mark.parametrize("how", ["reference", "annotation"])
def test_parents_by_tag_can_be_allowed(
    registry: Registry, initializer: Initializer, parent: Packed, how: str
) -> None:
    source, variables = demand(child(registry, by_tag(parent)), how)

    run = initializer(source, **variables, **ALLOWED)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "base").exists()


@pytest.mark.parametrize("pinned", [False, True], ids=["tag", "digest"])
def test_the_annotation_may_name_the_parents_digests(
    registry: Registry, initializer: Initializer, parent: Packed, pinned: bool
) -> None:
    middle = child(registry, by_tag(parent), "middle")
    made = child(registry, by_tag(middle))
    source = made.pinned if pinned else made.uri
    places = (initializer.folder / name for name in ("all", "one"))

    run, short = (
        initializer(source, place, KITSERVE_SERVICE_DIGEST=" ".join(each.digest for each in named))
        for place, named in zip(places, ([made, middle, parent], [made, middle]), strict=True)
    )

    assert run.exit == 0, run.stderr
    assert short.exit == UNEXPECTED, short.stderr
    assert f"{parent.uri}, a tag that is {parent.digest}" in short.termination


def test_a_parent_s_tag_that_moved_is_another_digest(registry: Registry, initializer: Initializer) -> None:
    parent = pack(registry, WEIGHTS)
    made = child(registry, by_tag(parent))
    pack(registry, layer(file("base", b"evil")), repository=parent.repository)

    run = initializer(made.uri, KITSERVE_SERVICE_DIGEST=f"{made.digest} {parent.digest}")

    assert run.exit == UNEXPECTED, run.stderr
    assert not initializer.destination.exists()


def test_parents_that_nothing_is_taken_of_aren_t_looked_at(
    registry: Registry, initializer: Initializer, parent: Packed
) -> None:
    run = initializer(child(registry, by_tag(parent)).pinned, flags="--plain-http -f docs,kitfile")

    assert run.exit == 0, run.stderr


def test_without_a_demand_tags_are_as_good(
    registry: Registry, initializer: Initializer, parent: Packed
) -> None:
    assert initializer(child(registry, by_tag(parent)).uri).exit == 0


@pytest.mark.parametrize("how", ["reference", "annotation"])
def test_what_was_unpacked_without_a_demand_does_not_meet_one(
    registry: Registry, initializer: Initializer, parent: Packed, how: str
) -> None:
    made = child(registry, by_tag(parent))
    assert initializer(made.uri).exit == 0
    assert json.loads((initializer.destination / MARKER).read_text())["parentsByTag"] == [parent.digest]
    source, variables = demand(made, how)

    refused = initializer(source, **variables)
    named = initializer(source, KITSERVE_SERVICE_DIGEST=f"{made.digest} {parent.digest}")
    allowed = initializer(source, **variables, **ALLOWED)

    assert refused.exit == UNEXPECTED, refused.stderr
    assert (named.exit, allowed.exit) == (0, 0), named.stderr + allowed.stderr
    assert "already, unpacked as asked for" in named.stderr
    assert "already, unpacked as asked for" in allowed.stderr


def test_the_engine_kit_looks_a_parent_s_tag_up_by_itself(
    registry: Registry, initializer: Initializer, parent: Packed
) -> None:
    """So that no digest in the annotation binds what it gets."""
    program = initializer.folder / "bin/kit"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    engine = {"KITSERVE_ENGINE": "kit", "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    made = child(registry, by_tag(parent))
    both = f"{made.digest} {parent.digest}"

    for arguments in ((made.uri,), ("--check", made.uri)):
        run = initializer(*arguments, KITSERVE_SERVICE_DIGEST=both, **engine)
        assert run.exit == UNEXPECTED, run.stderr
        assert (
            f"the engine kit looks the tag of {parent.uri}, a parent, up again by itself" in run.termination
        )
    assert initializer(made.pinned, **engine).exit == UNEXPECTED
    assert initializer(made.pinned, **engine, **ALLOWED).exit == 0
    assert not Path(initializer.destination / "base").exists()
