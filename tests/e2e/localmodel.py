"""Installs KServe's controllers for models that nodes keep: LocalModelCache and its agent on the node."""

import json
from typing import Any

from tests.e2e import kserve
from tests.e2e.images import LOCALMODEL, LOCALMODELNODE, of_kserve
from tests.e2e.layout import MODELS_FOLDER, NODE_NAME, Layout

KEPT = {"imagePullPolicy": "IfNotPresent", "resources": kserve.RESOURCES}
NODE_LABEL = "kserve/localmodel=worker"
CONTROLLER = "deployment/kserve-localmodel-controller-manager"


def install(layout: Layout) -> None:
    """Install CRDs, controller, webhook and the node's agent, unless KServe's one chart has done so."""
    kserve.kubectl(layout, "label", "node", NODE_NAME, NODE_LABEL)
    if kserve.is_one_chart():
        kserve.kubectl(layout, "rollout", "status", CONTROLLER, "--timeout=120s")
    else:
        _install(layout)


def _install(layout: Layout) -> None:
    kserve.helm(layout, "install", "kserve-localmodel-crd", str(kserve.charts() / "kserve-localmodel-crd"))
    kserve.kubectl(layout, "create", "namespace", kserve.JOBS_NAMESPACE)
    chart = str(kserve.charts() / "kserve-localmodel-resources")
    rendered = kserve.helm(layout, "template", "kserve-localmodel", chart, stdin=_values())
    objects = [_on_this_node(each) for each in kserve.adapted(layout, rendered)]
    kserve.apply(layout, [kserve.certificate(layout, "localmodel"), *objects])
    kserve.await_controller(layout, CONTROLLER, "localmodel-webhook-server-service")


def _values() -> str:
    controller = {**kserve.image(of_kserve(LOCALMODEL)), **KEPT}
    agent = {**kserve.image(of_kserve(LOCALMODELNODE)), **KEPT}
    local = {
        "localmodel": {"enabled": True, "controller": controller},
        "localmodelnode": {"controller": agent},
    }
    return json.dumps({"kserve": {"createSharedResources": False, **local}})


def _on_this_node(manifest: dict[str, Any]) -> dict[str, Any]:
    """The agent's folder is a value that the chart doesn't use; it must be the one of the volumes."""
    if manifest["kind"] == "DaemonSet":
        manifest["spec"]["template"]["spec"]["volumes"][0]["hostPath"]["path"] = str(MODELS_FOLDER)
    return manifest
