"""Installs KServe's controller for LLMInferenceServices, and the CRDs of other projects that it watches."""

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.e2e import knative, kserve
from tests.e2e.features import has
from tests.e2e.images import LLMISVC, of_kserve
from tests.e2e.layout import Layout
from tests.e2e.processes import StartError, wait_until
from tests.parts import tools
from tests.parts.cache import make_once
from tests.parts.go import module_folder

CONTROLLER = "deployment/llmisvc-controller-manager"
ADMITTED = {
    "apiVersion": "serving.kserve.io/v1alpha2",
    "kind": "LLMInferenceService",
    "metadata": {"name": "admitted"},
    "spec": {"model": {"uri": "hf://a/b"}},
}
# Modules, at the versions that KServe's own go.mod requires, and the CRDs in them. KServe's chart has the CRDs of
# gateway-api-inference-extension.
CRDS = {
    ("sigs.k8s.io/gateway-api", "1.5.1"): (
        "config/crd/standard/gateway.networking.k8s.io_gateways.yaml",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    ("sigs.k8s.io/lws", "0.8.0"): ("config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml",),
}


def is_needed() -> bool:
    """Whether the chosen KServe has what the scenarios ask of it."""
    return not knative.IS_WANTED and has("LLMInferenceServices that mount images")


def crds() -> list[Path]:
    """Files with the CRDs of other projects, kept in the cache."""

    def copy(product: Path) -> None:
        for (module, version), names in CRDS.items():
            folder = module_folder(tools.go(), module, version)
            for name in names:
                (product / Path(name).name).write_bytes((folder / name).read_bytes())

    versions = "-".join(version for _, version in CRDS)
    return sorted(make_once(f"charts/llmisvc-crds-{versions}", copy).iterdir())


def install(layout: Layout) -> None:
    """Install CRDs, the default configurations, controller and webhooks; the controller comes up on its own."""
    chart = kserve.helm(layout, "template", "crd", str(kserve.charts() / "kserve-llmisvc-crd"))
    others = [YAML(typ="safe").load(path) for path in crds()]
    kserve.apply(layout, [*others, *_definitions(layout, chart)])
    wait_until(lambda: _knows_configurations(layout), "the API server doesn't serve KServe's LLM kinds")
    # Before the webhook that judges them: it would have to be up.
    configurations = json.dumps({"kserve": {"llmisvcConfigs": {"enabled": True}}})
    runtimes = str(kserve.charts() / "kserve-runtime-configs")
    kserve.helm(layout, "install", "kserve-llmisvc-configs", runtimes, stdin=configurations)
    resources = str(kserve.charts() / "kserve-llmisvc-resources")
    rendered = kserve.helm(layout, "template", "kserve-llmisvc", resources, stdin=_values())
    kserve.apply(layout, [kserve.certificate(layout, "llmisvc"), *kserve.adapted(layout, rendered)])


def _knows_configurations(layout: Layout) -> bool:
    try:
        kserve.kubectl(layout, "get", "llminferenceserviceconfigs")
    except StartError:
        return False
    return True


def _definitions(layout: Layout, rendered: str) -> list[dict[str, Any]]:
    """The chart's own kinds; KServe's other charts have installed ClusterStorageContainer."""
    found = kserve.adapted(layout, rendered)
    return [each for each in found if each["spec"]["names"]["kind"].startswith("LLM")]


def _values() -> str:
    controller = {
        **kserve.image(of_kserve(LLMISVC)),
        "imagePullPolicy": "IfNotPresent",
        "resources": kserve.RESOURCES,
    }
    return json.dumps({"kserve": {"createSharedResources": False, "llmisvc": {"controller": controller}}})
