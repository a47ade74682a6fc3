"""`kitserve inspect` shows what a ModelKit is, and fetches no layer."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.generator.cli.verifying import of, unsigned
from tests.generator.command_line import CommandLine, Result
from tests.image.packing import file, layer, pack
from tests.image.trust.judging import sign, sign_by_tag
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry
from tests.parts.signing.keys import SigningKey

Inspect = Callable[..., Result]
KINDS = {
    **dict.fromkeys(("modelpack-raw", "modelpack-tar", "docker-modelpack", "ramalama"), "ModelPack"),
    **dict.fromkeys(("docker-gguf", "docker-folder"), "model of Docker Model Runner"),
}

KITS = modelkits()


@pytest.fixture
def inspect(kitserve: CommandLine, home: Path) -> Inspect:  # noqa: ARG001 - who has no login
    def run(reference: str, *arguments: object) -> Result:
        return kitserve("inspect", reference, "--plain-http", *arguments)

    return run


@pytest.fixture(scope="module")
def stocked(registry: Registry) -> Registry:
    """The registry with every fixture that isn't tied to a port."""
    for name, kit in KITS.items():
        if name != "child":
            registry.push_layout(kit.archive, kit.repository, "v1")
    return registry


@pytest.mark.parametrize("name", [name for name in KITS if name != "child"])
def test_each_kind_of_artifact_is_told_whole(name: str, stocked: Registry, inspect: Inspect) -> None:
    kit = KITS[name]
    ran = inspect(f"kit://{stocked.host}/{kit.repository}:v1", "-o", "json")
    found = json.loads(ran.out)

    assert ran.exit_code == 0
    assert found["digest"] == kit.expected["manifest_digest"]
    assert found["kind"] == KINDS.get(name, "ModelKit")
    assert found["size"] == sum(layer["size"] for layer in found["layers"]) > 0
    unpacked = kit.expected["runs"][0].get("kitfile")
    assert found["kitfile"] == (unpacked or "")


def test_people_read_sizes_paths_and_the_kitfile(stocked: Registry, inspect: Inspect) -> None:
    kit = KITS["iris"]
    reference = f"kit://{stocked.host}/{kit.repository}:v1"
    ran = inspect(reference)
    lines = ran.out.splitlines()

    assert lines[:3] == [
        reference,
        f"  digest:      {kit.expected['manifest_digest']}",
        "  kind:        ModelKit, format 1.0.0",
    ]
    assert lines[3].endswith("KiB in 4 layers")
    assert lines[4:6] == ["  signatures:  none", "  image:       none; `kitserve image` makes it"]
    assert [line.split()[:2] for line in lines[7:11]] == [
        ["model", "model.joblib"],
        ["code", "src/train.py"],
        ["datasets", "data/iris.csv"],
        ["docs", "README.md"],
    ]
    assert "  manifestVersion: 1.0.0" in lines


def test_json_and_yaml_say_the_same(stocked: Registry, inspect: Inspect) -> None:
    reference = f"kit://{stocked.host}/golden/names:v1"

    assert YAML(typ="safe").load(inspect(reference, "-o", "yaml").out) == json.loads(
        inspect(reference, "-o", "json").out
    )


def test_no_layer_is_fetched(registry: Registry, inspect: Inspect) -> None:
    made = unsigned(registry)
    inspect(made.uri)

    fetched = {
        entry.path.rpartition("/")[2] for entry in registry.accesses() if made.repository in entry.path
    }
    assert made.config in fetched
    assert not fetched & {*made.layers}


def test_parents_are_told_and_counted(registry: Registry, inspect: Inspect) -> None:
    base = unsigned(registry)
    child = pack(
        registry,
        layer(file("adapter", b"a" * 10)),
        claim=lambda config: config["model"].update(path=base.pinned.removeprefix("kit://")),
    )
    found = json.loads(inspect(child.uri, "-o", "json").out)

    assert found["parents"] == [{"reference": base.pinned, "digest": base.digest}]
    assert found["size"] > sum(layer["size"] for layer in found["layers"])
    assert f"  builds on:   {base.pinned}\n" in inspect(child.uri).out


def test_signatures_are_counted_and_not_judged(
    registry: Registry, inspect: Inspect, alice: SigningKey
) -> None:
    made = unsigned(registry)
    sign(of(registry, made), alice)
    sign_by_tag(of(registry, made), alice)

    assert json.loads(inspect(made.uri, "-o", "json").out)["signatures"] == {
        "bundles": 1,
        "tagged": 1,
        "fault": "",
    }
    assert "1 in a bundle, 1 by a tag; `kitserve verify` judges them" in inspect(made.uri).out


def test_the_image_of_a_modelkit_is_told_until_its_tag_moves_on(
    registry: Registry, inspect: Inspect, kitserve: CommandLine
) -> None:
    made = unsigned(registry)
    image = kitserve("image", made.uri, "--plain-http").out.strip()

    assert json.loads(inspect(made.uri, "-o", "json").out)["image"] == image
    assert f"  image:       {image}\n" in inspect(made.uri).out

    pack(registry, layer(file("weights", b"new")), repository=made.repository)
    assert json.loads(inspect(made.uri, "-o", "json").out)["image"] == ""


def test_what_speaks_to_terminals_is_not_repeated(registry: Registry, inspect: Inspect) -> None:
    made = pack(
        registry,
        layer(file("weights")),
        claim=lambda config: config.update(package={"name": "\x1b]0;owned\x07", "description": "##[error]"}),
    )
    ran = inspect(made.uri)

    assert ran.exit_code == 0
    assert not {"\x1b", "\x07"} & {*ran.out}
    assert "##[error]" not in ran.out


@pytest.mark.parametrize(
    ("reference", "exit_code", "said"),
    [
        ("{host}/golden/iris:nosuch", 6, "nosuch"),
        ("{host}/no/such:v1", 6, "no/such"),
        ("127.0.0.1:9/golden/iris:v1", 6, "127.0.0.1:9"),
        ("iris:v1", 2, "names no registry"),
        ("s3://bucket/model", 2, "isn't a kit:// reference"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(
    reference: str, exit_code: int, said: str, stocked: Registry, inspect: Inspect
) -> None:
    ran = inspect(reference.format(host=stocked.host))

    assert (ran.exit_code, ran.out) == (exit_code, "")
    assert said in ran.err.splitlines()[-2] + ran.err.splitlines()[-1]


def test_an_image_is_refused_by_what_it_is(registry: Registry, inspect: Inspect) -> None:
    made = pack(
        registry,
        layer(file("weights")),
        twist=lambda manifest: manifest["config"].update(
            mediaType="application/vnd.oci.image.config.v1+json"
        ),
    )
    ran = inspect(made.uri)

    assert ran.exit_code == 1
    assert "isn't a ModelKit but a container image" in ran.err


HINTS = {
    "http": ("inspect {kit}", "if it should, add --plain-http"),
    "http, by verify": ("verify {kit} --key {key}", "if it should, add --plain-http"),
    "http, by image": ("image {kit}", "if it should, add --plain-http"),
    "no label": ("inspect {kit} --label small", "correct that option"),
    "nobody there": ("inspect 127.0.0.1:9/models/iris:v1", "that this machine reaches it"),
    "no registry": ("inspect iris:v1", "there is no local store, and a host must have a dot or a port"),
    "labels for no index": (
        "inspect {kit} --label a=b --plain-http",
        "leave out --label, or refer to an index",
    ),
    "an image of a ModelKit": (
        "inspect {image} --plain-http",
        "refer to the ModelKit: nodes mount its image",
    ),
}


@pytest.mark.parametrize(("command", "hint"), HINTS.values(), ids=HINTS)
def test_a_hint_is_for_who_runs_a_command(  # noqa: PLR0913, PLR0917 - fixtures
    command: str,
    hint: str,
    registry: Registry,
    kitserve: CommandLine,
    home: Path,
    alice: SigningKey,
) -> None:
    (home / "alice.pub").write_text(alice.public)
    made = unsigned(registry)
    image = kitserve("image", made.uri, "--plain-http").out.strip().removeprefix("oci+native://")

    ran = kitserve(*command.format(kit=made.uri, key=home / "alice.pub", image=image).split())

    assert ran.exit_code
    assert ran.err.splitlines()[-1].startswith("  hint: ")
    assert hint in ran.err
    assert not {"KIT_UNPACK_FLAGS", "pod"} & {*ran.err.split()}


def test_a_registry_that_asks_for_a_login_is_told_by_the_way_to_log_in(
    private_registry: Registry, inspect: Inspect
) -> None:
    ran = inspect(f"{private_registry.host}/golden/iris:v1")

    assert ran.exit_code == 6
    assert "log in by `docker login` or `podman login`, or set KIT_USER and KIT_PASSWORD" in ran.err
