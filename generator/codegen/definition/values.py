"""The values: the one definition that the chart's schema and defaults, the manifests and the environment table have.

A values file of the chart and the input of `kitserve render` are the same thing. Absent means empty, never the chart's
default again: the defaults below reach a release through chart/values.yaml only, so that a null in a values file can
take one away.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from codegen.definition.env_variable import Variable
from codegen.definition.fields import (
    EnvironmentVariable,
    FilePattern,
    Identifier,
    ImageDigest,
    ImagePart,
    ImageTag,
    Named,
    ObjectName,
    Open,
    OptionalDnsLabel,
    OptionalDnsName,
    Section,
    ServiceName,
    Uri,
    UriPrefix,
    Words,
    section,
    value,
)
from codegen.definition.inference_service import InferenceService
from codegen.definition.local_models import LocalModels
from codegen.definition.registry_access import Aws, Credentials, Google, Proxy, Tls


class StorageContainer(Section):
    """The ClusterStorageContainer: which URIs KServe hands to the initializer."""

    create: bool = value(
        True, "Create the ClusterStorageContainer. It is cluster-scoped: let one release own it."
    )
    name: OptionalDnsName = value(
        "kitops", "Its name. Not derived from the release, since the cluster has only one of it."
    )
    prefixes: list[UriPrefix] = value(
        ["kit://"], "Prefixes of the storage URIs that the initializer serves.", uniqueItems=True
    )
    workloadType: Literal["", "initContainer"] = value(
        "initContainer",
        "What KServe runs it as. Kept explicit, because KServe's minimal CRDs set no default and then never use it.",
    )
    supportsMultiModelDownload: bool = value(
        True,
        "Serve `storageUris` too. Kept explicit, because KServe's controller panics on an absent one where its minimal "
        "CRDs are installed; null leaves the field out.",
    )


class Image(Section):
    """The initializer's image."""

    registry: ImagePart = value(
        "ghcr.io", "Registry host, with its port if it has one. Empty: the repository says it all."
    )
    repository: ImagePart = value("kitserve/kitserve-initializer", "Repository in the registry.")
    tag: ImageTag = value("", "Tag. Empty: the chart's appVersion, unless a digest is given.")
    digest: ImageDigest = value("", "Digest such as `sha256:...`. Pins the image whatever the tag says.")
    pullPolicy: Literal["", "Always", "IfNotPresent", "Never"] = value(
        "IfNotPresent", "When the node pulls it."
    )


class ServiceAccount(Section):
    """A service account for the pods of InferenceServices, with what ties it to a cloud's identity."""

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
    """What `helm test` does. `kitserve render` leaves it out."""

    enabled: bool = value(
        True,
        "Give the release pods for `helm test`, which resolve the services' ModelKits and log in as their pods do.",
    )
    uris: list[Uri] = value([], "Further ModelKits to look for.", uniqueItems=True)


class Shared(Section):
    """Helm's `global`: a parent chart may have anything there."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    imageRegistry: ImagePart = Field(
        default="", description="Registry host for every chart's images: wins over `image.registry`."
    )


class ObjectMetadata(Section):
    """Metadata of an object of the users' own."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    name: Identifier = Field(description="Its name.")


class ExtraObject(Section):
    """Any object of the users' own."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    apiVersion: Identifier = Field(description="Its API version.")
    kind: Identifier = Field(description="Its kind.")
    metadata: ObjectMetadata = Field(description="Its metadata.")


class Values(Section):
    """Values of the kitserve chart and of `kitserve render`."""

    nameOverride: OptionalDnsLabel = value(
        "", "What `app.kubernetes.io/name` says, and the test's pod is called after. Empty: `kitserve`."
    )
    namespaceOverride: OptionalDnsLabel = value(
        "", "Namespace of what is in one and names none. Empty: the release's."
    )
    standardLabels: bool = value(
        True, "Label every object with `app.kubernetes.io/*`, and in Helm with `helm.sh/chart`."
    )
    commonLabels: Words = value({}, "Labels for every object, over the standard ones.")
    commonAnnotations: Words = value({}, "Annotations for every object.")
    clusterStorageContainer: StorageContainer = section(
        StorageContainer, "Which storage URIs KServe hands to the initializer."
    )
    image: Image = section(Image, "The initializer's image.")
    engine: Annotated[Literal["", "native", "kit"], Variable("KITSERVE_ENGINE", default="native")] = value(
        "",
        "What unpacks ModelKits in the initializer. `kit` is the KitOps CLI, from the image's target `with-kit`; it "
        "has neither the layout `model` nor patterns, and is refused with them. Empty: the image's own choice, "
        "`native`.",
    )
    unpackFlags: Annotated[str, Variable("KIT_UNPACK_FLAGS", type="words")] = value(
        "", "Flags of `kit unpack` for every ModelKit, such as `-v --filter model`. Quoted as in a shell."
    )
    layout: Annotated[Literal["", "kit", "model"], Variable("KITSERVE_LAYOUT", default="kit")] = value(
        "",
        "Where files lie in `/mnt/models`. `kit`: where the Kitfile says. `model`: the model's own at the top, where "
        "KServe's servers for sklearn, xgboost and lightgbm look: `model/model.joblib` becomes `model.joblib`. "
        "Empty: `kit`.",
    )
    allowPatterns: Annotated[list[FilePattern], Variable("STORAGE_ALLOW_PATTERNS", type="list")] = value(
        [], "Files to write, as shell patterns of their whole path, such as `*.safetensors`. Empty: all."
    )
    ignorePatterns: Annotated[list[FilePattern], Variable("STORAGE_IGNORE_PATTERNS", type="list")] = value(
        [], "Files not to write, likewise; they win over `allowPatterns`."
    )
    logFormat: Annotated[Literal["", "text", "json"], Variable("KITSERVE_LOG_FORMAT", default="text")] = (
        value("", "Form of the initializer's log: lines of text, or an object of JSON each. Empty: text.")
    )
    allowParentsByTag: Annotated[bool, Variable("KITSERVE_ALLOW_PARENTS_BY_TAG", type="flag")] = value(
        False,
        "Take a ModelKit that is demanded by its digest although it builds on another one by a tag, which whoever may "
        "push that one can move.",
    )
    verifyAgain: Annotated[bool, Variable("KITSERVE_VERIFY_AGAIN", type="flag")] = value(
        False,
        "Unpack and verify again in each container that starts, whatever a volume says it holds: for volumes that "
        "others may write to. Files of the ModelKit that are there are replaced.",
    )
    serviceAnnotations: Annotated[
        list[Literal["filter", "unpack-flags", "layout", "digest"]],
        Variable("KITSERVE_SERVICE_FILTER", type="words", description="A service's own filters."),
        Variable("KITSERVE_SERVICE_UNPACK_FLAGS", type="words", description="A service's own flags."),
        Variable("KITSERVE_SERVICE_LAYOUT", description="A service's own layout."),
        Variable("KITSERVE_SERVICE_DIGEST", type="words", description="Digests its ModelKits must have."),
    ] = value(
        [],
        "Which annotations of an InferenceService the initializer heeds: `kitserve.io/filter`, "
        "`kitserve.io/unpack-flags`, `kitserve.io/layout`, `kitserve.io/digest`. They reach it by the downward API, "
        "which Knative refuses beside `storageUris` unless its feature `kubernetes.podspec-fieldref` is enabled.",
        uniqueItems=True,
    )
    extraEnv: list[EnvironmentVariable] = value(
        [],
        "Further variables of the initializer. None that a value sets, nor those that KServe itself sets. "
        "There are no further volumes: a ClusterStorageContainer has none.",
    )
    resources: Open = value(
        {
            "requests": {"memory": "100Mi", "cpu": "100m", "ephemeral-storage": "100Mi"},
            "limits": {"memory": "1Gi", "cpu": "2"},
        },
        "Resources of the initializer. KServe merges its own under them: a CPU limit of 1 unless one is given here. A "
        "request of `ephemeral-storage` as large as the largest model keeps pods from nodes without that space.",
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
        "Security context of the initializer's container, as Kubernetes has it: what Pod Security's `restricted` "
        "wants, under any user ID.",
    )
    imagePullSecrets: list[Named] = value(
        [],
        "Secrets that images are pulled with, for every InferenceService and service account listed here. KServe has "
        "no place for them in a ClusterStorageContainer, nor in its download jobs, whose namespace's `default` "
        "service account needs them.",
    )
    credentials: Credentials = section(Credentials, "Registry credentials for the initializer.")
    aws: Aws = section(Aws, "Amazon ECR.")
    google: Google = section(Google, "Google's registries.")
    proxy: Proxy = section(Proxy, "HTTP proxies for the initializer.")
    tls: Tls = section(Tls, "Whom the initializer trusts, and who it is.")
    serviceAccounts: dict[ObjectName, ServiceAccount] = value({}, "Service accounts to create, by name.")
    localModels: LocalModels = section(LocalModels, "Models that KServe keeps on the nodes' disks.")
    inferenceServiceDefaults: InferenceService = section(
        InferenceService,
        "Merged under each entry of `inferenceServices`: maps key by key, anything else is replaced.",
    )
    inferenceServices: dict[ServiceName, InferenceService] = value({}, "InferenceServices by name.")
    extraObjects: list[ExtraObject] = value(
        [],
        "Any further objects, as they are: no label, annotation or namespace is added, and no template rendered.",
    )
    test: Test = section(Test, "What `helm test` does.")
    # Helm hands `global` to every subchart, and `enabled` is what a parent chart's `condition` usually is: a schema
    # that denies them can't be used below another chart (https://github.com/helm/helm/issues/10392).
    global_: Shared = Field(
        default_factory=Shared, alias="global", description="Values that Helm shares among subcharts."
    )
    enabled: bool = Field(default=False, description="For a parent chart's `condition`. Not read.")
