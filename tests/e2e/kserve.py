"""Installs KServe from its own charts, in Standard mode (Knative: `knative`): no Istio, no cert-manager.

Since 0.17 serving runtimes and the controllers for local models have charts of their own; before, `kserve-resources`
has all of them.
"""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.e2e import knative, versions
from tests.e2e.features import STANDARD, has
from tests.e2e.images import KSERVE, LOCALMODEL, LOCALMODELNODE, MLSERVER, of_kserve
from tests.e2e.layout import KSERVE_NAMESPACE, MODELS_FOLDER, Layout
from tests.e2e.processes import listens, run, wait_until
from tests.parts import tools
from tests.parts.cache import make_once
from tests.parts.go import module_folder

JOBS_NAMESPACE = "kserve-localmodel-jobs"
RESOURCES = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "10m", "memory": "100Mi"}}
# MLServer's image is there; the others' can't be pulled.
RUNTIMES = {"enabled": True, "mlserver": dict(zip(("image", "tag"), MLSERVER.rsplit(":", 1), strict=True))}


def module() -> Path:
    """The source of the chosen KServe."""
    return module_folder(tools.go(), tools.table()[KSERVE].source.module, versions.release())


def charts() -> Path:
    """The folder of KServe's charts, as its Go module holds them."""

    def copy(product: Path) -> None:
        shutil.copytree(module() / "charts", product / "charts")

    return make_once(f"charts/kserve-{versions.release()}", copy) / "charts"


def is_one_chart() -> bool:
    """Whether one chart has all of this KServe but its CRDs and LLMInferenceServices."""
    return not (charts() / "kserve-runtime-configs").is_dir()


def install(layout: Layout) -> None:
    """Install CRDs, controller, webhooks and serving runtimes, and wait until the webhooks answer."""
    helm(layout, "install", "kserve-crd", str(charts() / "kserve-crd"), "--create-namespace")
    rendered = helm(layout, "template", "kserve", str(charts() / "kserve-resources"), stdin=_values())
    found = adapted(layout, rendered)
    runtimes = [each for each in found if each["kind"] == "ClusterServingRuntime"]
    apply(layout, [certificate(layout, "kserve"), *(each for each in found if each not in runtimes)])
    await_controller(layout, "deployment/kserve-controller-manager", "kserve-webhook-server-service")
    if runtimes:
        apply(layout, runtimes)
    else:
        chart, values = str(charts() / "kserve-runtime-configs"), {"kserve": {"servingruntime": RUNTIMES}}
        helm(layout, "install", "kserve-runtimes", chart, stdin=json.dumps(values))


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
        **image(of_kserve(KSERVE)),
        "imagePullPolicy": "IfNotPresent",
        "deploymentMode": knative.MODE if has(STANDARD) else "RawDeployment",
        # There is neither Istio nor a Gateway.
        "gateway": {"disableIngressCreation": True, "disableIstioVirtualHost": True},
        "resources": RESOURCES,
    }
    localmodel: dict[str, Any] = {"enabled": not knative.IS_WANTED, "jobNamespace": JOBS_NAMESPACE}
    if is_one_chart():
        agent = image(of_kserve(LOCALMODELNODE)) | {"hostPath": str(MODELS_FOLDER)}
        localmodel |= {"controller": image(of_kserve(LOCALMODEL)), "agent": agent}
    return json.dumps(
        {"kserve": {"controller": controller, "localmodel": localmodel, "servingruntime": RUNTIMES}}
    )


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
            probe = pod["containers"][0].get("readinessProbe", {})
            probe |= {"initialDelaySeconds": 0, "periodSeconds": 1}
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
