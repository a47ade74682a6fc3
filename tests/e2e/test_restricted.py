"""A namespace that enforces Kubernetes' restricted Pod Security Standard."""

from tests.e2e.files import SECURITY, digest, service
from tests.e2e.inference import initializer
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

# Nobody's: OpenShift gives each namespace a range of its own up there.
UID = 1_000_680_000


def test_initializer_runs_under_any_user_on_a_read_only_root(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    kubectl.run("label", "namespace", kubectl.namespace, "pod-security.kubernetes.io/enforce=restricted")
    uri = f"kit://{registry.host}/golden/iris:v1"
    pod = {"securityContext": {"runAsUser": UID, "runAsGroup": UID}}
    files.install(inferenceServices={"iris": service(storageUri=uri, predictor=pod)})
    container = initializer(kubectl, "iris")
    assert container["image"] == files.image
    assert container["securityContext"] == SECURITY | {"privileged": False}
    assert digest(kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")
    owner = "import os; print(os.stat('/mnt/models/Kitfile').st_uid)"
    assert kubectl.run("exec", "deployment/iris-predictor", "--", "python3", "-c", owner) == f"{UID}\n"
