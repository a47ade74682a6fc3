"""What is before and beside a model, by docs/guide/services.md and its examples: a transformer, and a canary."""

import time
from typing import Any

from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.e2e.features import needs
from tests.e2e.files import RUNTIME, SECURITY, service
from tests.e2e.image_volumes import SHOWN, pack_words
from tests.e2e.inference import RESOURCES, await_ready
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.e2e.status import SECONDS, look, waited
from tests.parts.registry import Registry

# It asks the predictor for each path, as KServe tells it by --predictor_host. The cluster has no DNS: Kubernetes names
# the addresses of Services in variables.
TRANSFORMER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.request import urlopen

service = sys.argv[sys.argv.index("--predictor_host") + 1].partition(".")[0]
predictor = os.environ[service.upper().replace("-", "_") + "_SERVICE_HOST"]

class Transformer(BaseHTTPRequestHandler):
    def do_GET(self):
        answer = urlopen(f"http://{predictor}{self.path}").read().upper()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

HTTPServer(("", 8080), Transformer).serve_forever()
"""


def example(name: str, **keys: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of an entry of `inferenceServices`
    """The values of an example, whose service iris has the files' server and other values for some keys."""
    values: dict[str, Any] = YAML(typ="safe").load((REPOSITORY / "examples" / f"{name}.yaml").read_text())
    values["inferenceServices"] = {"iris": values["inferenceServices"]["iris"] | service(**keys)}
    return values


def served_by(kubectl: Kubectl, name: str) -> set[str]:
    """The labels `app` of the pods behind a Service."""
    slices = kubectl.items("endpointslices", "--selector", f"kubernetes.io/service-name={name}")
    names = [each["targetRef"]["name"] for part in slices for each in part["endpoints"] or ()]
    return {kubectl.get(f"pod/{each}")["metadata"]["labels"]["app"] for each in names}


def test_a_transformer(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    values = example("transformer", storageUri=pack_words(registry, "of a model").uri, nodeSelector={})
    (container,) = values["inferenceServices"]["iris"]["transformer"]["containers"]
    container |= {
        "image": files.image,
        "command": ["python3", "-c", TRANSFORMER],
        "resources": RESOURCES,
        "securityContext": SECURITY,
    }
    files.install(**values)
    await_ready(kubectl, "iris")

    assert kubectl.read("iris-predictor", f"/{SHOWN}") == "of a model"
    assert kubectl.read("iris-transformer", f"/{SHOWN}") == "OF A MODEL"
    pods = kubectl.items("pods", "--selector", "component=transformer")
    assert [pod["spec"]["serviceAccountName"] for pod in pods] == ["models"]
    assert [pod["spec"].get("initContainers", []) for pod in pods] == [[]]


@needs("canaries")
def test_a_canary_has_pods_and_a_service_of_its_own(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    values = example("canary", storageUri=pack_words(registry, "stable", "v1").uri)
    (canary,) = values["inferenceServices"]["iris"]["canary"]
    canary["predictor"]["model"] |= {
        "modelFormat": {"name": "files"},
        "runtime": RUNTIME,
        "storageUri": pack_words(registry, "newer", "v2").uri,
    }
    files.install(**values)
    await_ready(kubectl, "iris")
    kubectl.wait("inferenceservice/iris", "condition=CanaryPredictorReady")

    assert kubectl.read("iris-predictor", f"/{SHOWN}") == "stable"
    assert kubectl.read("iris-v2-predictor", f"/{SHOWN}") == "newer"
    assert served_by(kubectl, "iris-predictor") == {"isvc.iris-predictor"}
    assert served_by(kubectl, "iris-v2-predictor") == {"isvc.iris-v2-predictor"}
    found = look(kubectl)["iris"]
    assert (found["state"], len(found["models"])) == ("ready", 2), found
    replicas = {each["metadata"]["name"]: each["spec"]["replicas"] for each in kubectl.items("deployments")}
    assert replicas == {"iris-predictor": 1, "iris-v2-predictor": 1}


def test_a_share_of_the_requests_has_no_effect_in_the_mode_standard(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    uris = [pack_words(registry, words, words).uri for words in ("older", "newer")]
    files.install(inferenceServices={"iris": service(storageUri=uris[0])})
    await_ready(kubectl, "iris")

    files.install(inferenceServices={"iris": service(storageUri=uris[1], canaryTrafficPercent=10)})
    path = (
        r"{.spec.template.metadata.annotations.internal\.serving\.kserve\.io/storage-initializer-sourceuri}"
    )
    kubectl.wait("deployment/iris-predictor", f"jsonpath={path}={uris[1]}")
    assert waited(kubectl)[0] == 0
    kubectl.wait("deployment/iris-predictor", "jsonpath={.status.replicas}=1")

    assert [each["metadata"]["name"] for each in kubectl.items("deployments")] == ["iris-predictor"]
    end = time.monotonic() + SECONDS
    while (said := kubectl.read("iris-predictor", f"/{SHOWN}")) != "newer" and time.monotonic() < end:
        time.sleep(0.5)
    assert said == "newer"
