"""The fields of a component of an InferenceService: predictor, transformer, explainer."""

from codegen.annotations.field import Field, Fields
from codegen.annotations.scaling import SCALING

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
COMPONENT: Fields = {**SCALING, **_REST}
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
    "trafficPercent": Field(
        "Percent of the predictor's `minReplicas` that it gets. KServe 0.20 sends it no requests.",
        examples=(10,),
    ),
    "predictor": Field("Its predictor: a name, and what differs from the service's.", like="predictor"),
}
