"""Objects mutated one field at a time: what a cluster says of each is what kitserve has to say."""

from typing import Any

from tests.generator.check.manifests import ABSENT, MODEL, SERVICE, STORAGE, mutated
from tests.generator.check.mutations import ROWS

S, C, P = SERVICE, STORAGE, "spec.predictor"
FORMAT = {"modelFormat": {"name": "x"}}
CASES: list[tuple[dict[str, Any], str, object]] = [
    *(row[:3] for row in ROWS),
    (S, "metadata.name", "iris"),
    (S, "metadata.name", "1iris"),
    (S, "metadata.name", "iris."),
    (S, f"{P}.minReplicas", 0),
    (S, f"{P}.minReplicas", None),
    (S, f"{P}.maxReplicas", -1),
    (S, f"{MODEL}.env", [None]),
    (S, f"{MODEL}.env", [{"name": "A", "value": 1}]),
    (S, f"{MODEL}.env", [{"name": "A", "value": None}]),
    (S, f"{MODEL}.env", [{"value": "x"}]),
    (S, f"{MODEL}.env", [{"name": "A"}, {"name": "A"}]),
    (S, f"{MODEL}.ports", [{"containerPort": 80}]),
    (S, f"{MODEL}.ports", [{"containerPort": 80}, {"containerPort": 80}]),
    (S, f"{MODEL}.ports", [{"containerPort": "80"}]),
    (S, f"{MODEL}.resources", {"limits": {"memory": 1}}),
    (S, f"{MODEL}.resources", {"limits": {"memory": 1.5}}),
    (S, f"{MODEL}.resources", {"limits": {"memory": "1gi"}}),
    (S, f"{MODEL}.resources", {"limits": {"memory": "-1"}}),
    (S, f"{MODEL}.modelFormat.version", 1),
    (S, f"{MODEL}.protocolVersion", "v9"),
    (S, f"{MODEL}.runtime", ""),
    (S, f"{MODEL}.storage", {"key": "x"}),
    (S, f"{MODEL}.storage", {"path": "x"}),
    (S, f"{P}.logger", {"mode": ""}),
    (S, f"{P}.logger", {"mode": "some"}),
    (S, f"{P}.logger", {"mode": "all", "url": "http://x"}),
    (S, f"{P}.scaleMetric", "gpu"),
    (S, f"{P}.scaleMetric", "rps"),
    (S, f"{P}.scaleMetric", "cpu"),
    (S, f"{P}.containerConcurrency", -1),
    (S, f"{P}.timeout", "5"),
    (S, f"{P}.sklearn", {}),
    (S, f"{P}.containers", [{"name": "a", "image": "b"}]),
    (S, P, {}),
    (S, "spec", {}),
    (S, "spec", None),
    (S, "metadata.annotations", {"serving.kserve.io/autoscalerClass": "kpa"}),
    (S, "metadata.annotations", {"serving.kserve.io/autoscalerClass": "hpa"}),
    (S, "metadata.annotations", {"serving.kserve.io/deploymentMode": "Nonsense"}),
    (S, "metadata.labels", {"a": None}),
    (S, "metadata.labels", {"a": "not a label!"}),
    (S, f"{P}.nodeSelector", {"a": 1}),
    (S, f"{P}.hostNetwork", "true"),
    (S, f"{P}.serviceAccountName", 7),
    (S, f"{P}.storageUris", []),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x"}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": ""}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x", "mountPath": "/"}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x", "mountPath": "a"}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x", "mountPath": "/a/../b"}]}),
    (
        S,
        P,
        {
            "model": FORMAT,
            "storageUris": [{"uri": "kit://x", "mountPath": "/a"}, {"uri": "kit://y", "mountPath": "/b"}],
        },
    ),
    (C, "spec.workloadType", "nonsense"),
    (C, "spec.supportedUriFormats", []),
    (C, "spec.supportedUriFormats", [{"regex": "("}]),
    (C, "spec.supportedUriFormats", {}),
    (C, "spec", None),
    (C, "spec", ABSENT),
    (C, "disabled", True),
    (C, "disabled", "yes"),
    (C, "spec.container.name", ABSENT),
    (C, "spec.container.image", ABSENT),
    (C, "spec.container.imagePullPolicy", "Sometimes"),
    (C, "spec.container.env", [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x"}}}]),
    (C, "spec.container.env", [{"name": "A", "valueFrom": {"secretKeyRef": {"key": "x"}}}]),
    (C, "spec.container.resources", {"limits": {"cpu": "1 m"}}),
    (C, "spec.container.securityContext", {"runAsUser": "0"}),
    (C, "spec.container.securityContext", {"runAsUser": -1}),
    (C, "metadata.name", "Kit"),
    (C, "metadata.name", 123),
    (C, "metadata.labels", {"a b": "c"}),
    (C, "metadata.labels", {"Example.com/a": "c"}),
    (C, "metadata.labels", {"example.com/A_b.c": "c"}),
    (C, "metadata.annotations", {"Example.com/a": "c"}),
    (C, "metadata.annotations", {"a/b/c": "c"}),
    (C, "metadata.annotations", {"": "c"}),
    (C, "metadata.annotations", {"a": "x" * (2**18 - 1)}),
    (C, "metadata.annotations", {"a": "x" * 2**18}),
    (C, "metadata.name", "a" * 254),
]


SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": "YQ=="}}
RUNTIME = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ClusterServingRuntime",
    "metadata": {"name": "forest"},
    "spec": {
        "supportedModelFormats": [{"name": "forest", "version": "1", "autoSelect": True, "priority": 1}],
        "containers": [{"name": "kserve-container", "image": "example.com/forest:1"}],
    },
}
GRAPH = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "InferenceGraph",
    "metadata": {"name": "chain"},
    "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": [{"serviceName": "a"}]}}},
}
TRAINED = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "TrainedModel",
    "metadata": {"name": "iris"},
    "spec": {
        "inferenceService": "many",
        "model": {"framework": "sklearn", "memory": "1Gi", "storageUri": "gs://a"},
    },
}


def annotated(**annotations: str) -> dict[str, Any]:
    """The service with annotations of serving.kserve.io."""
    named = {f"serving.kserve.io/{name}": word for name, word in annotations.items()}
    return mutated(S, "metadata.annotations", named)


HPA = annotated(deploymentMode="Standard", autoscalerClass="hpa")
KEDA = annotated(deploymentMode="Standard", autoscalerClass="keda")
KNATIVE = annotated(deploymentMode="Knative")
NONE = annotated(autoscalerClass="none")
CPU = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}
QUERY = {
    "type": "External",
    "external": {
        "metric": {"backend": "prometheus", "query": "q"},
        "target": {"type": "Value", "value": "3"},
    },
}
PODS = [{"name": "kserve-container", "image": "example.com/server:1"}]
CANARY = {"trafficPercent": 10, "predictor": {"name": "next", "model": FORMAT | {"storageUri": "kit://x"}}}
DOCKER = "kubernetes.io/dockerconfigjson"
WORKERS = {"pipelineParallelSize": 2}
MORE_CASES: list[tuple[dict[str, Any], str, object]] = [
    # exactly one implementation
    (S, f"{P}.containers", PODS),
    (S, f"{P}.containers", [{"name": "sidecar", "image": "a"}]),
    (S, P, {"containers": PODS}),
    (S, P, {"containers": [{"image": "a", "env": [{"name": "PROTOCOL", "value": "v3"}]}]}),
    (S, P, {"containers": [{"image": "a", "env": [{"name": "PROTOCOL", "value": "v2"}]}]}),
    (S, P, {"sklearn": {"storageUri": "kit://x"}, "xgboost": {"storageUri": "kit://x"}}),
    (S, f"{P}.sklearn", {"storageUri": "kit://x", "name": "x"}),
    (S, "spec.transformer", {}),
    (S, "spec.transformer", {"containers": [{"image": "a"}]}),
    (S, "spec.explainer", {"art": {"type": "SquareAttack"}}),
    (
        S,
        "spec.explainer",
        {"art": {"type": "SquareAttack", "storageUri": "kit://x", "storage": {"key": "a"}}},
    ),
    (
        S,
        f"{P}.containers",
        [{"name": "transformer-container", "image": "a", "env": [{"name": "STORAGE_URI", "value": "x"}]}],
    ),
    # scaling
    (HPA, f"{P}.scaleMetric", "cpu"),
    (HPA, f"{P}.scaleMetric", "rps"),
    (HPA, f"{P}.scaleTarget", 100),
    (HPA, f"{P}.scaleTarget", 101),
    (HPA, f"{P}.autoScaling", {"metrics": [CPU]}),
    (HPA, f"{P}.autoScaling", {"metrics": [QUERY]}),
    (HPA, f"{P}.autoScaling", {"metrics": [{"type": "Resource"}]}),
    (KEDA, f"{P}.scaleMetric", "cpu"),
    (KEDA, f"{P}.autoScaling", {"metrics": [CPU, QUERY]}),
    (KEDA, f"{P}.autoScaling", {"metrics": [mutated(QUERY, "external.metric", {"backend": "prometheus"})]}),
    (KEDA, f"{P}.autoScaling", {"metrics": [mutated(QUERY, "external.target", {"type": "Value"})]}),
    (KEDA, f"{P}.autoScaling", {"metrics": [mutated(CPU, "resource.target.averageUtilization", 101)]}),
    (
        KEDA,
        f"{P}.autoScaling",
        {"metrics": [mutated(CPU, "resource.target", {"type": "AverageValue", "averageValue": "1"})]},
    ),
    (KNATIVE, f"{P}.scaleMetric", "rps"),
    (KNATIVE, f"{P}.scaleMetric", "memory"),
    (KNATIVE, f"{P}.deploymentStrategy", {"type": "Recreate"}),
    (S, f"{P}.deploymentStrategy", {"type": "Recreate"}),
    (S, "metadata.annotations", {"serving.kserve.io/autoscalerClass": ""}),
    # loggers, canaries, several nodes, confidential models
    (S, f"{P}.logger", {}),
    (S, f"{P}.logger", {"mode": "all", "storage": {"path": "a", "key": "b"}}),
    (S, f"{P}.logger", {"mode": "all", "storage": {"path": "a", "key": "b", "parameters": {}}}),
    (S, "spec.canary", [CANARY]),
    (annotated(deploymentMode="Standard"), "spec.canary", [CANARY]),
    (annotated(deploymentMode="Standard"), "spec.canary", [CANARY, CANARY]),
    (annotated(deploymentMode="Standard"), "spec.canary", [mutated(CANARY, "trafficPercent", 101)]),
    (annotated(deploymentMode="Standard"), "spec.canary", [mutated(CANARY, "predictor.minReplicas", 2)]),
    (annotated(deploymentMode="Standard"), "spec.canary", [mutated(CANARY, "predictor.scaleTarget", 2)]),
    (NONE, P, {"model": FORMAT | {"storageUri": "pvc://x"}, "workerSpec": WORKERS}),
    (NONE, P, {"model": FORMAT | {"storageUri": "kit://x"}, "workerSpec": WORKERS}),
    (S, P, {"model": FORMAT | {"storageUri": "pvc://x"}, "workerSpec": WORKERS}),
    (NONE, P, {"model": FORMAT | {"storageUri": "pvc://x"}, "workerSpec": {"pipelineParallelSize": 0}}),
    (S, f"{MODEL}.confidential", {"enabled": True, "resourceId": "x"}),
    (S, f"{MODEL}.confidential", {"enabled": True, "resourceId": "kbs:///a/b/c"}),
    # numbers, lists
    (S, f"{P}.minReplicas", 2**31),
    (S, f"{MODEL}.ports", [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]),
    (S, f"{MODEL}.ports", [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]),
    # runtimes
    (RUNTIME, "spec.disabled", False),
    (
        RUNTIME,
        "spec.supportedModelFormats",
        [{"name": "f", "version": v, "autoSelect": True, "priority": int(v)} for v in "12"],
    ),
    (
        RUNTIME,
        "spec.containers",
        [{"name": "kserve-container", "env": [{"name": "PYTHONPATH", "value": "x"}]}],
    ),
    (RUNTIME, "spec.workerSpec", {"pipelineParallelSize": 0, "containers": PODS}),
    (RUNTIME, "spec.workerSpec", {"pipelineParallelSize": 2, "containers": PODS * 2}),
    (
        RUNTIME,
        "spec.workerSpec",
        {"containers": [{"name": "worker-container", "resources": {"limits": {"example.com/gpu": "1"}}}]},
    ),
    (RUNTIME, "spec.workerSpec", {"containers": []}),
    (RUNTIME, "spec.replicas", -1),
    # graphs
    (GRAPH, "spec.nodes", {"first": {"routerType": "Sequence", "steps": [{"serviceName": "a"}]}}),
    (GRAPH, "metadata.name", "a.b"),
    (GRAPH, "spec.nodes.root.steps", [{"serviceName": "a", "nodeName": "b"}]),
    (GRAPH, "spec.nodes.root.steps", [{}]),
    (GRAPH, "spec.nodes.root.steps", [{"name": "x", "serviceName": "a"}] * 2),
    (GRAPH, "spec.nodes.root", {"routerType": "Splitter", "steps": [{"serviceName": "a", "weight": 99}]}),
    (GRAPH, "spec.nodes.root", {"routerType": "Splitter", "steps": [{"serviceName": "a", "weight": 100}]}),
    # models that KServe's agent fetches
    (TRAINED, "metadata.name", "a.b"),
    (TRAINED, "spec.model.storageUri", "s3://bucket/iris"),
    (TRAINED, "spec.model.storageUri", "kit://example.com/iris:1"),
    # Secrets
    (SECRET, "data", {"a": "YQ"}),
    (SECRET, "data", {"a": "YW\nJj"}),
    (SECRET, "data", {"a": None}),
    (SECRET, "data", {"a": 1}),
    (SECRET, "datas", {}),
    (SECRET, "type", "kubernetes.io/tls"),
    (SECRET, "type", "kubernetes.io/basic-auth"),
    (SECRET, "type", "kubernetes.io/ssh-auth"),
    (SECRET, "type", "kubernetes.io/service-account-token"),
    (SECRET, "type", "example.com/any"),
    (SECRET, "stringData", {"..a": "x"}),
    (SECRET, "stringData", {"a b": "x"}),
    (SECRET, "stringData", {".a": "x"}),
    (SECRET, "stringData", {"b": "x" * (2**20 - 1)}),
    (SECRET, "stringData", {"b": "x" * 2**20}),
    (mutated(SECRET, "type", "kubernetes.io/tls"), "data", {"tls.crt": None, "tls.key": "YQ=="}),
    (SECRET | {"type": DOCKER}, "stringData", {".dockerconfigjson": "{}"}),
    (SECRET | {"type": DOCKER}, "stringData", {".dockerconfigjson": "x"}),
    (SECRET | {"type": DOCKER}, "stringData", {".dockerconfigjson": "null"}),
    (SECRET | {"type": DOCKER}, "stringData", {".dockerconfigjson": "[]"}),
    (SECRET | {"type": DOCKER}, "stringData", {"config.json": "{}"}),
]
