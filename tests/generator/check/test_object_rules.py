"""Rules for objects, in the shapes that the codes' own examples don't have, and on manifests such as people write."""

import json
from pathlib import Path
from typing import Any

import pytest
from kitserve.check.object_rules.quantities import amount

from tests.cases.policies import KEY, signed_by
from tests.generator.check.manifests import ABSENT, MODEL, SERVICE, STORAGE, codes, mutated
from tests.generator.check.samples import SAMPLES
from tests.generator.command_line import CommandLine

S, C, P, D = SERVICE, STORAGE, "spec.predictor", "/mnt/models"
PODS = [{"name": "kserve-container", "image": "example.com/server:1"}]
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": "YQ=="}}
LLM = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "LLMInferenceService",
    "metadata": {"name": "chat"},
    "spec": {"model": {"uri": "kit://example.com/chat:1"}},
}


def annotated(item: dict[str, Any], **annotations: str) -> dict[str, Any]:
    """The object with annotations of serving.kserve.io."""
    named = {f"serving.kserve.io/{name}": word for name, word in annotations.items()}
    return mutated(item, "metadata.annotations", named)


STANDARD_HPA = annotated(S, deploymentMode="Standard", autoscalerClass="hpa")
STANDARD_KEDA = annotated(S, deploymentMode="Standard", autoscalerClass="keda")
KNATIVE = annotated(S, deploymentMode="Knative")


def metric(kind: str, field: str, **facts: object) -> dict[str, Any]:
    return {"metrics": [{"type": kind, field: facts}]}


CPU = metric("Resource", "resource", name="cpu", target={"type": "Utilization", "averageUtilization": 80})
QUERY = metric(
    "External",
    "external",
    metric={"backend": "prometheus", "query": "q"},
    target={"type": "Value", "value": "3"},
)


def policy(content: object) -> dict[str, str]:
    return {"name": "KITSERVE_VERIFICATION", "value": json.dumps(content)}


ENGINE_KIT = [{"name": "KITSERVE_ENGINE", "value": "kit"}]


@pytest.mark.parametrize(
    ("item", "path", "value", "expected"),
    [
        # exactly one implementation
        (S, f"{P}.containers", PODS, {"KS226"}),
        (S, f"{P}.containers", [{"name": "sidecar", "image": "example.com/a:1"}], set()),
        (S, P, {"containers": PODS}, set()),
        (
            S,
            P,
            {"sklearn": {"storageUri": "kit://r.io/a:1"}, "xgboost": {"storageUri": "kit://r.io/a:1"}},
            {"KS226"},
        ),
        (S, "spec.transformer", {}, {"KS226"}),
        (S, "spec.transformer", {"containers": [{"image": "example.com/a:1"}]}, set()),
        (
            S,
            P,
            {
                "containers": [
                    {"name": "transformer-container", "env": [{"name": "STORAGE_URI", "value": "x"}]}
                ]
            },
            set(),
        ),
        # what the engine of an initializer can
        (C, "spec.container.env", [{"name": "KITSERVE_ENGINE", "value": "kit"}], set()),
        (C, "spec.container.env", [*ENGINE_KIT, {"name": "KITSERVE_LAYOUT", "value": "kit"}], set()),
        (C, "spec.container.env", [*ENGINE_KIT, {"name": "STORAGE_IGNORE_PATTERNS", "value": ""}], set()),
        (
            C,
            "spec.container.env",
            [*ENGINE_KIT, {"name": "STORAGE_IGNORE_PATTERNS", "value": "*.bin"}],
            {"KS125"},
        ),
        (C, "spec.container.env", [{"name": "KITSERVE_LAYOUT", "value": "model"}], set()),
        (C, "spec.container.env", [*ENGINE_KIT, policy({"unmatched": "deny"})], {"KS125"}),
        (C, "spec.container.env", [*ENGINE_KIT, policy({"rules": [signed_by(KEY)]})], {"KS125"}),
        (C, "spec.container.env", [*ENGINE_KIT, policy({"rules": [signed_by(KEY, mode="warn")]})], set()),
        (C, "spec.container.env", [*ENGINE_KIT, policy([{"rules": 1}])], {"KS199"}),
        (C, "spec.container.env", [policy({"unmatched": "deny"})], set()),
        # whose the policy is, and whether it can be read
        (C, "spec.container.env", [policy({"rules": [signed_by(KEY)]})], set()),
        (
            C,
            "spec.container.env",
            [policy({"rules": [{**signed_by(KEY), "references": ["models/**"]}]})],
            {"KS199"},
        ),
        (C, "spec.container.env", [policy({"rules": [signed_by(KEY, required=2)]})], {"KS199"}),
        # what only the values refuse
        (
            C,
            "spec.container.env",
            [policy({"rules": [{**signed_by(KEY), "references": ["registry.example.com./a"]}]})],
            set(),
        ),
        (C, "spec.container.env", [policy({"unmatched": None})], set()),
        (C, "spec.container.env", [policy([])], {"KS199"}),
        (C, "spec.container.env", [policy({"unmached": "deny"})], {"KS199"}),
        (C, "spec.container.env", [{"name": "KITSERVE_VERIFICATION", "value": "{"}], {"KS199"}),
        (C, "spec.container.env", [{"name": "KITSERVE_VERIFICATION", "value": ""}], set()),
        (
            C,
            "spec.container.env",
            [
                {
                    "name": "KITSERVE_VERIFICATION",
                    "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b", "optional": True}},
                }
            ],
            {"KS198"},
        ),
        # words of the initializer's own annotations
        (S, "metadata.annotations", {"kitserve.io/verification": "enforce"}, set()),
        (S, "metadata.annotations", {"kitserve.io/verification": ""}, set()),
        (S, "metadata.annotations", {"kitserve.io/verification": "Enforce"}, {"KS174"}),
        (S, "metadata.annotations", {"kitserve.io/verification": "allow"}, {"KS174"}),
        (S, f"{P}.annotations", {"kitserve.io/verification": "warn"}, {"KS174"}),
        (S, "metadata.annotations", {"kitserve.io/layout": "kit"}, set()),
        (S, "metadata.annotations", {"kitserve.io/layout": "flat"}, {"KS174"}),
        (S, "metadata.annotations", {"kitserve.io/verificaton": "enforce"}, {"KS127"}),
        (S, "metadata.annotations", {"example.com/verification": "allow"}, set()),
        # scaling, mode by mode
        (STANDARD_HPA, f"{P}.scaleMetric", "cpu", set()),
        (STANDARD_HPA, f"{P}.scaleMetric", "rps", {"KS231"}),
        (STANDARD_HPA, f"{P}.scaleTarget", 101, {"KS231"}),
        (STANDARD_HPA, f"{P}.autoScaling", CPU, set()),
        (STANDARD_HPA, f"{P}.autoScaling", QUERY, {"KS231"}),
        (STANDARD_HPA, f"{P}.deploymentStrategy", {"type": "Recreate"}, set()),
        (STANDARD_KEDA, f"{P}.scaleMetric", "cpu", {"KS231"}),
        (STANDARD_KEDA, f"{P}.autoScaling", CPU, set()),
        (STANDARD_KEDA, f"{P}.autoScaling", QUERY, set()),
        (
            STANDARD_KEDA,
            f"{P}.autoScaling",
            metric("External", "external", metric={"backend": "prometheus"}),
            {"KS231", "KS116"},
        ),
        (KNATIVE, f"{P}.scaleMetric", "rps", set()),
        (KNATIVE, f"{P}.scaleMetric", "memory", {"KS231"}),
        (KNATIVE, f"{P}.deploymentStrategy", {"type": "Recreate"}, {"KS231"}),
        (S, f"{P}.scaleMetric", "rps", set()),
        (S, f"{P}.scaleMetric", "memory", {"KS140"}),
        (annotated(S, deploymentMode="Standard"), f"{P}.minReplicas", 0, {"KS141"}),
        (STANDARD_KEDA, f"{P}.minReplicas", 0, set()),
        # storage URIs
        (S, f"{MODEL}.storageUri", "kit://r.io/a@sha256:" + "0" * 64, set()),
        (S, f"{MODEL}.storageUri", "kit://r:5000/a", {"KS133"}),
        (S, f"{MODEL}.storageUri", "s3://bucket/a", set()),
        (S, f"{MODEL}.storage", {"key": "k", "parameters": {"type": "kit"}}, set()),
        (S, f"{MODEL}.storage", {"key": "k", "parameters": {"type": "kit", "secretKey": "x"}}, {"KS151"}),
        (
            S,
            P,
            {
                "model": {"modelFormat": {"name": "triton"}},
                "storageUris": [
                    {"uri": "kit://r.io/a:1", "mountPath": D},
                    {"uri": "pvc://a", "mountPath": "/mnt/models/b"},
                ],
            },
            set(),
        ),
        (
            S,
            P,
            {
                "model": {"modelFormat": {"name": "triton"}},
                "storageUris": [
                    {"uri": "kit://r.io/a:1", "mountPath": D},
                    {"uri": "hf://a", "mountPath": "/mnt/models/b"},
                ],
            },
            {"KS130"},
        ),
        (
            S,
            P,
            {
                "model": {"modelFormat": {"name": "triton"}},
                "storageUris": [
                    {"uri": "pvc://a", "mountPath": D},
                    {"uri": "kit://r.io/a:1", "mountPath": "/mnt/models/b"},
                ],
            },
            {"KS130"},
        ),
        (
            S,
            P,
            {
                "model": {"modelFormat": {"name": "sklearn"}},
                "storageUris": [{"uri": "kit://r.io/a:1", "mountPath": D}],
            },
            set(),
        ),
        # runtimes
        (S, f"{MODEL}.modelFormat", {"name": "xgboost", "version": "1"}, {"KS138"}),
        (S, f"{MODEL}.modelFormat", {"name": "xgboost", "version": "2"}, set()),
        (
            S,
            MODEL,
            {"modelFormat": {"name": "onnx"}, "protocolVersion": "v2", "storageUri": "kit://r.io/a:1"},
            set(),
        ),
        (S, MODEL, {"modelFormat": {"name": "vLLM"}, "storageUri": "kit://r.io/a:1"}, set()),
        (S, f"{MODEL}.runtime", "kserve-mlserver", set()),
        (S, f"{MODEL}.runtime", "kserve-lgbserver", {"KS137"}),
        (S, f"{MODEL}.runtime", "ours", set()),
        (S, f"{MODEL}.protocolVersion", "grpc-v2", {"KS138"}),
        (S, P, {"onnx": {"storageUri": "kit://r.io/a:1"}}, set()),
        # resources
        (S, f"{MODEL}.resources", {"requests": {"cpu": "2"}}, {"KS139"}),
        (S, f"{MODEL}.resources", {"requests": {"cpu": "2"}, "limits": {"cpu": "2"}}, set()),
        (S, f"{MODEL}.resources", {"requests": {"memory": "1Gi"}}, set()),
        (S, f"{MODEL}.resources", {"requests": {"nvidia.com/gpu": "1"}}, {"KS181"}),
        (C, "spec.container.resources", {"requests": {"memory": "2Gi"}}, {"KS139"}),
        (C, "spec.container.resources", {"limits": {"memory": "50Mi"}}, {"KS139"}),
        (C, "spec.container.resources", {"requests": {"memory": "2Gi"}, "limits": {"memory": "4Gi"}}, set()),
        # kinds that know no kit://
        (LLM, "spec.model.uri", "hf://org/chat", set()),
        (LLM, "spec.storageInitializer", {"enabled": False}, set()),
        (LLM, "spec.storageInitializer", {"enabled": True}, {"KS149"}),
        (S, f"{MODEL}.confidential", {"enabled": False}, set()),
        (S, f"{MODEL}.confidential", {"enabled": True}, {"KS148"}),
        # numbers, lists
        (S, f"{P}.minReplicas", 2**31, {"KS215"}),
        (S, f"{MODEL}.ports", [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}], {"KS216"}),
        (S, f"{MODEL}.ports", [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}], set()),
        # ClusterStorageContainers
        (C, "spec.supportedUriFormats", [{"regex": r"^kit://[\w.-]+(?P<path>/\S+)$"}], set()),
        (C, "spec.supportedUriFormats", [{"regex": "^kit://(a)\\1"}], {"KS120"}),
        (C, "spec.supportedUriFormats", [{"regex": "https?://(.+)/(.+)"}], {"KS129"}),
        (C, "spec.container.image", "example.com:5000/initializer", {"KS152"}),
        (C, "spec.container.image", "example.com/initializer@sha256:" + "0" * 64, set()),
        (C, "spec.container.env", [{"name": "KIT_PASSWORD", "value": "$(OTHER)"}], set()),
        (C, "spec.container.env", [{"name": "MAX_TOKENS", "value": "3"}], set()),
        # Secrets
        (SECRET, "data", {"a": "YQ"}, {"KS251"}),
        (SECRET, "data", {"a": "YW\nJj"}, set()),
        (SECRET, "data", {"a": None}, set()),
        (SECRET, "data", {"a": 1}, {"KS211"}),
        (SECRET, "type", "kubernetes.io/tls", {"KS250"}),
        (SECRET, "type", "kubernetes.io/basic-auth", {"KS250"}),
        (SECRET, "type", "example.com/any", set()),
        (SECRET, "datas", {}, {"KS210"}),
        (SECRET, "stringData", {"..a": "x"}, {"KS252"}),
        (
            mutated(SECRET, "type", "kubernetes.io/dockerconfigjson"),
            "stringData",
            {".dockerconfigjson": "{}"},
            set(),
        ),
        (
            mutated(SECRET, "type", "kubernetes.io/dockerconfigjson"),
            "stringData",
            {".dockerconfigjson": "x"},
            {"KS250"},
        ),
    ],
)
def test_object_has_the_codes(item: dict[str, Any], path: str, value: object, expected: set[str]) -> None:
    assert codes(mutated(item, path, value)) == expected


@pytest.mark.parametrize(
    ("mode", "version", "expected"),
    [
        ("RawDeployment", "0.15", set()),
        ("Standard", "0.15", {"KS143"}),
        ("RawDeployment", "0.16", set()),
        ("Standard", "0.16", set()),
        ("RawDeployment", "0.17", {"KS142"}),
        ("Standard", "0.20", set()),
    ],
)
def test_names_of_modes_are_of_versions(mode: str, version: str, expected: set[str]) -> None:
    assert codes(annotated(S, deploymentMode=mode), version=version) == expected


@pytest.mark.parametrize(("version", "expected"), [("0.17", set()), ("0.19", {"KS223"})])
def test_rules_of_webhooks_are_of_versions(version: str, expected: set[str]) -> None:
    assert (
        codes(mutated(S, f"{MODEL}.env", [{"name": "PYTHONPATH", "value": "x"}]), version=version) == expected
    )


def test_a_runtime_among_the_objects_counts() -> None:
    runtime = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterServingRuntime",
        "metadata": {"name": "forest"},
        "spec": {"supportedModelFormats": [{"name": "forest", "autoSelect": True}], "containers": PODS},
    }
    service = mutated(S, f"{MODEL}.modelFormat.name", "forest")

    assert codes(service) == {"KS138"}
    assert codes(service, runtime) == set()


@pytest.mark.parametrize(
    ("prefixes", "expected"), [(("kit://", "kit://team/"), {"KS115"}), (("kit://", "kit+v2://"), set())]
)
def test_prefixes_overlap(prefixes: tuple[str, str], expected: set[str]) -> None:
    items = [
        mutated(mutated(C, "metadata.name", prefix[:3]), "spec.supportedUriFormats", [{"prefix": prefix}])
        for prefix in prefixes
    ]
    items[1]["metadata"]["name"] = "other"

    assert codes(*items) == expected


@pytest.mark.parametrize(("version", "found"), [("0.15", []), ("0.16", ["KS112"]), ("0.20", ["KS112"])])
def test_a_field_that_kserve_lacks_needs_no_value(
    kitserve: CommandLine, version: str, found: list[str]
) -> None:
    manifest = json.dumps(mutated(STORAGE, "spec.supportsMultiModelDownload", ABSENT))
    checked = kitserve("validate", "--format", "json", "--kserve-version", version, "-", stdin=manifest)

    assert [each["code"] for each in json.loads(checked.out)] == found


def test_a_newer_field_is_said_to_be_one(kitserve: CommandLine) -> None:
    manifest = json.dumps(mutated(S, f"{P}.storageContainerName", "kitops"))
    checked = kitserve("validate", "--kserve-version", "0.17", "-", stdin=manifest)

    assert "unknown field" in checked.err
    assert "hint: KServe 0.20 has it" in checked.err


@pytest.mark.parametrize(
    ("quantity", "number"),
    [("1Ki", 1024), ("500m", 0.5), ("1e3", 1000), (2, 2), (".5", 0.5), ("1.", 1), ("x", None)],
)
def test_quantities_are_numbers(quantity: str | int, number: float | None) -> None:
    assert amount(quantity) == number


def test_manifests_such_as_kserves_own_are_right(kitserve: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "samples.yaml"
    file.write_text(SAMPLES)

    assert kitserve("validate", "--strict", file).err == "1 file: no problems\n"
