"""ModelKits that build on others: their model's path is a reference."""

import json
import shutil
from hashlib import sha256
from typing import Any

import pytest

from tests.image.initializer import MARKER, Initializer, listing
from tests.image.modelkit.families import ADAPTER, WEIGHTS, child, packed_by_kit, reference
from tests.image.packing import Packed, digest, file, fresh, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry

UNAUTHORIZED, NOT_FOUND, INVALID, CORRUPT, PATH_EXISTS = 10, 12, 21, 22, 30


def moved(tree: dict[str, Any], kitfile: str | None, registry: Registry) -> dict[str, Any]:
    """The recorded tree, with the Kitfile that names this registry."""
    if kitfile is None:
        return tree
    body = kitfile.replace("localhost:5000", registry.host).encode()
    return tree | {"Kitfile": tree["Kitfile"] | {"size": len(body), "sha256": sha256(body).hexdigest()}}


RUNS = modelkits()["child"].expected["runs"]


@pytest.mark.parametrize("expected", RUNS, ids=lambda run: " ".join(run["flags"]))
@pytest.mark.parametrize("engine", ["native", "kit"])
def test_unpacks_a_parent_as_kit_does(
    registry: Registry, initializer: Initializer, engine: str, expected: dict[str, Any]
) -> None:
    if engine == "kit" and not shutil.which("kit"):
        pytest.xfail("there is no `kit` on PATH: the engine `kit` is NOT compared with the native one")
    initializer.destination.mkdir()

    run = initializer(
        packed_by_kit(registry),
        flags=" ".join(["--plain-http", *expected["flags"]]),
        KITSERVE_ENGINE=engine,
    )

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == moved(expected["tree"], expected["kitfile"], registry)


def test_only_the_model_and_its_parts_are_taken_of_a_parent(
    registry: Registry, initializer: Initializer
) -> None:
    """Grandparents too; the Kitfile is the child's."""
    grandparent = pack(registry, WEIGHTS)
    parent = child(registry, reference(grandparent), layer(file("middle")))
    made = child(registry, reference(parent))

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"Kitfile", "base", "base/weights", "middle", "adapter"}
    assert reference(parent) in (initializer.destination / "Kitfile").read_text()
    for one, other in ((made, parent), (parent, grandparent)):
        assert f"{one.uri} builds on {other.uri}, which is {other.digest}, credentials: anon" in run.stderr


def test_a_parent_that_nothing_is_wanted_of_is_not_asked_for(
    registry: Registry, initializer: Initializer
) -> None:
    run = initializer(child(registry, "localhost:1/gone:v1").uri, flags="--plain-http -f docs,kitfile")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"Kitfile"}


@pytest.mark.parametrize(("parents", "code"), [(10, 0), (11, INVALID)])
def test_ten_parents_are_enough(
    registry: Registry, initializer: Initializer, parents: int, code: int
) -> None:
    made = pack(registry, WEIGHTS)
    for number in range(parents):
        made = child(registry, reference(made), layer(file(f"part-{number}")))

    run = initializer(made.uri, flags="--plain-http -f model")

    assert run.exit == code, run.stderr
    if code:
        assert "the ModelKit has more than 10 parents: " in run.termination
        assert run.termination.count(" => ") == 11
        assert listing(initializer.folder).keys() == {"termination-log"}
    else:
        assert len(list(initializer.destination.glob("part-*"))) == 10


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_is_found_before_anything_is_fetched(
    registry: Registry, initializer: Initializer, length: int
) -> None:
    names = [fresh() for _ in range(length)]
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        made = child(registry, f"{registry.host}/{following}:v1", repository=name)

    run = initializer(made.uri)

    assert run.exit == INVALID, run.stderr
    assert "ModelKits build on each other in a circle: " in run.termination
    assert run.termination.count(" => ") == length
    blobs = [access.path for access in registry.accesses() if access.path.endswith(digest(ADAPTER))]
    assert not [path for path in blobs if any(name in path for name in names) and "uploads" not in path]


@pytest.mark.parametrize(
    "name", ["base:v1", "models/base:v1", "localhost/base:v1", "base@sha256:" + "0" * 64]
)
def test_a_parent_of_a_local_store_is_told(registry: Registry, initializer: Initializer, name: str) -> None:
    run = initializer(child(registry, name).uri)

    assert run.exit == INVALID, run.stderr
    assert f"the ModelKit builds on {name!r}, which names no registry; push that one" in run.termination


@pytest.mark.parametrize("scheme", ["", "kit://", "https://"])
@pytest.mark.parametrize(
    "name",
    [
        "user:planted-p4ss@registry.example.com/a:v1",
        "user:planted-p4ss@registry.example.com/a",
        "user:a/planted-p4ss@registry.example.com/a:v1",
        "user:planted-p4ss@localhost:5000/a@sha256:" + "0" * 64,
    ],
)
@pytest.mark.parametrize("flags", ["", "-f model", "-f docs", "-vvv"])
def test_a_parent_with_a_password_is_refused_and_it_is_not_repeated(
    registry: Registry, initializer: Initializer, name: str, scheme: str, flags: str
) -> None:
    run = initializer(child(registry, scheme + name).uri, flags=f"--plain-http {flags}")

    assert "planted-p4ss" not in run.everything
    if flags != "-f docs":
        assert run.exit == INVALID, run.stderr
        assert "a reference that holds a user; pack with a reference without one" in run.termination


def test_a_parent_that_is_gone(registry: Registry, initializer: Initializer) -> None:
    run = initializer(child(registry, f"{registry.host}/{fresh()}:v1").uri)

    assert run.exit == NOT_FOUND, run.stderr
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_parent_s_damage_counts_as_the_child_s(registry: Registry, initializer: Initializer) -> None:
    parent = pack(registry, layer(file("base", bytes(range(256)) * 400)))
    registry.storage.flip_byte(parent.layers[0], 700)

    run = initializer(child(registry, reference(parent)).uri)

    assert run.exit == CORRUPT, run.stderr
    assert parent.layers[0] in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


@pytest.mark.parametrize(("flags", "content"), [("", None), ("-o", b"mine"), ("-i", b"base")])
def test_what_both_hold_goes_by_the_flags(
    registry: Registry, initializer: Initializer, flags: str, content: bytes | None
) -> None:
    parent = pack(registry, layer(file("both", b"base")))
    made = child(registry, reference(parent), layer(file("both", b"mine")))

    run = initializer(made.uri, flags=f"--plain-http -f model {flags}")

    assert run.exit == (PATH_EXISTS if content is None else 0), run.stderr
    if content:
        assert (initializer.destination / "both").read_bytes() == content


@pytest.fixture
def elsewhere(token_registry: Registry, private_registry: Registry) -> tuple[Packed, dict[str, str]]:
    """A child in one registry, its parent in another, and what logs in to both."""
    assert token_registry.auth
    assert private_registry.auth
    parent = pack(token_registry, WEIGHTS)
    made = child(private_registry, reference(parent))
    login = {"username": token_registry.auth.user, "password": token_registry.auth.password}
    return (
        made,
        {
            "KIT_USER": private_registry.auth.user,
            "KIT_PASSWORD": private_registry.auth.password,
            "KITSERVE_DOCKER_CONFIG_JSON": json.dumps({"auths": {f"{token_registry.host}/made": login}}),
        },
    )


def test_each_registry_gets_its_own_credentials(
    initializer: Initializer, elsewhere: tuple[Packed, dict[str, str]]
) -> None:
    """The parent's entry is for a repository of its registry, as podman has it."""
    made, variables = elsewhere

    run = initializer(made.uri, **variables)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "base/weights").stat().st_size == 70_000
    assert "credentials: KIT_USER, filters" in run.stderr
    assert "credentials: KITSERVE_DOCKER_CONFIG_JSON\n" in run.stderr


def test_no_credentials_of_the_child_s_go_to_its_parent_s_registry(
    private_registry: Registry, registry: Registry, initializer: Initializer
) -> None:
    assert private_registry.auth
    parent = pack(registry, WEIGHTS)
    login = {"KIT_USER": private_registry.auth.user, "KIT_PASSWORD": private_registry.auth.password}
    with Proxy(registry.url) as proxy:
        made = child(private_registry, f"{proxy.host}/{parent.repository}:v1")
        run = initializer(made.uri, **login)
        asks = Fault(status=401, headers={"WWW-Authenticate": 'Basic realm="kitserve"'})
    with Proxy(registry.url, lambda _: asks) as proxy:
        made = child(private_registry, f"{proxy.host}/{parent.repository}:v1")
        refused = initializer(made.uri, initializer.folder / "refused", **login)

    assert (run.exit, refused.exit) == (0, UNAUTHORIZED), run.stderr + refused.stderr
    assert not [seen for seen in proxy.seen if "Authorization" in seen.headers]


def test_check_looks_for_the_parents_too(registry: Registry, initializer: Initializer) -> None:
    run = initializer("--check", child(registry, f"{registry.host}/{fresh()}:v1").uri)

    assert run.exit == NOT_FOUND, run.stderr


def test_what_was_unpacked_serves_again_though_a_parent_s_tag_has_moved(
    registry: Registry, initializer: Initializer
) -> None:
    parent = pack(registry, WEIGHTS)
    made = child(registry, reference(parent))
    assert initializer(made.uri).exit == 0
    before = listing(initializer.destination)
    pack(registry, layer(file("newer")), repository=parent.repository)

    again = initializer(made.uri)

    assert again.exit == 0, again.stderr
    assert "already, unpacked as asked for" in again.stderr
    assert listing(initializer.destination) == before
    marker = json.loads((initializer.destination / MARKER).read_text())
    assert marker["parents"] == [parent.digest]


def test_what_a_killed_run_put_together_of_another_parent_is_not_taken_up(
    registry: Registry, initializer: Initializer
) -> None:
    parent = pack(registry, WEIGHTS)
    made = child(registry, reference(parent))
    place = initializer.folder / "again"
    assert initializer(made.uri).exit == 0
    left = place / ".kitserve-staging"
    (left / "result").mkdir(parents=True)
    (left / "result" / "old").write_text("of the old parent")
    (left / "plan.json").write_bytes((initializer.destination / MARKER).read_bytes())
    pack(registry, layer(file("newer")), repository=parent.repository)

    run = initializer(made.uri, place)

    assert run.exit == 0, run.stderr
    assert listing(place).keys() == {"Kitfile", "adapter", "newer"}
