"""A registry that is down when the pod starts, and back a little later."""

from tests.e2e.conftest import Cluster
from tests.e2e.files import service
from tests.e2e.inference import failure, initializer
from tests.e2e.kubectl import Kubectl
from tests.e2e.processes import free_port
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

UNREACHABLE = 13


def test_it_is_served_without_anybodys_help(
    cluster: Cluster, files: Release, kubectl: Kubectl, modelkits: dict[str, ModelKit]
) -> None:
    iris, address = modelkits["iris"], f"{cluster.address}:{free_port(cluster.address)}"
    files.install(inferenceServices={"iris": service(storageUri=f"kit://{address}/golden/iris:v1")})
    assert initializer(kubectl, "iris")["image"] == files.image
    info = failure(kubectl, "iris")
    assert info["exitCode"] == UNREACHABLE
    assert address in info["message"]
    with Registry(address=address) as registry:
        registry.push_layout(iris.archive, iris.repository, "v1")
        kubectl.wait("inferenceservice/iris", "condition=Ready")
        assert '"digest"' not in kubectl.read("iris-predictor", "/Kitfile")
