"""Installs Knative Serving from its Go modules, with an ingress of our own in the place of Istio or Kourier."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.e2e import kserve
from tests.e2e.knative import IMAGES, VERSION
from tests.e2e.knative.ingress import CLASS, PORT
from tests.e2e.layout import NODE_IP, Layout
from tests.e2e.processes import listens, run, start, wait_until
from tests.parts import tools
from tests.parts.cache import make_once
from tests.parts.go import module_folder

NAMESPACE = "knative-serving"
DEPLOYMENTS = ("activator", "autoscaler", "controller", "webhook")
# At the versions that Knative's own go.mod requires.
MODULES = {
    ("knative.dev/serving", VERSION): (
        "config/core/300-resources",
        "config/core/100-namespace.yaml",
        "config/core/200-serviceaccount.yaml",
        "config/core/200-roles",
        "config/core/configmaps",
        "config/core/webhooks",
        "config/core/deployments",
    ),
    ("knative.dev/networking", "0.0.0-20260120131110-a7cdca238a0d"): ("config",),
    ("knative.dev/caching", "0.0.0-20260120130310-f1fc03b7f5ee"): ("config",),
}
# The least that Knative takes for `window` is six seconds; a service waits for both before it goes.
SETTINGS = {
    "config-autoscaler": {"scale-to-zero-grace-period": "6s"},
    # No registry has the images of the cluster.
    "config-deployment": {"registries-skipping-tag-resolving": "kitserve.test"},
    "config-domain": {"example.com": ""},
    "config-network": {"ingress-class": CLASS},
}
FIRST = {"CustomResourceDefinition", "Namespace"}
ELSEWHERE = {"HorizontalPodAutoscaler", "PodDisruptionBudget", "Certificate"}
"""Kinds of more than one node, and of cert-manager."""


def manifests() -> list[Path]:
    """Files of Knative's modules, kept in the cache: kinds first."""

    def copy(product: Path) -> None:
        for (module, version), places in MODULES.items():
            source = module_folder(tools.go(), module, version)
            for place in places:
                found = sorted((source / place).rglob("*.yaml")) or [source / place]
                for file in found:
                    shutil.copyfile(file, product / f"{Path(module).name}-{file.parent.name}-{file.name}")

    return sorted(make_once(f"charts/knative-{VERSION}", copy).iterdir())


def install(layout: Layout) -> None:
    """Start what Knative finds services by, install it, and wait until its webhook answers."""
    _start_dns(layout)
    objects = [each for path in manifests() for each in _adapted(path.read_text())]
    _apply(layout, [each for each in objects if each["kind"] in FIRST])
    _apply(layout, [each for each in objects if each["kind"] not in FIRST])
    ingress = ("-m", "tests.e2e.knative.ingress", str(layout.kubeconfig))
    start(layout, "knative-ingress", *ingress, program=Path(sys.executable))
    for each in DEPLOYMENTS:
        run(*_kubectl(layout), "rollout", "status", f"deployment/{each}", "--timeout=300s")
    host = run(*_kubectl(layout), "get", "service/webhook", "--output", "jsonpath={.spec.clusterIP}")
    wait_until(lambda: listens(host, 443), "Knative's webhook doesn't listen")
    wait_until(lambda: listens(NODE_IP, PORT), "the ingress doesn't listen")


def _start_dns(layout: Layout) -> None:
    configuration = layout.configuration / "Corefile"
    cluster = f"kubernetes cluster.local {{\n  kubeconfig {layout.kubeconfig}\n}}"
    configuration.write_text(f".:53 {{\n bind {NODE_IP}\n {cluster}\n}}\n")
    start(layout, "dns", "-conf", str(configuration))


def _kubectl(layout: Layout) -> tuple[str | Path, ...]:
    return (layout.programs / "kubectl", f"--kubeconfig={layout.kubeconfig}", f"--namespace={NAMESPACE}")


def _apply(layout: Layout, objects: list[dict[str, Any]]) -> None:
    manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    run(*_kubectl(layout), "apply", "--server-side", "--filename", "-", stdin=manifests)


def _adapted(text: str) -> list[dict[str, Any]]:
    """A file's objects, with images that the node has."""
    for name, image in IMAGES.items():
        text = text.replace(f"ko://knative.dev/serving/cmd/{name.removeprefix('knative-')}\n", f"{image}\n")
    found = [each for each in YAML(typ="safe").load_all(text) if each and each["kind"] not in ELSEWHERE]
    for manifest in found:
        if manifest["kind"] == "ConfigMap":
            manifest.setdefault("data", {}).update(SETTINGS.get(manifest["metadata"]["name"], {}))
        if manifest["kind"] == "Deployment":
            _on_this_node(manifest["spec"]["template"]["spec"])
    return found


def _on_this_node(pod: dict[str, Any]) -> None:
    pod |= {"dnsPolicy": "None", "dnsConfig": {"nameservers": [NODE_IP]}}
    (container,) = pod["containers"]
    container["resources"] = kserve.RESOURCES
    container["readinessProbe"] |= {"periodSeconds": 1}
