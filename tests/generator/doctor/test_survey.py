"""What registries say of ModelKits and images: faults are data, and a login is tried without telling it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kitserve.doctor.remote.asked import modelkit_of
from kitserve.registry import survey

from tests.image.packing import Packed, file, layer, pack
from tests.parts.modelkits import modelkits
from tests.parts.registry import Basic, Registry

HTTP = ("--plain-http",)
USER = Basic("reader", "s3cr3t-for-a-survey")
RIGHT = {"KIT_USER": USER.user, "KIT_PASSWORD": USER.password}


@pytest.fixture(scope="module")
def private() -> Iterator[tuple[Registry, Packed]]:
    with Registry(USER) as started:
        yield started, pack(started, layer(file("model.bin", b"x" * 5000)))


def test_several_are_asked_and_one_fault_hides_no_other(registry: Registry, home: Path) -> None:  # noqa: ARG001 - who has no login
    iris = modelkits()["iris"]
    registry.push_layout(iris.archive, iris.repository, "v1")
    there = f"kit://{registry.host}/{iris.repository}:v1"
    asked = [
        *(there, f"kit://{registry.host}/{iris.repository}:nowhere", "kit://127.0.0.1:1/a:b"),
        *("kit://no-registry", "kit://user:pass@r.io/a:b", there),
    ]

    found = survey.modelkits(asked, HTTP, {})

    assert found[there].digest == iris.expected["manifest_digest"]
    assert (found[there].needs_login, found[there].login, found[there].fault) == (False, "anonymous", None)
    assert found[there].size > 0
    names = {text: seen.fault.name for text, seen in found.items() if seen.fault}
    assert list(names.values()) == ["InvalidReference", "InvalidReference", "NotFound", "RegistryUnreachable"]
    assert "pass" not in repr([seen.fault for seen in found.values()])


@pytest.mark.parametrize(
    ("variables", "name", "needs"),
    [
        (RIGHT, None, True),
        ({}, "Unauthorized", True),
        (RIGHT | {"KIT_PASSWORD": "wrong"}, "Unauthorized", True),
    ],
    ids=["right", "none", "wrong"],
)
def test_a_login(
    private: tuple[Registry, Packed],
    home: Path,  # noqa: ARG001 - who has no login
    variables: dict[str, str],
    name: str | None,
    needs: bool,
) -> None:
    _, packed = private

    (seen,) = survey.modelkits([packed.uri], HTTP, variables).values()

    assert (seen.fault.name if seen.fault else None, seen.needs_login) == (name, needs)
    assert USER.password not in repr(seen)


def test_an_image_is_named_as_dockers_are(registry: Registry, home: Path) -> None:  # noqa: ARG001 - who has no login
    made = pack(registry, layer(file("model.bin")))
    there = made.uri.removeprefix("kit://")

    found = survey.images([there, f"{there}-no", "Bad Name"], HTTP, {})

    assert found[there].fault is None
    assert found[there].digest.startswith("sha256:")
    assert {each: seen.fault.name for each, seen in found.items() if seen.fault} == {
        f"{there}-no": "NotFound",
        "Bad Name": "InvalidReference",
    }


def test_an_image_with_two_names_is_told_by_both(home: Path) -> None:  # noqa: ARG001 - who has no login
    names = ["Bad/Name", "docker.io/Bad/Name"]

    found = survey.images(names, HTTP, {})

    assert [*found] == names


@pytest.mark.parametrize(
    ("image", "modelkit"),
    [
        ("r.io/models/iris:v1.image", "kit://r.io/models/iris:v1"),
        ("r.io:5000/a:v1.2.image-0123456789", "kit://r.io:5000/a:v1.2"),
        (f"r.io/a:sha256-{'0' * 64}.image", f"kit://r.io/a@sha256:{'0' * 64}"),
        (f"r.io/a:sha256-{'0' * 64}.image-abcdef0123", f"kit://r.io/a@sha256:{'0' * 64}"),
        ("r.io/a:v1", ""),
        (f"r.io/a:v1.image@sha256:{'0' * 64}", ""),
        ("r.io/a", ""),
    ],
)
def test_an_image_names_its_modelkit(image: str, modelkit: str) -> None:
    assert modelkit_of(image) == modelkit
