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

CHARTS = ("kserve-crd", "kserve-resources", "kserve-runtime-configs")
RESOURCES = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "10m", "memory": "100Mi"}}


def charts() -> Path:
    """The folder of KServe's charts, as its Go module holds them."""
    source = tools.table()["kserve-controller"].source

    def copy(product: Path) -> None:
        module = module_folder(tools.go(), source.module, source.version)
        for chart in CHARTS:
            shutil.copytree(module / "charts" / chart, product / chart)

    return make_once(f"charts/kserve-{source.version}", copy)


def install(layout: Layout) -> None:
    """Install CRDs, controller, webhooks and serving runtimes, and wait until the webhooks answer."""
    kubectl = (str(layout.programs / "kubectl"), f"--kubeconfig={layout.kubeconfig}")
    helm = (str(tools.tool("helm4")), f"--kubeconfig={layout.kubeconfig}", "--namespace", KSERVE_NAMESPACE)
    run(*helm, "install", "kserve-crd", str(charts() / "kserve-crd"), "--create-namespace")
    rendered = run(
        *helm, "template", "kserve", str(charts() / "kserve-resources"), "--values", "-", stdin=_values()
    )
    objects = [_certificate(layout), *_adapted(rendered, _encoded(layout.certificates / "ca.crt"))]
    manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    run(
        *kubectl,
        "apply",
        "--server-side",
        "--namespace",
        KSERVE_NAMESPACE,
        "--filename",
        "-",
        stdin=manifests,
    )
    controller = "deployment/kserve-controller-manager"
    run(*kubectl, "--namespace", KSERVE_NAMESPACE, "rollout", "status", controller, "--timeout=120s")
    _await_webhooks(kubectl)
    runtimes = json.dumps({"kserve": {"servingruntime": {"enabled": True, "mlserver": _image(MLSERVER)}}})
    chart = str(charts() / "kserve-runtime-configs")
    run(*helm, "install", "kserve-runtimes", chart, "--values", "-", stdin=runtimes)


def _await_webhooks(kubectl: tuple[str, ...]) -> None:
    """The controller calls itself ready before its webhooks listen, and kube-proxy follows later still."""
    service = "service/kserve-webhook-server-service"
    address = ("--namespace", KSERVE_NAMESPACE, "get", service, "--output", "jsonpath={.spec.clusterIP}")
    host = run(*kubectl, *address)
    wait_until(lambda: listens(host, 443), "KServe's webhooks don't listen")


def _values() -> str:
    controller = {
        **_image(KSERVE),
        "imagePullPolicy": "IfNotPresent",
        "deploymentMode": "Standard",
        "gateway": {"disableIngressCreation": True},
        "resources": RESOURCES,
    }
    return json.dumps({"kserve": {"controller": controller}})


def _image(name: str) -> dict[str, str]:
    repository, _, tag = name.rpartition(":")
    return {"image": repository, "tag": tag}


def _adapted(rendered: str, authority: str) -> list[dict[str, Any]]:
    """The chart's objects, with what cert-manager would fill in, and without what can't be pulled."""
    objects = [each for each in YAML(typ="safe").load_all(rendered) if each]
    for manifest in objects:
        if manifest["kind"].endswith("WebhookConfiguration"):
            for webhook in manifest["webhooks"]:
                webhook["clientConfig"]["caBundle"] = authority
        if manifest["kind"] == "Deployment":
            pod = manifest["spec"]["template"]["spec"]
            # The other one is kube-rbac-proxy, which guards metrics.
            pod["containers"] = [each for each in pod["containers"] if each["name"] == "manager"]
            pod["containers"][0]["readinessProbe"] |= {"initialDelaySeconds": 0, "periodSeconds": 1}
    return [each for each in objects if not each["apiVersion"].startswith("cert-manager.io/")]


def _certificate(layout: Layout) -> dict[str, Any]:
    data = {
        f"tls.{suffix}": _encoded(layout.certificates / f"kserve-webhook.{suffix}")
        for suffix in ("crt", "key")
    }
    metadata = {"name": "kserve-webhook-server-cert", "namespace": KSERVE_NAMESPACE}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": metadata,
        "data": data,
    }


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
