"""The values of an InferenceService."""

from typing import Literal

from pydantic import Field

from codegen.definition.fields import (
    Count,
    EnvironmentVariable,
    MountPath,
    Open,
    OptionalDigests,
    OptionalDnsLabel,
    OptionalDnsName,
    OptionalSecretKey,
    OptionalUri,
    Section,
    Uri,
    Words,
    section,
    unset,
    value,
)


class ModelFormat(Section):
    """What the model is, for KServe's choice of a runtime."""

    name: str = value("", "Format as the serving runtimes name it, such as `sklearn`.")
    version: str = value("", "Version of the format; KServe compares it exactly. Empty: any.")


class StorageUri(Section):
    """One of several models of a service."""

    uri: Uri = Field(description="Where the model is, such as `kit://registry.example.com/models/iris:v1`.")
    mountPath: MountPath = Field(
        default="",
        description="Folder that it is put into. Absent: `/mnt/models`, written out, as KServe's minimal CRDs set no "
        "default.",
    )


class Unpacking(Section):
    """What the initializer does otherwise for one service: annotations that `serviceAnnotations` has to list."""

    filter: str = value(
        "",
        "Filters of `kit unpack` instead of those in `unpackFlags`, with spaces between them, such as `model`.",
    )
    unpackFlags: str = value(
        "", "Flags of `kit unpack` beside those for all. None that weakens trust: those are refused."
    )
    layout: Literal["", "kit", "model"] = value("", "Where files lie, instead of the `layout` for all.")
    digest: OptionalDigests = value(
        "",
        "Digest that the ModelKit has to have, such as `sha256:...`; of several models, each one's, with spaces.",
    )


class InferenceService(Section):
    """An InferenceService. Has no defaults but those of `inferenceServiceDefaults`."""

    namespace: OptionalDnsLabel = value("", "Its namespace. Empty: the release's.")
    labels: Words = value({}, "Labels for it.")
    annotations: Words = value({}, "Annotations for it; KServe copies most of them to its pods.")
    modelFormat: ModelFormat = section(ModelFormat, "What the model is, for KServe's choice of a runtime.")
    protocolVersion: Literal["", "v1", "v2", "grpc-v1", "grpc-v2"] = value(
        "", "Inference protocol. Empty: KServe's default for the format."
    )
    runtime: OptionalDnsName = value(
        "", "Serving runtime by name. Empty: KServe chooses one by format and protocol."
    )
    storageUri: OptionalUri = value(
        "", "Where the model is, such as `kit://registry.example.com/models/iris:v1`."
    )
    storageUris: list[StorageUri] = value(
        [], "Several models at paths of their own, instead of `storageUri`."
    )
    storageKey: OptionalSecretKey = value(
        "", "Key in KServe's Secret `storage-config` that holds this service's registry credentials."
    )
    storageContainerName: OptionalDnsName = value(
        "", "ClusterStorageContainer to use, by name (KServe 0.20). Empty: the one whose prefix fits."
    )
    unpacking: Unpacking = section(Unpacking, "What the initializer does otherwise for this service.")
    serviceAccountName: OptionalDnsName = value("", "Service account of its pods.")
    deploymentMode: Literal["", "Standard", "Knative", "RawDeployment", "Serverless"] = value(
        "",
        "How KServe deploys it. KServe rewrites the last two, its older names, which 0.15 needs. Empty: as KServe is "
        "configured.",
    )
    autoscalerClass: Literal["", "hpa", "keda", "external", "none"] = value(
        "", "What scales it in the mode `Standard`. Empty: KServe's default, `hpa`."
    )
    minReplicas: Count = unset(
        "Pods at least; 0 scales to none where the mode can. Absent: KServe's default, 1."
    )
    maxReplicas: Count = unset("Pods at most; 0 is no limit.")
    scaleTarget: Count = unset("Value of `scaleMetric` that each pod is to have.")
    scaleMetric: Literal["", "cpu", "memory", "concurrency", "rps"] = value(
        "", "What it is scaled by: cpu or memory in the mode `Standard`, concurrency or rps in `Knative`."
    )
    runtimeVersion: str = value("", "Tag of the serving runtime's image. Empty: the runtime's own.")
    args: list[str] = value([], "Arguments of the model's container.")
    env: list[EnvironmentVariable] = value([], "Environment of the model's container.")
    resources: Open = value({}, "Resources of the model's container, as Kubernetes has them.")
    predictor: Open = value(
        {}, "Any other field of KServe's `spec.predictor`, merged over what the keys above give."
    )
