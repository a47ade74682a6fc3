"""`python -m tests.e2e.record FILE NAMESPACE...`: what a cluster says of namespaces, for tests of `kitserve status`.

Run it inside (`python -m tests.e2e.cluster enter`). Names of the namespaces and addresses stay as they are.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.e2e.kubectl import Kubectl, KubectlError
from tests.generator.serving.recording import KINDS

Data = dict[str, Any]
LEFT_OUT = {
    *("managedFields", "kubectl.kubernetes.io/last-applied-configuration", "tolerations", "livenessProbe"),
    *(
        "readinessProbe",
        "startupProbe",
        "ports",
        "allocatedResources",
        "hostIP",
        "hostIPs",
        "podIP",
        "podIPs",
    ),
    *("resourceVersion", "source", "reportingComponent", "reportingInstance", "schedulerName", "dnsPolicy"),
    *(
        "securityContext",
        "resources",
        "terminationMessagePath",
        "imagePullPolicy",
        "enableServiceLinks",
        "volumeMounts",
    ),
    *("affinity", "components", "url", "address", "observedGeneration", "user", "template", "selector"),
}
SERVICE_ACCOUNT = "kube-api-access"


def main(file: str, *namespaces: str) -> None:
    """Write the file."""
    kubectl = Kubectl(Path(os.environ["KITSERVE_E2E_KUBECONFIG"]))
    objects: list[Data] = []
    logs: dict[str, str] = {}
    for within in map(kubectl.within, namespaces):
        for kind in KINDS:
            try:
                objects += within.items(kind)
            except KubectlError:
                continue
        for pod in within.items("pods"):
            logs |= _logs(within, pod)
    kept = ",\n".join(json.dumps(_pruned(each)) for each in objects if not _is_noise(each))
    Path(file).write_text(f'{{"objects": [\n{kept}\n],\n"logs": {json.dumps(logs, indent=1)}}}\n')


def _logs(kubectl: Kubectl, pod: Data) -> dict[str, str]:
    found = {}
    name = pod["metadata"]["name"]
    for container in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]):
        for suffix, option in (("", "--previous=false"), ("/previous", "--previous")):
            try:
                said = kubectl.run("logs", name, "-c", container["name"], option, "--tail=60")
            except KubectlError:
                continue
            if said:
                found[f"{kubectl.namespace}/{name}/{container['name']}{suffix}"] = said
    return found


def _pruned(item: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(item, dict):
        return {key: _pruned(value) for key, value in item.items() if key not in LEFT_OUT}
    if isinstance(item, list):
        return [_pruned(each) for each in item if not _is_token(each)]
    return item


def _is_noise(item: Data) -> bool:
    """Whether it is an event on an object that isn't kept."""
    return item["kind"] == "Event" and item["involvedObject"]["kind"] not in KINDS.values()


def _is_token(item: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(item, dict) and str(item.get("name", "")).startswith(SERVICE_ACCOUNT)


if __name__ == "__main__":
    main(*sys.argv[1:])
