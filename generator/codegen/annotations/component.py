"""The fields of a component of an InferenceService: predictor, transformer, explainer."""

from codegen.annotations.field import Field, Fields

_TARGET = Field(
    "Value to hold.",
    {
        "type": Field("Kind of the value."),
        "averageUtilization": Field("Percent of the request, for `Utilization`.", examples=(80,)),
        "averageValue": Field("Value for each pod, for `AverageValue`."),
        "value": Field("Value of all pods, for `Value`."),
    },
)
_METRIC: Fields = {
    "type": Field("Kind of the metric: which of the keys beside it counts."),
    "resource": Field("CPU or memory of the pods.", {"name": Field("Resource."), "target": _TARGET}),
    "external": Field(
        "Metric of a monitoring system, by KEDA.",
        {
            "metric": Field(
                "Query.",
                {
                    "backend": Field("System."),
                    "serverAddress": Field("URL of the system."),
                    "query": Field("Query in its language."),
                    "namespace": Field("Namespace of the query."),
                },
            ),
            "target": _TARGET,
        },
    ),
    "podmetric": Field(
        "Metric that the pods report by OpenTelemetry, by KEDA.",
        {
            "metric": Field(
                "Query.",
                {
                    "backend": Field("System."),
                    "metricNames": Field("Metrics."),
                    "query": Field("Query in its language."),
                    "operationOverTime": Field(
                        "How values of a time become one.", examples=("last_one", "avg")
                    ),
                    "serverAddress": Field("Address of the collector."),
                },
            ),
            "target": _TARGET,
        },
    ),
}
_RULES: Fields = {
    "stabilizationWindowSeconds": Field("Seconds whose recommendations are looked at together."),
    "selectPolicy": Field("Which policy counts.", examples=("Max", "Min", "Disabled")),
    "policies": Field(
        "Most that may change in a time.",
        {
            "type": Field("Unit of `value`.", examples=("Pods", "Percent")),
            "value": Field("Most that may change."),
            "periodSeconds": Field("Seconds."),
        },
    ),
}
_SCALING: Fields = {
    "minReplicas": Field(
        "Least number of pods. The key `minReplicas` of the service sets it too.", examples=(1,)
    ),
    "maxReplicas": Field(
        "Greatest number of pods. The key `maxReplicas` of the service sets it too.", examples=(3,)
    ),
    "scaleTarget": Field("Target value of `scaleMetric` for each pod."),
    "scaleMetric": Field("Metric of the autoscaler.", examples=("cpu", "memory", "concurrency", "rps")),
    "scaleMetricType": Field("How the metric is compared with the target."),
    "autoScaling": Field(
        "Metrics of the autoscaler, instead of `scaleMetric` and `scaleTarget`.",
        {
            "metrics": Field("Metrics.", _METRIC),
            "behavior": Field(
                "Speed of the autoscaler (KServe 0.16).",
                {"scaleUp": Field("More pods.", _RULES), "scaleDown": Field("Fewer pods.", _RULES)},
            ),
        },
    ),
    "containerConcurrency": Field("Requests that a pod gets at once. Absent or 0: any number."),
    "timeout": Field("Seconds that a request may take."),
    "canaryTrafficPercent": Field(
        "Percent of the requests that the newest revision gets, in the mode `Knative`.", examples=(10,)
    ),
}
_REST: Fields = {
    "logger": Field(
        "Copies of requests and answers, sent to a URL.",
        {"mode": Field("What is sent."), "url": Field("URL of the receiver.")},
    ),
    "batcher": Field(
        "Requests that are joined to batches.",
        {
            "maxBatchSize": Field("Most requests in a batch."),
            "maxLatency": Field("Milliseconds that a request waits for others."),
            "timeout": Field("Seconds that a batch may take."),
        },
    ),
    "deploymentStrategy": Field(
        "How new pods take the place of old ones, in the mode `Standard`.",
        {
            "type": Field(
                "`RollingUpdate`, or `Recreate`: the old pods end first.",
                examples=("RollingUpdate", "Recreate"),
            ),
            "rollingUpdate": Field(
                "Pods that may be too many or too few.",
                {
                    "maxSurge": Field("Pods beyond the number, or a percentage."),
                    "maxUnavailable": Field("Pods short of the number, or a percentage.", examples=(0,)),
                },
            ),
        },
    ),
    "labels": Field("Labels of the pods."),
    "annotations": Field("Annotations of the pods."),
}
COMPONENT: Fields = {**_SCALING, **_REST}
"""Besides those of a pod."""

MODEL: Fields = {
    "modelFormat": Field(
        "The model's format, by which KServe chooses a runtime.",
        {
            "name": Field(
                "Format, as serving runtimes name it.", examples=("sklearn", "huggingface", "onnx", "pytorch")
            ),
            "version": Field("Version of the format, which KServe compares exactly. Quote it."),
        },
    ),
    "storageUri": Field("The model's URI.", examples=("kit://registry.example.com/models/iris:v1",)),
    "storage": Field(
        "Storage by a key of the Secret `storage-config`.",
        {
            "key": Field("Key in the Secret."),
            "path": Field("Path of the model in the storage."),
            "parameters": Field("Settings that override the key's."),
        },
    ),
    "runtime": Field(
        "Serving runtime by name.", examples=("kserve-sklearnserver", "kserve-huggingfaceserver")
    ),
    "runtimeVersion": Field("Tag of the runtime's image."),
    "protocolVersion": Field("Inference protocol.", examples=("v1", "v2", "grpc-v2")),
}
"""Besides those of a container."""

WORKER: Fields = {
    "pipelineParallelSize": Field(
        "Nodes among which the model's layers are split, the head's node among them.", examples=(2,)
    ),
    "tensorParallelSize": Field("GPUs of a node among which each layer is split.", examples=(1,)),
}
PREDICTOR: Fields = {
    "model": Field(
        "The model, and its server's container. The service's own keys set most of it, and what is written here wins.",
        MODEL,
        like="container",
    ),
    "workerSpec": Field("Pods of further nodes, for a model that one node can't hold.", WORKER, like="pod"),
}
CANARY: Fields = {
    "trafficPercent": Field("Percent of the requests that it gets.", examples=(10,)),
    "predictor": Field("Its predictor: a name, and what differs from the service's.", like="predictor"),
}
