"""DaemonSets that keep the images of models on nodes."""

from typing import Any

import pytest
from kitserve.helm.merge import merge_defaults
from kitserve.render.release import Release
from kitserve.values.schema import defaults

from tests.rendering import rendered

URI = "kit://registry.example.com/chat:v1"


def objects(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The objects of values by kind."""
    return {item["kind"]: item for item in rendered(merge_defaults(defaults(), values), Release())}


@pytest.mark.parametrize(
    "choice",
    [{}, {"layout": "model"}, {"filter": "model docs"}, {"label": "a=b"}, {"layout": "kit", "filter": "é"}],
)
@pytest.mark.parametrize("layout", ["", "model"])
def test_nodes_have_the_image_that_services_mount(choice: dict[str, str], layout: str) -> None:
    found = objects(
        {
            "layout": layout,
            "imageVolumes": {"prefetch": {"chat": {"uri": URI, **choice}}},
            "inferenceServices": {
                "chat": {"delivery": "imageVolume", "storageUri": URI, "unpacking": choice}
            },
            "llmInferenceServices": {"chat": {"uri": URI, "unpacking": choice}},
        }
    )
    (volume,) = found["DaemonSet"]["spec"]["template"]["spec"]["volumes"]
    uri = f"oci+native://{volume['image']['reference']}"

    assert found["InferenceService"]["spec"]["predictor"]["model"]["storageUri"] == uri
    assert found["LLMInferenceService"]["spec"]["model"]["uri"] == uri


def test_a_daemonset_finds_its_own_pods_whatever_labels_all_objects_have() -> None:
    labels = {"team": "a", "kitserve.io/prefetch": "other"}
    spec = objects({"commonLabels": labels, "imageVolumes": {"prefetch": {"chat": {"uri": URI}}}})[
        "DaemonSet"
    ]["spec"]

    assert spec["selector"]["matchLabels"] == {"kitserve.io/prefetch": "chat"}
    assert spec["template"]["metadata"]["labels"] == {"team": "a", "kitserve.io/prefetch": "chat"}


def test_pods_come_before_the_services_that_they_are_for() -> None:
    kinds = list(
        objects(
            {
                "imageVolumes": {"prefetch": {"chat": {"uri": URI}}},
                "inferenceServices": {"chat": {"delivery": "imageVolume", "storageUri": URI}},
                "llmInferenceServices": {"chat": {"uri": URI}},
                "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}],
            }
        )
    )

    assert kinds[-4:] == ["DaemonSet", "InferenceService", "LLMInferenceService", "ConfigMap"]


def test_the_pause_image_comes_from_the_registry_for_all_images() -> None:
    values = {
        "global": {"imageRegistry": "mirror:5000"},
        "imageVolumes": {"prefetch": {"chat": {"uri": URI}}},
    }
    (container,) = objects(values)["DaemonSet"]["spec"]["template"]["spec"]["containers"]

    assert container["image"].startswith("mirror:5000/pause:")
