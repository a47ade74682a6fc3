"""DaemonSets whose pods keep images of models on nodes: their volumes are judged as other pods' are."""

import json
from typing import Any

import pytest

from tests.generator.check.imagevolume.parts import PIN, image
from tests.generator.check.manifests import codes, mutated
from tests.generator.command_line import CommandLine

POD = "spec.template.spec"


def daemon_set(*volumes: dict[str, Any], mounts: object = None) -> dict[str, Any]:
    container = {"name": "pause", "image": "registry.k8s.io/pause:3.10", "volumeMounts": mounts or []}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "iris"},
        "spec": {"template": {"spec": {"containers": [container], "volumes": list(volumes)}}},
    }


SAID: dict[str, tuple[dict[str, Any], set[str]]] = {
    "by digest": (daemon_set(image()), set()),
    "a ModelKit's own image": (daemon_set(image(reference=f"r.io/iris:sha256-{'0' * 64}.image")), set()),
    "by tag": (daemon_set(image(reference="r.io/iris:v1")), {"KS164"}),
    "by tag, pulled again": (daemon_set(image(reference="r.io/iris:v1", pullPolicy="Always")), set()),
    "a ModelKit": (daemon_set(image(reference="kit://r.io/iris:v1")), {"KS165"}),
    "nothing that a node reads": (daemon_set(image(reference="r.io/Iris:v1")), {"KS165"}),
    "no reference": (daemon_set({"name": "model", "image": {}}), {"KS188"}),
    "two sources": (daemon_set(image() | {"emptyDir": {}}), {"KS188"}),
    "a policy that nobody knows": (daemon_set(image(pullPolicy="Sometimes")), {"KS186"}),
    "a mount outside": (
        daemon_set(image(), mounts=[{"name": "model", "mountPath": "/mnt/models", "subPath": "../a"}]),
        {"KS188"},
    ),
    "the second of two": (daemon_set(image(), image("b", reference="r.io/iris:v1")), {"KS164"}),
    "other volumes": (daemon_set({"name": "logs", "hostPath": {"path": "/var/log"}}), set()),
    "none": (mutated(daemon_set(), f"{POD}.volumes", None), set()),
    "no pod": (mutated(daemon_set(), "spec", {"template": 1}), set()),
    "of another group": (
        daemon_set(image(reference="r.io/iris:v1")) | {"apiVersion": "example.com/v1"},
        set(),
    ),
}


@pytest.mark.parametrize(("item", "said"), SAID.values(), ids=SAID)
def test_its_volumes_are_judged(item: dict[str, Any], said: set[str]) -> None:
    assert codes(item) == said


def test_in_a_file_it_is_told_at_its_line_and_that_the_rest_is_not_checked(kitserve: CommandLine) -> None:
    item = daemon_set(image(reference="r.io/iris:v1"))
    told = kitserve("validate", "-", stdin=json.dumps(item, indent=1))

    assert "warning[KS164] spec.template.spec.volumes[0].image.reference" in told.err
    assert "DaemonSet iris: only its volumes are checked: kitserve doesn't know its kind" in told.err


PREFETCH = "imageVolumes:\n  prefetch:\n    iris:\n      uri: {uri}\n"


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("kit://r.io/iris:v1", "4:7: warning[KS164] imageVolumes.prefetch.iris.uri"),
        (f"kit://{PIN}", ""),
    ],
    ids=["by tag", "by digest"],
)
def test_values_are_told_at_the_uri(uri: str, said: str, kitserve: CommandLine) -> None:
    told = kitserve("validate", "-", stdin=PREFETCH.format(uri=uri))

    assert ("KS164" in told.err) == bool(said)
    assert said in told.err
