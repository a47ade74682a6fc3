"""KServe's mode Knative: what the pages say of it."""

import json
from typing import Any

import pytest

from tests.e2e.files import service
from tests.e2e.inference import CLASSES, await_ready, initializer, sklearn
from tests.e2e.knative.client import ask, digest, hundred, predict
from tests.e2e.knative.features import switched_on
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.e2e.status import await_causes, look, run, waited
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

UNDERLYING = "service.serving.knative.dev/iris-predictor"
KNATIVE = {"deploymentMode": "Knative"}
INIT_CONTAINERS = "kubernetes.podspec-init-containers"
FIELD_REF = "kubernetes.podspec-fieldref"


def uri(registry: Registry, tag: str = "v1", name: str = "iris") -> str:
    return f"kit://{registry.host}/golden/{name}:{tag}"


@pytest.mark.parametrize("mode", [KNATIVE, {}], ids=["named", "the cluster's default"])
def test_the_guides_service_is_served(
    release: Release, kubectl: Kubectl, registry: Registry, mode: dict[str, str]
) -> None:
    release.install(inferenceServices={"iris": {**sklearn(uri(registry)), **mode}})

    container = initializer(kubectl, "iris")
    assert (container["image"], container["args"]) == (release.image, [uri(registry), "/mnt/models"])
    await_ready(kubectl, "iris")
    assert predict(kubectl, "iris") == CLASSES


def test_what_a_service_scales_by_reaches_its_revision(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    keys: dict[str, Any] = {
        "minReplicas": 1,
        "maxReplicas": 2,
        "scaleMetric": "concurrency",
        "scaleTarget": 7,
        "annotations": {
            "autoscaling.knative.dev/window": "30s",
            "serving.knative.dev/progress-deadline": "1200s",
        },
    }
    files.install(inferenceServices={"iris": service(storageUri=uri(registry), **KNATIVE, **keys)})

    await_ready(kubectl, "iris")
    (revision,) = kubectl.items("revisions.serving.knative.dev")
    expected = {
        "autoscaling.knative.dev/min-scale": "1",
        "autoscaling.knative.dev/max-scale": "2",
        "autoscaling.knative.dev/metric": "concurrency",
        "autoscaling.knative.dev/target": "7",
        **keys["annotations"],
    }
    assert revision["metadata"]["annotations"] | expected == revision["metadata"]["annotations"]
    (deployment,) = kubectl.items("deployments")
    assert deployment["spec"]["progressDeadlineSeconds"] == 1200
    (scaler,) = kubectl.items("podautoscalers.autoscaling.internal.knative.dev")
    assert scaler["metadata"]["annotations"]["autoscaling.knative.dev/window"] == "30s"


def test_a_service_goes_to_zero_and_comes_back_with_its_model(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    # A pod that ends has as long as a request may take.
    keys = {
        "minReplicas": 0,
        "annotations": {"autoscaling.knative.dev/window": "6s"},
        "predictor": {"timeout": 5},
    }
    files.install(inferenceServices={"iris": service(storageUri=uri(registry), **KNATIVE, **keys)})
    await_ready(kubectl, "iris")

    kubectl.run("wait", "--for=delete", "pod", "--all", "--timeout=180s")
    (found,) = look(kubectl).values()
    assert (found["state"], found["cause"]) == ("ready", "")
    assert digest(kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")
    assert len(kubectl.items("pods")) == 1


def test_annotations_choose_what_is_unpacked(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    entry = service(storageUri=uri(registry), unpacking={"filter": "model"}, **KNATIVE)
    files.install(serviceAnnotations=["filter"], inferenceServices={"iris": entry})

    await_ready(kubectl, "iris")
    listed = ask(kubectl, "inferenceservice/iris", "/")
    assert "model.joblib" in listed
    assert "Kitfile" not in listed


@pytest.mark.parametrize(
    ("heeded", "features", "word"),
    [([], [INIT_CONTAINERS], "initContainers"), (["layout"], [INIT_CONTAINERS, FIELD_REF], "fieldRef")],
    ids=["of the chart's own settings", "that heed annotations"],
)
def test_several_modelkits_need_features(  # noqa: PLR0913, PLR0917 - fixtures
    files: Release,
    kubectl: Kubectl,
    registry: Registry,
    modelkits: dict[str, ModelKit],
    heeded: list[str],
    features: list[str],
    word: str,
) -> None:
    names = {"iris": "/mnt/models/classifier", "llm-parts": "/mnt/models/language"}
    for name in names:
        registry.push_layout(modelkits[name].archive, modelkits[name].repository, "v1")
    entries = [{"uri": uri(registry, name=name), "mountPath": path} for name, path in names.items()]
    with switched_on(kubectl, *features[:-1]):
        files.install(
            serviceAnnotations=heeded, inferenceServices={"both": service(storageUris=entries, **KNATIVE)}
        )
        found = await_causes(kubectl, "both")["both"]
        assert (found["state"], word in found["cause"]) == ("failed", True)
        assert "config-features" in found["hint"]

    with switched_on(kubectl, *features):
        kubectl.run("annotate", "inferenceservice/both", "example.com/again=1")
        await_ready(kubectl, "both")
        assert digest(kubectl, "both", "/classifier/Kitfile") == modelkits["iris"].digest("Kitfile")
        assert digest(kubectl, "both", "/language/Kitfile") == modelkits["llm-parts"].digest("Kitfile")


def test_status_names_the_tag_that_is_wrong(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    files.install(inferenceServices={"iris": service(storageUri=uri(registry, "absent"), **KNATIVE)})

    code, found = waited(kubectl)
    assert (code, found["state"]) == (1, "failed")
    assert "golden/iris has no 'absent'" in found["cause"]


def test_status_names_the_last_failure_after_knative_has_given_up(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    keys = {"annotations": {"serving.knative.dev/progress-deadline": "15s"}, "predictor": {"timeout": 5}}
    entry = service(storageUri=uri(registry, "absent"), **keys, **KNATIVE)
    files.install(inferenceServices={"iris": entry})

    kubectl.wait(UNDERLYING, "condition=Ready=False")
    kubectl.run("wait", "--for=delete", "pod", "--all", "--timeout=90s")
    found = look(kubectl)["iris"]
    assert found["state"] == "failed"
    # KServe keeps the last word of the last pod: the tag, or that it was ended while it tried once more.
    assert "the model can't be loaded: " in found["cause"]


def test_status_names_the_model_of_a_ready_service(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    files.install(inferenceServices={"iris": service(storageUri=uri(registry), **KNATIVE)})

    ran = run(kubectl, "iris", "--wait", "--timeout", "3m", "-o", "json")
    assert ran.returncode == 0, ran.stderr
    (found,) = json.loads(ran.stdout)
    digest = modelkits["iris"].expected["manifest_digest"]
    assert (found["state"], found["serving"], found["models"][0]["digest"]) == ("ready", True, digest)


def test_a_canary_gets_its_share(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    old = service(storageUri=uri(registry), unpacking={"filter": "model"}, **KNATIVE)
    files.install(serviceAnnotations=["filter"], inferenceServices={"iris": old})
    await_ready(kubectl, "iris")

    new = service(storageUri=uri(registry), canaryTrafficPercent=20, **KNATIVE)
    files.install(serviceAnnotations=["filter"], inferenceServices={"iris": new})
    kubectl.wait(
        UNDERLYING,
        "jsonpath={.status.traffic[?(@.percent==20)].latestRevision}=true",
    )
    kubectl.wait(UNDERLYING, "condition=Ready")
    lists = hundred(kubectl, "inferenceservice/iris", "/", "Kitfile")
    assert sum("Kitfile" in each for each in lists) == 20
