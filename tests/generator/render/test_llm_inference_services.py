"""What an LLMInferenceService's pods get beside what its values say."""

from typing import Any

import pytest
from kitserve.helm.merge import merge_defaults
from kitserve.render.release import Release
from kitserve.values.schema import defaults

from tests.rendering import rendered

HOST = "registry.example.com"
KIT = f"kit://{HOST}/chat:v1"
ADAPTERS = {"poems": {"uri": f"kit://{HOST}/poems:v1"}}
FLAGS = ["--enable-lora", "--lora-modules", "poems=/mnt/lora/poems"]
BY_VOLUME = {"mountBy": "volume"}


def spec(entry: dict[str, Any], **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any value
    """The `spec` of one service."""
    given = {"llmInferenceServices": {"chat": entry}, **values}
    items = rendered(merge_defaults(defaults(), given), Release())
    (found,) = (item["spec"] for item in items if item["kind"] == "LLMInferenceService")
    return dict(found)


def mounts(pod: dict[str, Any]) -> dict[str, str]:
    """The images that `main` mounts, by path."""
    images = {each["name"]: each["image"]["reference"] for each in pod["volumes"] if "image" in each}
    (main,) = (each for each in pod["containers"] if each["name"] == "main")
    return {
        each["mountPath"]: images[each["name"]] for each in main["volumeMounts"] if each["name"] in images
    }


def test_kserve_mounts_the_model_by_default() -> None:
    assert spec({"uri": KIT}) == {"model": {"uri": f"oci+native://{HOST}/chat:v1.image"}}


def test_pods_mount_the_model_themselves_where_kserve_can_not() -> None:
    found = spec({"uri": KIT, "unpacking": {"layout": "model"}}, imageVolumes=BY_VOLUME)

    assert found["storageInitializer"] == {"enabled": False}
    (volume,) = found["template"]["volumes"]
    assert volume["image"]["pullPolicy"] == "IfNotPresent"
    assert mounts(found["template"]) == {"/mnt/models": volume["image"]["reference"]}
    (mount,) = found["template"]["containers"][0]["volumeMounts"]
    assert mount["subPath"] == "models"
    assert mount["readOnly"] is True


def test_kserve_fetches_other_schemes() -> None:
    found = spec({"uri": "hf://a/b", "adapters": {"c": {"uri": "s3://b/c"}}}, imageVolumes=BY_VOLUME)

    assert found == {"model": {"uri": "hf://a/b", "lora": {"adapters": [{"name": "c", "uri": "s3://b/c"}]}}}


PODS = {
    "template": (),
    "worker": ("worker",),
    "prefill's template": ("prefill", "template"),
    "prefill's worker": ("prefill", "worker"),
}


@pytest.mark.parametrize("path", PODS.values(), ids=PODS)
def test_every_pod_has_model_and_adapters(path: tuple[str, ...]) -> None:
    entry = {"uri": KIT, "adapters": ADAPTERS, "serviceAccountName": "puller"}
    workloads: dict[str, Any] = {"worker": {}, "prefill": {"worker": {"containers": []}}}
    pod = spec(entry | {"spec": workloads}, imageVolumes=BY_VOLUME, imagePullSecrets=[{"name": "registry"}])
    for step in path or ("template",):
        pod = pod[step]

    assert mounts(pod) == {
        "/mnt/models": f"{HOST}/chat:v1.image",
        "/mnt/lora/poems": f"{HOST}/poems:v1.image",
    }
    assert pod["containers"][0]["args"] == FLAGS
    assert pod["serviceAccountName"] == "puller"
    assert pod["imagePullSecrets"] == [{"name": "registry"}]


def test_no_workers_are_added() -> None:
    found = spec({"uri": KIT, "adapters": ADAPTERS, "spec": {"prefill": {}}})

    assert "worker" not in found
    assert list(found["prefill"]) == ["template"]


def test_what_is_written_of_main_wins_and_stays() -> None:
    written = {"name": "main", "args": ["--c"], "resources": {"limits": {"cpu": 2}}}
    entry = {
        "uri": KIT,
        "adapters": ADAPTERS,
        "args": ["--a"],
        "image": "vllm",
        "resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
        "spec": {"template": {"containers": [{"name": "first"}, written], "volumes": [{"name": "cache"}]}},
    }
    template = spec(entry)["template"]

    assert [each["name"] for each in template["containers"]] == ["first", "main"]
    main = template["containers"][1]
    assert main["args"] == [*FLAGS, "--c"]
    assert main["image"] == "vllm"
    assert main["resources"] == {"limits": {"cpu": 2, "memory": "1Gi"}}
    assert template["volumes"][0] == {"name": "cache"}


ODD: dict[str, dict[str, Any]] = {
    "a template of no map": {"template": "none"},
    "containers of no list": {"template": {"containers": {"name": "main"}}},
    "a worker of no map": {"worker": ["none"]},
    "a prefill of no map": {"prefill": 1},
}


@pytest.mark.parametrize("written", ODD.values(), ids=ODD)
def test_what_has_another_form_stays_for_kserve_to_refuse(written: dict[str, Any]) -> None:
    found = spec({"uri": KIT, "adapters": ADAPTERS, "spec": written})

    for key, value in written.items():
        kept = found[key]["containers"] if isinstance(value, dict) else found[key]
        assert kept == (value["containers"] if isinstance(value, dict) else value)


def test_volumes_of_adapters_have_names_that_kubernetes_takes() -> None:
    name = "So_ng.S-" + "1" * 55
    found = spec({"uri": KIT, "adapters": {name: {"uri": KIT}}})
    (volume,) = found["template"]["volumes"]

    assert volume["name"].replace("-", "").isalnum()
    assert volume["name"] == volume["name"].lower()
    assert len(volume["name"]) <= 63
