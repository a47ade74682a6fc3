"""The values of the chart and of `kitserve render`; schema, defaults and environment table are generated from them.

An absent value is empty and doesn't get the chart's default back: the defaults below reach a release only through
chart/values.yaml, so a null in a values file can remove one.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from codegen.definition.env_variable import Reference, Type, Variable
from codegen.definition.fields import (
    EnvironmentVariable,
    FilePattern,
    GroupName,
    Identifier,
    ImageDigest,
    ImagePart,
    ImageTag,
    Named,
    ObjectName,
    Open,
    OptionalDnsLabel,
    OptionalDnsName,
    Repository,
    Section,
    ServiceName,
    Uri,
    UriPrefix,
    Words,
    section,
    value,
)
from codegen.definition.image_mirrors import ImageMirrors, image_mirrors
from codegen.definition.image_volumes import ImageVolumes
from codegen.definition.inference_service import InferenceService, InferenceServiceDefaults
from codegen.definition.llm_inference_service import LlmInferenceService
from codegen.definition.local_models import LocalModels
from codegen.definition.registry_access import Aws, Credentials, Google, Proxy, Tls
from codegen.definition.verification import Verification


class StorageContainer(Section):
    """The ClusterStorageContainer: which URIs KServe hands to the initializer."""

    create: bool = value(
        True, "Create the ClusterStorageContainer. It is cluster-scoped: let one release own it."
    )
    name: OptionalDnsName = value(
        "kitops",
        "Name of the object. It doesn't depend on the release, because a cluster has only one such object.",
    )
    prefixes: list[UriPrefix] = value(
        ["kit://"], "Prefixes of the storage URIs that the initializer serves.", uniqueItems=True
    )
    workloadType: Literal["", "initContainer"] = value(
        "initContainer",
        "How KServe runs it. It is always written out: without it KServe ignores the object where its minimal CRDs, "
        "which have no default, are installed.",
    )
    supportsMultiModelDownload: bool = value(
        True,
        "Serve `storageUris` too. It is always written out: without it KServe's controller panics where its minimal "
        "CRDs are installed. Null leaves the field out, as KServe 0.15 needs.",
    )


class Image(Section):
    """The initializer's image."""

    registry: ImagePart = value(
        "ghcr.io", "Registry host, with its port if it has one. Empty: `repository` has the host."
    )
    repository: Repository = value("kitserve/kitserve-initializer", "Repository in the registry.")
    tag: ImageTag = value(
        "",
        "Tag. Empty: the chart's appVersion, in a released chart with its digest, unless a digest is given.",
    )
    digest: ImageDigest = value("", "Digest such as `sha256:...`. It wins over the tag.")
    pullPolicy: Literal["", "Always", "IfNotPresent", "Never"] = value(
        "IfNotPresent", "When the node pulls it."
    )


class ServiceAccount(Section):
    """A service account for the pods of InferenceServices, tied to an identity of a cloud."""

    namespace: OptionalDnsLabel = value("", "Its namespace. Empty: the release's.")
    labels: Words = value({}, "Labels for it.")
    annotations: Words = value({}, "Annotations for it.")
    awsRoleArn: str = value(
        "",
        "Role on AWS (IRSA). EKS Pod Identity needs none: associate the role with the service account there.",
    )
    googleServiceAccount: str = value("", "Service account on Google Cloud (Workload Identity).")
    azureClientId: str = value("", "Application on Azure (workload identity), by its client ID.")
    azureTenantId: str = value("", "Tenant of that application. Empty: the cluster's.")
    automountServiceAccountToken: bool = Field(
        default=False,
        description="Mount the account's token into its pods. Absent: Kubernetes' default, true.",
    )


class Test(Section):
    """Settings of `helm test`. `kitserve render` leaves its pods out."""

    enabled: bool = value(
        True,
        "Add pods for `helm test`, which log in as the services' pods do and resolve their ModelKits.",
    )
    uris: list[Uri] = value([], "Further ModelKits to resolve.", uniqueItems=True)


class Shared(Section):
    """Helm's `global`, in which a parent chart may have any keys."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    imageRegistry: ImagePart = Field(
        default="", description="Registry host for every chart's images: wins over `image.registry`."
    )


class ObjectMetadata(Section):
    """Metadata of a further object."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    name: Identifier = Field(description="Name of the object.")


class ExtraObject(Section):
    """A further object of any kind."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    apiVersion: Identifier = Field(description="Its API version.")
    kind: Identifier = Field(description="Its kind.")
    metadata: ObjectMetadata = Field(description="Its metadata.")


def _annotated(annotation: str, name: str, description: str, of: Type = "text") -> Variable:
    """Return a variable that an annotation of an InferenceService fills."""
    return Variable(name, of, description=description, reference=Reference("annotation", annotation))


class Values(Section):
    """Values of the kitserve chart and of `kitserve render`."""

    nameOverride: OptionalDnsLabel = value(
        "", "The label `app.kubernetes.io/name`, and the beginning of test pods' names. Empty: `kitserve`."
    )
    namespaceOverride: OptionalDnsLabel = value(
        "", "Namespace of objects that don't set their own. Empty: the release's."
    )
    standardLabels: bool = value(
        True, "Label every object with `app.kubernetes.io/*`, and with Helm also with `helm.sh/chart`."
    )
    commonLabels: Words = value({}, "Labels for every object; they win over the standard ones.")
    commonAnnotations: Words = value({}, "Annotations for every object.")
    clusterStorageContainer: StorageContainer = section(
        StorageContainer, "The object that makes KServe use the initializer for some storage URIs."
    )
    image: Image = section(Image, "The initializer's image.")
    engine: Annotated[Literal["", "native", "kit"], Variable("KITSERVE_ENGINE", default="native")] = value(
        "",
        "Code that unpacks ModelKits. `native`: the initializer's own. `kit`: the KitOps CLI, from the image's target "
        "`with-kit`; it has neither the layout `model` nor patterns, and can't be combined with them. Empty: the "
        "image's default, `native`.",
    )
    unpackFlags: Annotated[str, Variable("KIT_UNPACK_FLAGS", type="words")] = value(
        "", "Flags of `kit unpack` for every ModelKit, such as `-v --filter model`, quoted as in a shell."
    )
    layout: Annotated[Literal["", "kit", "model"], Variable("KITSERVE_LAYOUT", default="kit")] = value(
        "",
        "Places of the files in `/mnt/models`. `kit`: as in the Kitfile. `model`: the model's own files at the top, "
        "where KServe's servers for sklearn, xgboost and lightgbm look for them: `model/model.joblib` becomes "
        "`model.joblib`. Empty: `kit`.",
    )
    allowPatterns: Annotated[list[FilePattern], Variable("STORAGE_ALLOW_PATTERNS", type="list")] = value(
        [],
        "Files to write, as shell patterns of their whole path, such as `*.safetensors`. Empty: all files.",
    )
    ignorePatterns: Annotated[list[FilePattern], Variable("STORAGE_IGNORE_PATTERNS", type="list")] = value(
        [], "Files not to write, as such patterns, which win over `allowPatterns`."
    )
    logFormat: Annotated[Literal["", "text", "json"], Variable("KITSERVE_LOG_FORMAT", default="text")] = (
        value("", "Format of the initializer's log: lines of text, or of JSON objects. Empty: text.")
    )
    allowParentsByTag: Annotated[bool, Variable("KITSERVE_ALLOW_PARENTS_BY_TAG", type="flag")] = value(
        False,
        "Accept a ModelKit that a service demands by its digest even if it names its parent by a tag. Anybody who may "
        "push the parent can move that tag.",
    )
    firstByteSeconds: Annotated[
        int, Field(ge=0, le=86400), Variable("KITSERVE_FIRST_BYTE_SECONDS", type="seconds", default="300")
    ] = value(
        0,
        "Seconds that a registry may take to begin an answer. A pull-through cache sends nothing before it has the "
        "whole layer itself: give it as long as its own pull of the largest layer takes. 0: 300.",
    )
    verifyAgain: Annotated[bool, Variable("KITSERVE_VERIFY_AGAIN", type="flag")] = value(
        False,
        "Unpack and verify again in each container that starts, even if the volume's marker says that it is complete. "
        "Use it for volumes that others may write to. Existing files of the ModelKit are replaced.",
    )
    verification: Annotated[
        Verification,
        Variable(
            "KITSERVE_VERIFICATION",
            description="Whose signatures ModelKits need: the value `verification` as JSON, without what is empty.",
        ),
    ] = section(Verification, "Whose signatures ModelKits need. By default none are looked for.")
    serviceAnnotations: Annotated[
        list[Literal["filter", "unpack-flags", "layout", "digest", "label", "verification"]],
        _annotated("filter", "KITSERVE_SERVICE_FILTER", "A service's own filters.", "words"),
        _annotated("unpack-flags", "KITSERVE_SERVICE_UNPACK_FLAGS", "A service's own flags.", "words"),
        _annotated("layout", "KITSERVE_SERVICE_LAYOUT", "A service's own layout."),
        _annotated("digest", "KITSERVE_SERVICE_DIGEST", "Digests its ModelKits must have.", "words"),
        _annotated(
            "label", "KITSERVE_SERVICE_LABEL", "Labels that choose its ModelKit from an index.", "words"
        ),
        _annotated(
            "verification",
            "KITSERVE_SERVICE_VERIFICATION",
            "`enforce`: every rule that matches its ModelKits is enforced, and one must match.",
        ),
    ] = value(
        [],
        "Annotations of an InferenceService that the initializer uses, without their prefix `kitserve.io/`: `filter`, "
        "`unpack-flags`, `layout`, `digest`, `label`, `verification`. The keys below a service's `unpacking` become "
        "these annotations. They reach the initializer by the downward API, which Knative refuses beside `storageUris` "
        "unless its feature `kubernetes.podspec-fieldref` is enabled.",
        uniqueItems=True,
    )
    extraEnv: list[EnvironmentVariable] = value(
        [],
        "Further variables of the initializer, except those that a value or KServe sets. There is no such list of "
        "volumes, because a ClusterStorageContainer has none.",
    )
    resources: Open = value(
        {
            "requests": {"memory": "100Mi", "cpu": "100m", "ephemeral-storage": "100Mi"},
            "limits": {"memory": "1Gi", "cpu": "2"},
        },
        "Resources of the initializer, merged over KServe's own, which have a CPU limit of 1. It unpacks as many "
        "layers at a time as it has cores, two at least and eight at most; docs/guide/delivery.md says which CPU limit "
        "pays for which network. A request of `ephemeral-storage` as large as the largest model keeps pods away from "
        "nodes without that space. A limit of it (by default there is none) "
        "ends a pod whose model outgrows it, before the node's disk is full.",
    )
    securityContext: Open = value(
        {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "Security context of the initializer's container, as in Kubernetes. The default is what Pod Security's "
        "`restricted` demands, and allows any user ID but root.",
    )
    imagePullSecrets: list[Named] = value(
        [],
        "Pull secrets of images, for every InferenceService, LLMInferenceService, DaemonSet and service account in "
        "these values; a service or its group may name others. A ClusterStorageContainer can't have them, nor can "
        "KServe's download jobs: the `default` service account of the jobs' namespace needs them.",
    )
    imageMirrors: ImageMirrors = image_mirrors()
    credentials: Credentials = section(Credentials, "Registry credentials for the initializer.")
    aws: Aws = section(Aws, "Amazon ECR.")
    google: Google = section(Google, "Google's registries.")
    proxy: Proxy = section(Proxy, "HTTP proxies for the initializer.")
    tls: Tls = section(Tls, "Authorities that the initializer trusts, and its client certificate.")
    serviceAccounts: dict[ObjectName, ServiceAccount] = value({}, "Service accounts to create, by name.")
    localModels: LocalModels = section(LocalModels, "Models that KServe keeps on the nodes' disks.")
    imageVolumes: ImageVolumes = section(
        ImageVolumes,
        "ModelKits that nodes pull as images: for services with `delivery: imageVolume`, and for LLMInferenceServices.",
    )
    inferenceServiceDefaults: InferenceServiceDefaults = section(
        InferenceServiceDefaults,
        "Defaults for each entry of `inferenceServices`: maps are merged key by key, an entry's other values replace "
        "those here.",
    )
    serviceGroups: dict[GroupName, InferenceServiceDefaults] = value(
        {},
        "Groups of services, such as a team's, by name: values of every service whose `group` names the group, merged "
        "over `inferenceServiceDefaults` and under the service's own. An LLMInferenceService has of them `namespace`, "
        "`labels`, `annotations`, `serviceAccountName`, and what says where its pods run: `nodeSelector`, "
        "`tolerations`, `affinity`, `topologySpreadConstraints`, `priorityClassName`, `imagePullSecrets`.",
    )
    inferenceServices: dict[ServiceName, InferenceService] = value({}, "InferenceServices by name.")
    llmInferenceServices: dict[ServiceName, LlmInferenceService] = value({}, "LLMInferenceServices by name.")
    extraObjects: list[ExtraObject] = value(
        [],
        "Further objects of any kind, rendered unchanged: without added labels, annotations or namespace, and without "
        "templating.",
    )
    test: Test = section(Test, "Settings of `helm test`.")
    # Helm passes `global` to every subchart, and a parent chart's `condition` usually names `enabled`: a schema that
    # denies them can't be used in a subchart (https://github.com/helm/helm/issues/10392).
    global_: Shared = Field(
        default_factory=Shared, alias="global", description="Values that Helm shares among subcharts."
    )
    enabled: bool = Field(
        default=False, description="For a parent chart's `condition`. The chart itself doesn't read it."
    )
