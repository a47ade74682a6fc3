"""A claim that holds a ModelKit, in the mode Knative, which needs three features for it."""

from tests.e2e.conftest import Cluster
from tests.e2e.disks import on_the_node
from tests.e2e.files import service
from tests.e2e.inference import await_ready
from tests.e2e.knative.client import ask
from tests.e2e.knative.features import switched_on
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.e2e.status import await_causes
from tests.image.packing import file, layer, pack
from tests.parts.registry import Registry

FEATURES = (
    "kubernetes.podspec-persistent-volume-claim",
    "kubernetes.podspec-persistent-volume-write",
    "kubernetes.podspec-securitycontext",
)


def test_a_claim_needs_features_and_holds_the_model(
    files: Release, cluster: Cluster, kubectl: Kubectl, registry: Registry
) -> None:
    made = pack(registry, layer(file("model.txt", b"first")))
    with on_the_node(cluster, files) as disks:
        entry = service(
            storageUri=made.uri,
            deploymentMode="Knative",
            delivery="volume",
            modelVolume={"size": "1Gi", "storageClassName": disks},
            # A pod that ends has as long as a request may take, and the disk waits for it.
            predictor={"securityContext": {"fsGroup": 2000}, "timeout": 5},
        )
        files.install(inferenceServices={"iris": entry})
        cause = await_causes(kubectl, "iris")["iris"]["cause"]
        assert "Persistent volume claim support is disabled" in cause

        with switched_on(kubectl, *FEATURES):
            kubectl.run("annotate", "inferenceservice/iris", "example.com/again=1")
            await_ready(kubectl, "iris")
            assert ask(kubectl, "inferenceservice/iris", "/model.txt") == "first"
