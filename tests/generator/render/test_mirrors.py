"""Images at the mirrors of their registries."""

import re
from typing import Any

import pytest
from kitserve.helm.merge import merge_defaults
from kitserve.render.manifests.mirror import mirrored
from kitserve.render.release import Release
from kitserve.values.schema import defaults

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine
from tests.parts.page import blocks
from tests.rendering import checked, rendered

ALL = {"*": "mirror.example.com"}
BOTH = {"*": "mirror.example.com/all", "ghcr.io": "mirror.example.com:5000/ghcr"}
DIGEST = f"sha256:{'0' * 64}"
REFERENCES: dict[str, tuple[str, dict[str, str], str]] = {
    "registry replaced": ("ghcr.io/a/b:v1", ALL, "mirror.example.com/a/b:v1"),
    "digest kept": (f"ghcr.io/a@{DIGEST}", ALL, f"mirror.example.com/a@{DIGEST}"),
    "tag and digest kept": (f"ghcr.io/a:v1@{DIGEST}", ALL, f"mirror.example.com/a:v1@{DIGEST}"),
    "port": ("registry:5000/a", ALL, "mirror.example.com/a"),
    "localhost": ("localhost/a", ALL, "mirror.example.com/a"),
    "address": ("[::1]:5000/a:v1", ALL, "mirror.example.com/a:v1"),
    "path": ("ghcr.io/a/b/c", {"*": "m.example.com/x/y"}, "m.example.com/x/y/a/b/c"),
    "own mirror first": ("ghcr.io/a", BOTH, "mirror.example.com:5000/ghcr/a"),
    "others": ("quay.io/a", BOTH, "mirror.example.com/all/a"),
    "no mirror": ("quay.io/a", {"ghcr.io": "mirror.example.com"}, "quay.io/a"),
    "none at all": ("quay.io/a", {}, "quay.io/a"),
    "exempt": ("quay.io/a", {"*": "mirror.example.com", "quay.io": ""}, "quay.io/a"),
    "registry's own name": ("quay.io/a", {"*": "mirror.example.com", "quay.io": "quay.io"}, "quay.io/a"),
    "official image": ("busybox:1.36", ALL, "mirror.example.com/library/busybox:1.36"),
    "image of the hub": ("vllm/vllm-openai:v1", ALL, "mirror.example.com/vllm/vllm-openai:v1"),
    "hub by its name": ("a/b", {"docker.io": "m.example.com/hub"}, "m.example.com/hub/a/b"),
    "hub by its older name": ("index.docker.io/a", {"docker.io": "m.example.com"}, "m.example.com/library/a"),
    "official image by the hub's name": ("docker.io/a", {"docker.io": "m.example.com"}, "m.example.com/library/a"),
    "at the mirror already": ("mirror.example.com/all/a", BOTH, "mirror.example.com/all/a"),
    "at another mirror already": ("mirror.example.com:5000/ghcr/a", BOTH, "mirror.example.com:5000/ghcr/a"),
    "at the mirror's host": ("mirror.example.com/own/a", BOTH, "mirror.example.com/own/a"),
    "twice": ("r.io/cache/a", {"r.io": "r.io/cache"}, "r.io/cache/a"),
    "a path into the registry itself": ("r.io/a", {"r.io": "r.io/cache"}, "r.io/cache/a"),
    "not twice": ("ghcr.io/a", {"ghcr.io": "quay.io", "quay.io": "m.example.com"}, "quay.io/a"),
    "other port, other registry": ("ghcr.io:443/a", {"ghcr.io": "m.example.com"}, "ghcr.io:443/a"),
    "registry in capitals": ("GHCR.io/a", {"ghcr.io": "m.example.com"}, "GHCR.io/a"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_an_image_is_named_at_its_mirror(name: str) -> None:
    reference, mirrors, expected = REFERENCES[name]

    assert mirrored(reference, mirrors) == expected


def images(node: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """What stands under `image` as a text, anywhere in an object."""
    if isinstance(node, dict):
        own = [node["image"]] if isinstance(node.get("image"), str) else []
        return own + [found for child in node.values() for found in images(child)]
    return [found for child in node for found in images(child)] if isinstance(node, list) else []


CONTAINER = {"name": "a", "image": "ghcr.io/a"}
POD = {"containers": [CONTAINER]}
EVERYWHERE: dict[str, dict[str, Any]] = {
    "initializer": {},
    "jobs' initializer": {"clusterStorageContainer": {"create": False}, "localModels": {"create": True}},
    "pause": {"imageVolumes": {"prefetch": {"a": {"uri": "kit://r.io/a:v1"}}}},
    "model server": {"predictor": {"model": {"image": "ghcr.io/a"}}},
    "server of a framework": {"predictor": {"sklearn": {"image": "ghcr.io/a"}}},
    "custom container": {"predictor": {"containers": [CONTAINER]}},
    "init container": {"predictor": {"initContainers": [CONTAINER]}},
    "workers": {"predictor": {"workerSpec": {"containers": [CONTAINER]}}},
    "transformer": {"parts": {"transformer": {"containers": [CONTAINER]}}},
    "explainer": {"parts": {"explainer": {"art": {"image": "ghcr.io/a"}}}},
    "canary": {"parts": {"canary": [{"predictor": {"model": {"image": "ghcr.io/a"}}}]}},
    "llm": {"llm": {"image": "ghcr.io/a"}},
    "llm's container": {"llm": {"spec": {"template": {"containers": [CONTAINER]}}}},
    "llm's scheduler": {"llm": {"spec": {"router": {"scheduler": {"template": {"containers": [CONTAINER]}}}}}},
    "llm's prefill": {"llm": {"spec": {"prefill": {"worker": {"initContainers": [CONTAINER]}}}}},
}  # fmt: skip


@pytest.mark.parametrize("name", EVERYWHERE)
def test_every_containers_image_is_at_the_mirror(name: str) -> None:
    values = {**EVERYWHERE[name]}
    parts = values.pop("parts", {"predictor": values.pop("predictor", {})})
    if any(parts.values()):
        service = {"storageUri": "kit://r.io/a:v1", "modelFormat": {"name": "x"}, **parts}
        values["inferenceServices"] = {"a": service}
    if llm := values.pop("llm", None):
        values["llmInferenceServices"] = {"a": {"uri": "kit://r.io/a:v1", **llm}}
    before, after = (
        [
            found
            for item in rendered(merge_defaults(defaults(), values | mirrors), Release())
            for found in images(item)
        ]
        for mirrors in ({}, {"imageMirrors": ALL})
    )

    assert len(before) == len(after) > 0
    assert not [each for each in before if each.startswith("mirror.example.com/")]
    assert [each for each in after if not each.startswith("mirror.example.com/")] == []


def test_models_and_other_texts_stay_as_they_are() -> None:
    predictor = {
        "volumes": [{"name": "a", "image": {"reference": "ghcr.io/a"}}, {"name": "b", "rbd": {"image": "disk"}}],
        "nodeSelector": {"image": "ghcr.io/a"},
        "model": {"env": [{"name": "image", "value": "ghcr.io/a"}]},
    }  # fmt: skip
    pulled = {"storageUri": "kit://r.io/a:v1", "delivery": "imageVolume", "predictor": predictor}
    values = {
        "image": {"registry": "mirror.example.com"},
        "inferenceServices": {"a": pulled, "b": {"storageUri": "oci://r.io/a:v1"}},
        "llmInferenceServices": {"a": {"uri": "kit://r.io/a:v1"}},
        "extraObjects": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": POD}],
    }  # fmt: skip
    before, after = (
        rendered(merge_defaults(defaults(), values | mirrors), Release())
        for mirrors in ({}, {"imageMirrors": ALL})
    )

    assert before == after


def test_a_parent_charts_registry_comes_first() -> None:
    values = {"global": {"imageRegistry": "ghcr.io"}, "imageMirrors": {"ghcr.io": "mirror.example.com/ghcr"}}
    (item,) = rendered(merge_defaults(defaults(), values), Release())

    assert item["spec"]["container"]["image"].startswith("mirror.example.com/ghcr/kitserve/")


WRONG: dict[str, dict[str, Any]] = {
    "scheme": {"*": "https://mirror.example.com"},
    "slash at the end": {"*": "mirror.example.com/"},
    "no registry": {"*": "mirror/all"},
    "one word": {"*": "mirror"},
    "tag": {"*": "mirror.example.com/all:v1"},
    "digest": {"*": f"mirror.example.com/all@{DIGEST}"},
    "capitals": {"*": "mirror.example.com/All"},
    "two slashes": {"*": "mirror.example.com//all"},
    "blank": {"*": "mirror.example.com /all"},
    "line": {"*": "mirror.example.com\n"},
    "login": {"*": "user:word@mirror.example.com"},
    "number": {"*": 5000},
    "null": {"*": None},
    "list": {"*": ["mirror.example.com"]},
    "registry of no image": {"dockerhub": "mirror.example.com"},
    "registry with a path": {"ghcr.io/team": "mirror.example.com"},
    "registry's URL": {"https://ghcr.io": "mirror.example.com"},
    "pattern": {"*.example.com": "mirror.example.com"},
    "nothing": {"": "mirror.example.com"},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_image_can_be_pulled_from_is_refused_at_its_place(name: str) -> None:
    (problem,) = checked({"imageMirrors": WRONG[name]}).problems

    assert problem.code in {"KS021", "KS023"}
    assert problem.path == ("imageMirrors", *WRONG[name])


GUIDE = (REPOSITORY / "docs" / "guide" / "air-gapped.md").read_text()
ROWS = re.findall(r"^\| (`[^|]*`) \| `([^|`]+)` \| ([^|]+) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(("written", "reference", "told"), ROWS, ids=[row[1] for row in ROWS])
def test_the_guides_table_is_true(written: str, reference: str, told: str) -> None:
    entries = re.findall(r"`([^`]+): ([^`]+)`", written)
    mirrors = {key.strip('"'): mirror.strip('"') for key, mirror in entries}

    assert mirrored(reference, mirrors) == (told.strip("`") if told.startswith("`") else reference)


def test_the_guide_has_such_a_table() -> None:
    assert len(ROWS) > 4


def test_the_guides_values_pull_nothing_from_elsewhere(kitserve: CommandLine) -> None:
    (values,) = blocks(GUIDE, "yaml")
    run = kitserve("render", "-f", "-", stdin=values)
    pulled = re.findall(r"image: (\S+)", run.out)

    assert pulled
    assert all(image.startswith("registry.internal.example/") for image in pulled)
