"""The values of an InferenceService."""

from typing import Annotated, Literal

from pydantic import Field

from codegen.definition.fields import (
    Count,
    MountPath,
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
from codegen.definition.model_server import ModelServer
from codegen.definition.model_volume import ModelVolume
from codegen.definition.service_parts import OpenParts, Placement, ServiceIdentity


class ModelFormat(Section):
    """The model's format, by which KServe chooses a runtime."""

    name: str = value("", "Format, as serving runtimes name it, such as `sklearn`.")
    version: str = value("", "Version of the format; KServe compares it exactly. Empty: any.")


class StorageUri(Section):
    """One of several models of a service."""

    uri: Uri = Field(description="The model's URI, such as `kit://registry.example.com/models/iris:v1`.")
    mountPath: MountPath = Field(
        default="",
        description="Folder for the model. Absent: `/mnt/models`, which is written out because KServe's minimal CRDs "
        "have no default.",
    )


class Unpacking(Section):
    """Settings for one service: annotations that `serviceAnnotations` must list, or a choice of its image."""

    filter: str = value(
        "",
        "Filters of `kit unpack` that replace those in `unpackFlags`, with spaces between them, such as `model`.",
    )
    unpackFlags: str = value(
        "",
        "Flags of `kit unpack` in addition to those for all. A service may set what is unpacked, and the log: "
        "`kitserve validate` and the initializer refuse flags that weaken trust, Helm doesn't.",
    )
    layout: Literal["", "kit", "model"] = value("", "Places of the files, instead of the `layout` for all.")
    digest: OptionalDigests = value(
        "",
        "Digest that the ModelKit must have, such as `sha256:...`; for several models one digest each, with spaces.",
    )
    label: str = value(
        "",
        "Labels that choose the ModelKit from an index, such as `quantization=q4_0`, with spaces between them.",
    )
    verification: Literal["", "enforce"] = value(
        "",
        "`enforce`: every rule of the value `verification` that matches is enforced for this service, also one with "
        "the mode `warn`, and a ModelKit that no rule matches is refused.",
    )


class ServedModel(Section):
    """What is served, and how KServe deploys and scales it."""

    namespace: OptionalDnsLabel = value("", "Its namespace. Empty: the release's.")
    labels: Words = value({}, "Labels for it.")
    annotations: Words = value({}, "Annotations for it; KServe copies most of them to its pods.")
    modelFormat: ModelFormat = section(ModelFormat, "The model's format, by which KServe chooses a runtime.")
    protocolVersion: Literal["", "v1", "v2", "grpc-v1", "grpc-v2"] = value(
        "", "Inference protocol. Empty: KServe's default for the format."
    )
    runtime: OptionalDnsName = value(
        "", "Serving runtime by name. Empty: KServe chooses one by format and protocol."
    )
    storageUri: OptionalUri = value(
        "", "The model's URI, such as `kit://registry.example.com/models/iris:v1`."
    )
    storageUris: list[StorageUri] = value(
        [], "Several models, each with its own path, instead of `storageUri`."
    )
    delivery: Literal["", "initializer", "imageVolume", "volume"] = value(
        "",
        "How ModelKits get into its pods. `initializer`: each new pod fetches them. `imageVolume`: the node pulls, "
        "once, the image that `kitserve image` has made of the ModelKit. `volume`: the initializer unpacks them into a "
        "volume that outlives the pod. URIs that don't begin with `kit://` are passed on unchanged. Empty: "
        "`initializer`.",
    )
    modelVolume: ModelVolume = section(
        ModelVolume,
        "The volume that `delivery: volume` unpacks ModelKits into; needs `size`, or `claimName`.",
    )
    storageKey: OptionalSecretKey = value(
        "", "Key in KServe's Secret `storage-config` that holds this service's registry credentials."
    )
    storageContainerName: OptionalDnsName = value(
        "", "Name of the ClusterStorageContainer to use (KServe 0.20). Empty: the one whose prefix fits."
    )
    unpacking: Unpacking = section(
        Unpacking,
        "Settings of the initializer for this service. With `delivery: imageVolume`, `filter`, `layout` and `label` "
        "choose the image, and the others can't be used.",
    )
    serviceAccountName: OptionalDnsName = value("", "Service account of its pods.")
    deploymentMode: Literal["", "Standard", "Knative", "RawDeployment", "Serverless"] = value(
        "",
        "How KServe deploys it. KServe 0.15 needs the names `RawDeployment` and `Serverless`, which newer versions "
        "rewrite to `Standard` and `Knative`. Empty: as KServe is configured.",
    )
    autoscalerClass: Literal["", "hpa", "keda", "external", "none"] = value(
        "", "Autoscaler in the mode `Standard`. Empty: KServe's default, `hpa`."
    )
    minReplicas: Count = unset(
        "Least number of pods; 0 scales to none if the mode can. Absent: KServe's default, 1."
    )
    maxReplicas: Count = unset("Greatest number of pods; 0 is no limit.")
    scaleTarget: Count = unset("Target value of `scaleMetric` for each pod.")
    scaleMetric: Literal["", "cpu", "memory", "concurrency", "rps"] = value(
        "", "Metric of the autoscaler: cpu or memory in the mode `Standard`, concurrency or rps in `Knative`."
    )
    canaryTrafficPercent: Annotated[int, Field(ge=0, le=100)] = unset(
        "Percent of the requests that the newest revision gets, in the mode `Knative`; the revision before it gets the "
        "others. The mode `Standard` ignores it, and has `canary`. Absent: all requests."
    )


class InferenceServiceDefaults(OpenParts, Placement, ModelServer, ServedModel):
    """Values that InferenceServices may have in common."""


class InferenceService(InferenceServiceDefaults, ServiceIdentity):
    """An InferenceService: its own values, over those of its group, over `inferenceServiceDefaults`."""
