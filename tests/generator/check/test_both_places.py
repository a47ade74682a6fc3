"""What takes two values stands at both."""

from typing import Any

import pytest
from kitserve.check.objects import check_objects
from kitserve.problems import Problem, dotted

from tests.e2e.verdict_cases import GRAPH, RUNTIME
from tests.generator.check.manifests import LLM, MODEL, NEWEST, SERVICE, mutated

P, ANNOTATIONS = "spec.predictor", "metadata.annotations"
CLASS, MODE = "serving.kserve.io/autoscalerClass", "serving.kserve.io/deploymentMode"
DRA = "serving.kserve.io/exp-dra-"
CANARY = {"trafficPercent": 60, "predictor": {"name": "a", "minReplicas": 3, "containers": [{"name": "c"}]}}
STANDARD = mutated(mutated(SERVICE, ANNOTATIONS, {MODE: "Standard"}), f"{P}.minReplicas", 2)
WORKERS = {"containers": [{"name": "worker-container", "image": "example.com/forest:1"}]}
HTTP, GATEWAY = "spec.router.route.http", "spec.router.gateway"
HPA, KEDA = ({"maxReplicas": 2, "wva": {backend: {}}} for backend in ("hpa", "keda"))
OWN_ROUTE = {"route": {"http": {"refs": [{"name": "a"}]}}, "gateway": {}}
TWO_PRIORITIES = [
    {"name": "forest", "version": version, "autoSelect": True, "priority": int(version)} for version in "12"
]
SIZED = [
    {"name": "kserve-container", "image": "a:b", "env": [{"name": "TENSOR_PARALLEL_SIZE", "value": "2"}]}
]


def problems(item: dict[str, Any], version: str = NEWEST) -> list[Problem]:
    return [problem for _, problem in check_objects([item], version)]


def graph(router: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return mutated(GRAPH, "spec.nodes.root", {"routerType": router, "steps": list(steps)})


@pytest.mark.parametrize(
    ("item", "code", "place", "others"),
    [
        (mutated(SERVICE, f"{P}.workerSpec", {}), "KS225", f'{ANNOTATIONS}["{CLASS}"]', {f"{P}.workerSpec"}),
        (mutated(SERVICE, f"{P}.workerSpec", {}), "KS225", f"{MODEL}.storageUri", {f"{P}.workerSpec"}),
        (
            mutated(STANDARD, "spec.canary", [CANARY]),
            "KS232",
            "spec.canary[0].predictor.minReplicas",
            {f"{P}.minReplicas"},
        ),
        (
            mutated(STANDARD, "spec.canary", [CANARY, CANARY]),
            "KS232",
            "spec.canary[1].trafficPercent",
            {"spec.canary[0].trafficPercent"},
        ),
        (
            mutated(mutated(SERVICE, ANNOTATIONS, {MODE: "Knative"}), "spec.canary", [CANARY]),
            "KS232",
            f'{ANNOTATIONS}["{MODE}"]',
            {"spec.canary"},
        ),
        (
            mutated(RUNTIME, "spec.supportedModelFormats", TWO_PRIORITIES),
            "KS240",
            "spec.supportedModelFormats[1].priority",
            {"spec.supportedModelFormats[0].priority"},
        ),
        (
            mutated(mutated(RUNTIME, "spec.containers", SIZED), "spec.workerSpec", WORKERS),
            "KS241",
            "spec.containers[0].env[0].name",
            {"spec.workerSpec"},
        ),
        (
            graph("Sequence", *[{"name": "a", "serviceName": "b"}] * 2),
            "KS262",
            "spec.nodes.root.steps[1].name",
            {"spec.nodes.root.steps[0].name"},
        ),
        (
            graph("Sequence", {"nodeName": "a", "serviceName": "b"}),
            "KS263",
            "spec.nodes.root.steps[0]",
            {f"spec.nodes.root.steps[0].{target}" for target in ("nodeName", "serviceName")},
        ),
        (
            graph("Splitter", *[{"serviceName": "b", "weight": 20}] * 2),
            "KS264",
            "spec.nodes.root.steps",
            {f"spec.nodes.root.steps[{step}].weight" for step in (0, 1)},
        ),
        (mutated(LLM, "spec.worker", {"containers": []}), "KS270", "spec.parallelism", {"spec.worker"}),
        (
            mutated(LLM, "spec.parallelism", {"pipeline": 2, "data": 2, "dataLocal": 1}),
            "KS270",
            "spec.parallelism",
            {f"spec.parallelism.{size}" for size in ("pipeline", "data", "dataLocal")},
        ),
        (
            mutated(mutated(LLM, "spec.scaling", HPA), "spec.prefill", {"scaling": KEDA}),
            "KS271",
            "spec.prefill.scaling.wva",
            {"spec.scaling.wva"},
        ),
        (mutated(LLM, "spec.router", OWN_ROUTE), "KS273", f"{HTTP}.refs", {GATEWAY}),
        (
            mutated(LLM, "spec.router", {"route": {"group": "a"}}),
            "KS274",
            "spec.router.route.weight",
            {"spec.router.route.group"},
        ),
        (
            mutated(LLM, "spec.model.lora", {"adapters": [{"name": "a", "uri": "hf://a/b"}] * 2}),
            "KS276",
            "spec.model.lora.adapters[1].name",
            {"spec.model.lora.adapters[0].name"},
        ),
        (
            mutated(LLM, "spec.model.lora", {"adapters": [{"name": "chat", "uri": "hf://a/b"}]}),
            "KS276",
            "spec.model.lora.adapters[0].name",
            {"metadata.name"},
        ),
        (
            mutated(LLM, ANNOTATIONS, {f"{DRA}device-count": "2"}),
            "KS277",
            f'{ANNOTATIONS}["{DRA}device-class"]',
            {f'{ANNOTATIONS}["{DRA}device-count"]'},
        ),
        (
            mutated(mutated(LLM, "spec.scaling", HPA), "spec.replicas", 2),
            "KS218",
            "spec",
            {"spec.replicas", "spec.scaling"},
        ),
    ],
)
def test_a_problem_names_all_that_it_takes(
    item: dict[str, Any], code: str, place: str, others: set[str]
) -> None:
    (found,) = (each for each in problems(item) if (each.code, each.dotted) == (code, place))

    assert {dotted(path) for path in found.also} == others


@pytest.mark.parametrize(
    ("scaling", "message", "hint"),
    [
        (
            HPA | {"minReplicas": 3},
            "minReplicas cannot exceed maxReplicas",
            "change minReplicas or maxReplicas",
        ),
        ({"maxReplicas": 2, "wva": {}}, "either hpa or keda must be", "write hpa or keda"),
        ({"maxReplicas": 2}, "wva is required when scaling is configured; it provides", "write wva"),
        (
            {"maxReplicas": 2, "wva": {"hpa": {}, "keda": {}}},
            "hpa and keda are mutually exclusive",
            "choose one actuator backend",
        ),
        (
            {"maxReplicas": 2, "minReplicas": 1, "wva": {"keda": {"idleReplicaCount": 1}}},
            "idleReplicaCount must be less than minReplicas; ",
            "change wva.keda.idleReplicaCount or minReplicas",
        ),
    ],
)
def test_a_rule_of_the_crd_has_a_hint(scaling: dict[str, Any], message: str, hint: str) -> None:
    (found,) = problems(mutated(LLM, "spec.scaling", scaling))

    assert found.code == "KS218"
    assert found.message.startswith(message)
    assert found.hint == hint


@pytest.mark.parametrize(
    ("priorities", "expected"),
    [
        ((1,), [("KS242", 0)]),
        ((1, 0), [("KS240", 1), ("KS242", 0)]),
        ((None,), [("KS155", 0)]),
        ((9,), []),
    ],
)
def test_a_priority_that_kserve_has_is_one_problem(
    priorities: tuple[int | None, ...], expected: list[tuple[str, int]]
) -> None:
    formats = [
        {"name": "sklearn", "version": "1", "autoSelect": True, "priority": priority}
        for priority in priorities
    ]
    item = mutated(mutated(RUNTIME, "spec.supportedModelFormats", formats), "spec.protocolVersions", ["v1"])

    assert [(problem.code, problem.path[2]) for problem in problems(item)] == expected
