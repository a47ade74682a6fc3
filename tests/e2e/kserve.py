"""Installs KServe from its own charts, in Standard mode: no Knative, no Istio, no cert-manager."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.e2e.images import KSERVE, MLSERVER
from tests.e2e.layout import KSERVE_NAMESPACE, Layout
from tests.e2e.processes import listens, run, wait_until
from tests.parts import tools
from tests.parts.cache import make_once
from tests.parts.go import module_folder

CHARTS = (
    "kserve-crd",
    "kserve-crd-minimal",
    "kserve-llmisvc-crd",
    "kserve-llmisvc-resources",
    "kserve-localmodel-crd",
    "kserve-localmodel-crd-minimal",
    "kserve-localmodel-resources",
    "kserve-resources",
    "kserve-runtime-configs",
)
JOBS_NAMESPACE = "kserve-localmodel-jobs"
RESOURCES = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "10m", "memory": "100Mi"}}


def charts() -> Path:
    """The folder of KServe's charts, as its Go module holds them."""
    source = tools.table()["kserve-controller"].source

    def copy(product: Path) -> None:
        module = module_folder(tools.go(), source.module, source.version)
        for chart in CHARTS:
            shutil.copytree(module / "charts" / chart, product / chart)

    return make_once(f"charts/kserve-{source.version}-{len(CHARTS)}", copy)


def install(layout: Layout) -> None:
    """Install CRDs, controller, webhooks and serving runtimes, and wait until the webhooks answer."""
    helm(layout, "install", "kserve-crd", str(charts() / "kserve-crd"), "--create-namespace")
    rendered = helm(layout, "template", "kserve", str(charts() / "kserve-resources"), stdin=_values())
    apply(layout, [certificate(layout, "kserve"), *adapted(layout, rendered)])
    await_controller(layout, "deployment/kserve-controller-manager", "kserve-webhook-server-service")
    runtimes = json.dumps({"kserve": {"servingruntime": {"enabled": True, "mlserver": image(MLSERVER)}}})
    helm(layout, "install", "kserve-runtimes", str(charts() / "kserve-runtime-configs"), stdin=runtimes)


def helm(layout: Layout, *arguments: str, stdin: str = "{}") -> str:
    """Run helm in KServe's namespace; values come from `stdin`."""
    cluster = (f"--kubeconfig={layout.kubeconfig}", "--namespace", KSERVE_NAMESPACE, "--values", "-")
    return run(tools.tool("helm4"), *arguments, *cluster, stdin=stdin)


def kubectl(layout: Layout, *arguments: str, stdin: str = "") -> str:
    """Run kubectl in KServe's namespace."""
    cluster = (f"--kubeconfig={layout.kubeconfig}", "--namespace", KSERVE_NAMESPACE)
    return run(layout.programs / "kubectl", *cluster, *arguments, stdin=stdin)


def apply(layout: Layout, objects: list[dict[str, Any]]) -> None:
    """Create or update objects; server-side, since KServe's CRDs are too large for an annotation.

    Without kubectl's own validation, which fetches all schemas: after 32 s, on a busy machine, it gives up.
    """
    manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    kubectl(layout, "apply", "--server-side", "--validate=false", "--filename", "-", stdin=manifests)


def await_controller(layout: Layout, workload: str, service: str) -> None:
    """The controller calls itself ready before its webhooks listen, and kube-proxy follows later still."""
    kubectl(layout, "rollout", "status", workload, "--timeout=120s")
    host = kubectl(layout, "get", f"service/{service}", "--output", "jsonpath={.spec.clusterIP}")
    wait_until(lambda: listens(host, 443), f"{service} doesn't listen")


def _values() -> str:
    controller = {
        **image(KSERVE),
        "imagePullPolicy": "IfNotPresent",
        "deploymentMode": "Standard",
        "gateway": {"disableIngressCreation": True},
        "resources": RESOURCES,
    }
    localmodel = {"enabled": True, "jobNamespace": JOBS_NAMESPACE}
    return json.dumps({"kserve": {"controller": controller, "localmodel": localmodel}})


def image(name: str) -> dict[str, str]:
    """An image as KServe's charts take it."""
    repository, _, tag = name.rpartition(":")
    return {"image": repository, "tag": tag}


def adapted(layout: Layout, rendered: str) -> list[dict[str, Any]]:
    """A chart's objects, with what cert-manager would fill in, and without what can't be pulled."""
    authority = _encoded(layout.certificates / "ca.crt")
    objects = [each for each in YAML(typ="safe").load_all(rendered) if each]
    for manifest in objects:
        if manifest["kind"].endswith("WebhookConfiguration"):
            for webhook in manifest["webhooks"]:
                webhook["clientConfig"]["caBundle"] = authority
        if manifest["kind"] == "CustomResourceDefinition" and "conversion" in manifest["spec"]:
            manifest["spec"]["conversion"]["webhook"]["clientConfig"]["caBundle"] = authority
        if manifest["kind"] == "Deployment":
            pod = manifest["spec"]["template"]["spec"]
            # The other one is kube-rbac-proxy, which guards metrics.
            pod["containers"] = [each for each in pod["containers"] if each["name"] == "manager"]
            pod["containers"][0]["readinessProbe"] |= {"initialDelaySeconds": 0, "periodSeconds": 1}
    return [each for each in objects if not each["apiVersion"].startswith("cert-manager.io/")]


def certificate(layout: Layout, controller: str) -> dict[str, Any]:
    """The Secret with a controller's webhook certificate."""
    files = {suffix: layout.certificates / f"{controller}-webhook.{suffix}" for suffix in ("crt", "key")}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": f"{controller}-webhook-server-cert", "namespace": KSERVE_NAMESPACE},
        "data": {f"tls.{suffix}": _encoded(file) for suffix, file in files.items()},
    }


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
