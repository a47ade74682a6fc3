"""What a service says beside images, in any kind of service, and in runtimes."""

from typing import Any

import pytest

from tests.case_ids import case_id
from tests.generator.check.imagevolume.parts import (
    ANNOTATIONS,
    CLAIM,
    NATIVE,
    PIN,
    PROVISION,
    D,
    P,
    image,
    listed,
    mounted,
    with_volumes,
)
from tests.generator.check.manifests import MODEL, SERVICE, codes, mutated

MODE = "serving.kserve.io/deploymentMode"
HUGGING = {"modelFormat": {"name": "huggingface"}}
RUNTIME = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ServingRuntime",
    "metadata": {"name": "forest"},
    "spec": {"supportedModelFormats": [{"name": "forest"}], "containers": [{"name": "kserve-container"}]},
}


def knative(item: dict[str, Any]) -> dict[str, Any]:
    return mutated(item, ANNOTATIONS, {MODE: "Knative"})


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # settings that nothing reads
        (mutated(NATIVE, ANNOTATIONS, {"kitserve.io/filter": "model"}), {"KS166"}),
        (mutated(NATIVE, f"{P}.annotations", {"kitserve.io/layout": "model"}), {"KS166"}),
        (mutated(SERVICE, ANNOTATIONS, {"kitserve.io/filter": "model"}), set()),
        (mutated(NATIVE, ANNOTATIONS, {"example.com/filter": "model"}), set()),
        (
            mutated(
                listed("kit://r.io/a:1", f"oci+native://{PIN}"), ANNOTATIONS, {"kitserve.io/layout": "model"}
            ),
            set(),
        ),
        (mutated(NATIVE, ANNOTATIONS, {"storage.kserve.io/readonly": "false"}), {"KS166"}),
        (mutated(NATIVE, ANNOTATIONS, {"storage.kserve.io/readonly": "true"}), set()),
        (mutated(SERVICE, ANNOTATIONS, {"storage.kserve.io/readonly": "false"}), set()),
        (mutated(NATIVE, f"{MODEL}.storage", {"key": "hub"}), {"KS166"}),
        (mutated(NATIVE, f"{MODEL}.confidential", {"enabled": True}), {"KS166"}),
        (mutated(NATIVE, f"{MODEL}.confidential", {"enabled": False}), set()),
        (mutated(NATIVE, f"{P}.storageContainerName", "kitops"), {"KS166"}),
        (mutated(SERVICE, f"{P}.storageContainerName", "kitops"), set()),
        # Knative
        (knative(NATIVE), set()),
        (knative(listed(f"oci+native://{PIN}")), {"KS168"}),
        (listed(f"oci+native://{PIN}"), set()),
        (knative(listed("kit://r.io/a:1")), {"KS168"}),
        (knative(listed("gs://bucket/iris")), {"KS168"}),
        (knative(listed("pvc://models/iris")), {"KS168"}),
        (mutated(listed("kit://r.io/a:1"), ANNOTATIONS, {MODE: "Standard"}), set()),
        (mutated(listed("kit://r.io/a:1"), ANNOTATIONS, {MODE: "Serverless"}), {"KS142", "KS168"}),
        (knative(mutated(SERVICE, f"{P}.initContainers", [{"name": "a", "image": "r.io/a:1"}])), {"KS168"}),
        (knative(mutated(SERVICE, f"{P}.initContainers", [])), set()),
        (knative(with_volumes(SERVICE, image(), mounts=mounted("model", "/m", readOnly=True))), {"KS168"}),
        (knative(with_volumes(SERVICE, image(), mounts=mounted("model", "/m"))), {"KS168"}),
        (knative(with_volumes(SERVICE, {"name": PROVISION, **CLAIM})), {"KS168", "KS189"}),
        (knative(with_volumes(SERVICE, {"name": PROVISION, **CLAIM}, mounts=mounted(PROVISION))), {"KS168"}),
        (
            knative(with_volumes(SERVICE, {"name": PROVISION, "emptyDir": {}}, mounts=mounted(PROVISION))),
            set(),
        ),
        (
            mutated(with_volumes(SERVICE, {"name": PROVISION, **CLAIM}), ANNOTATIONS, {MODE: "Standard"}),
            set(),
        ),
        (
            knative(with_volumes(SERVICE, {"name": "a", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}})),
            {"KS168"},
        ),
        (knative(with_volumes(SERVICE, {"name": "a", "configMap": {"name": "b"}})), set()),
        # several nodes
        (
            mutated(
                mutated(
                    NATIVE, P, {"workerSpec": {}, "model": {**HUGGING, "storageUri": f"oci+native://{PIN}"}}
                ),
                ANNOTATIONS,
                {"serving.kserve.io/autoscalerClass": "none"},
            ),
            {"KS225"},
        ),
        # custom servers, and canaries
        (
            mutated(
                SERVICE,
                P,
                {
                    "containers": [
                        {
                            "image": "r.io/s:1",
                            "env": [{"name": "STORAGE_URI", "value": "oci+native://r.io/A:1"}],
                        }
                    ]
                },
            ),
            {"KS165"},
        ),
        (
            mutated(
                SERVICE,
                "spec.transformer",
                {
                    "containers": [{"image": "r.io/s:1"}],
                    "storageUris": [{"uri": "oci+native://r.io/a:1", "mountPath": D}],
                },
            ),
            {"KS164"},
        ),
        # runtimes
        (mutated(RUNTIME, "spec.volumes", [image()]), set()),
        (mutated(RUNTIME, "spec.volumes", [image(reference="r.io/A:1")]), {"KS165"}),
        (mutated(RUNTIME, "spec.volumes", [{"name": "a", "image": {}}]), {"KS188"}),
    ],
    ids=case_id,
)
def test_services_have_the_codes(item: dict[str, Any], expected: set[str]) -> None:
    assert codes(item) == expected
