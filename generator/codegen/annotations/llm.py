"""The fields of an LLMInferenceService's specification."""

from codegen.annotations.field import Field, Fields

_PARALLELISM: Fields = {
    "tensor": Field("GPUs among which each layer is split.", examples=(2,)),
    "pipeline": Field("Nodes among which the layers are split.", examples=(2,)),
    "data": Field("Copies of the model that share its requests."),
    "dataLocal": Field("Copies on one node."),
    "dataRPCPort": Field("Port by which the copies talk."),
    "expert": Field("Whether the experts of a mixture are spread over GPUs."),
}
_OBJECT: Fields = {"name": Field("Name of the object."), "namespace": Field("Namespace of the object.")}

ROUTER: Fields = {
    "gateway": Field(
        "Gateway of the requests. `{}`: KServe's own.", {"refs": Field("Gateways that are there.", _OBJECT)}
    ),
    "route": Field(
        "HTTPRoute. `{}`: KServe makes one.",
        {
            "http": Field(
                "The HTTPRoute.",
                {"refs": Field("HTTPRoutes that are there.", {"name": Field("Name of the object.")})},
            )
        },
    ),
    "ingress": Field("Ingress instead of a Gateway.", {"refs": Field("Ingresses that are there.", _OBJECT)}),
    "scheduler": Field(
        "Scheduler that chooses the pod for each request. `{}`: KServe's own.",
        {
            "replicas": Field("Number of its pods."),
            "template": Field("Its pods.", like="pod"),
        },
    ),
}
SPEC: Fields = {
    "template": Field("The pods, or the first pod of each group.", like="pod"),
    "worker": Field("The further pods of a group, for a model that one node can't hold.", like="pod"),
    "parallelism": Field("How the model is split among GPUs and nodes.", _PARALLELISM),
    "replicas": Field("Number of pods, or of groups of pods."),
    "prefill": Field(
        "Pods of their own for the prefill.",
        {
            "replicas": Field("Number of pods."),
            "parallelism": Field("How the model is split.", _PARALLELISM),
            "template": Field("The pods.", like="pod"),
            "worker": Field("The further pods of a group.", like="pod"),
        },
    ),
    "router": Field("What leads requests to the pods.", like="router"),
    "scaling": Field(
        "Autoscaling (KServe 0.17).",
        {"minReplicas": Field("Least number of pods."), "maxReplicas": Field("Greatest number of pods.")},
    ),
    "baseRefs": Field(
        "LLMInferenceServiceConfigs that it is based on.", {"name": Field("Name of the object.")}
    ),
    "labels": Field("Labels of the pods."),
    "annotations": Field("Annotations of the pods."),
}
