"""The values: the one definition that the chart's schema and defaults, the manifests and the environment table have.

A values file of the chart and the input of `kitserve render` are the same thing. Absent means empty, never the chart's
default again: the defaults below reach a release through chart/values.yaml only, so that a null in a values file can
take one away.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kitserve.variables import Variable

Words = dict[str, str]
Open = dict[str, Any]

# Patterns are anchored at both ends and use no class that engines read differently (\d, \w, \s): a contract test
# holds them to it.
DnsLabel = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
OptionalDnsLabel = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", max_length=63)
]
OptionalDnsName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([-.a-z0-9]*[a-z0-9])?)?$", max_length=253)
]
OptionalSecretKey = Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z0-9]*$", max_length=253)]
# KServe's webhook wants these characters; 53 of them, since the Service is NAME-predictor, a label of at most 63.
ServiceName = Annotated[str, StringConstraints(pattern=r"^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$")]
# Neither blanks nor control characters: Helm writes a DEL as it is, and no reader of YAML takes it.
Uri = Annotated[str, StringConstraints(pattern=r"^[a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]+$")]
OptionalUri = Annotated[str, StringConstraints(pattern=r"^([a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]+)?$")]
UriPrefix = Annotated[str, StringConstraints(pattern=r"^[a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]*$")]
MountPath = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f\x7f]*$", max_length=255)]
ImagePart = Annotated[str, StringConstraints(pattern=r"^[-._:/a-zA-Z0-9]*$")]
ImageTag = Annotated[str, StringConstraints(pattern=r"^([_a-zA-Z0-9][-._a-zA-Z0-9]*)?$", max_length=128)]
ImageDigest = Annotated[str, StringConstraints(pattern=r"^(sha256:[a-f0-9]{64})?$")]


FilePattern = Annotated[str, StringConstraints(pattern=r"^[^,\x00-\x1f\x7f]+$")]


class Section(BaseModel):
    """A map of values. Unknown keys are denied: most are slips of indentation, typing errors or of another release."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def value(default: Any, description: str, **schema: Any) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """A field whose default in the chart is `default` and which, absent from the values, is empty of the same type.

    `schema` holds what else the JSON schema says of it.
    """
    return Field(
        default_factory=type(default),
        description=description,
        json_schema_extra={"default": default, **schema},
    )


def section(kind: type[Section], description: str) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """A field that is a map of further values, each with a default of its own."""
    return Field(default_factory=kind, description=description)


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


class Credentials(Section):
    """Registry credentials: a Secret that the initializer reads in the namespace of each InferenceService."""

    secretName: OptionalDnsName = value(
        "kit-secret",
        "Secret with the registry's user and password. Looked up in the pod's own namespace; where it is missing, "
        "pulls are anonymous. Empty: no Secret is referenced.",
    )
    usernameKey: OptionalSecretKey = value("KIT_USER", "Key of the user name in the Secret.")
    passwordKey: OptionalSecretKey = value("KIT_PASSWORD", "Key of the password in the Secret.")
    dockerConfigSecretName: Annotated[
        OptionalDnsName,
        Variable("KITSERVE_DOCKER_CONFIG_JSON", secret=True, description="A `config.json` as Docker has it."),
    ] = value(
        "",
        "Secret of type `kubernetes.io/dockerconfigjson` with logins to any number of registries, looked up like "
        "`secretName`. Empty: none.",
    )
    create: bool = value(False, "Create the Secret from `username` and `password`, in each of `namespaces`.")
    username: Annotated[
        str, Variable("KIT_USER", description="User of the reference's registry. Goes with KIT_PASSWORD.")
    ] = value("", "User name for the Secret to create.")
    password: Annotated[
        str, Variable("KIT_PASSWORD", secret=True, description="That user's password, or token.")
    ] = value("", "Password for the Secret to create.")
    namespaces: list[DnsLabel] = value(
        [], "Namespaces to create the Secret in. Empty: the release's.", uniqueItems=True
    )


class Aws(Section):
    """Amazon ECR."""

    ecrRegion: Annotated[str, Variable("AWS_ECR_REGION")] = value(
        "", "Region of ECR's API. Empty: the one in the registry's host."
    )


class Google(Section):
    """Google's registries."""

    workloadIdentity: Annotated[bool, Variable("GCP_WIF", type="flag")] = value(
        False, "Log in to Artifact Registry and gcr.io as the pod's GKE workload identity."
    )
    location: Annotated[str, Variable("GCP_GAR_LOCATION")] = value(
        "", "Log in to Artifact Registry at this location only, such as `europe-west1`. Empty: at any."
    )


class Proxy(Section):
    """HTTP proxies. They show in every pod: no password belongs here."""

    https: Annotated[str, Variable("HTTPS_PROXY", secret=True)] = value(
        "", "URL of the proxy for https, such as `http://proxy.example.com:3128`."
    )
    http: Annotated[str, Variable("HTTP_PROXY", secret=True)] = value("", "URL of the proxy for http.")
    noProxy: Annotated[str, Variable("NO_PROXY")] = value(
        "", "Hosts, domains and CIDR blocks that are reached without a proxy, with commas between them."
    )


class Tls(Section):
    """TLS with registries, their token servers and proxies: whom the initializer trusts, and who it is."""

    caCertificates: Annotated[str, Variable("KITSERVE_CA_CERTIFICATES")] = value(
        "",
        "Certificates in PEM form that are trusted beside the system's and KServe's own bundle. A variable holds up to "
        "128 KiB.",
    )
    caConfigMapName: Annotated[
        OptionalDnsName, Variable("KITSERVE_CA_BUNDLE", description="The same, from the ConfigMap.")
    ] = value("", "ConfigMap with such certificates, in the pod's own namespace. Empty: none.")
    caConfigMapKey: OptionalSecretKey = value("ca.crt", "Key of the certificates in that ConfigMap.")
    clientSecretName: Annotated[
        OptionalDnsName,
        Variable("KITSERVE_CLIENT_CERTIFICATE", description="Client certificate in PEM form."),
        Variable("KITSERVE_CLIENT_KEY", secret=True, description="Its key in PEM form, without a password."),
    ] = value(
        "",
        "Secret of type `kubernetes.io/tls` with the certificate and key that the initializer shows to registries, in "
        "the pod's own namespace. Empty: none.",
    )


class ModelFormat(Section):
    """What the model is, for KServe's choice of a runtime."""

    name: str = value("", "Format as the serving runtimes name it, such as `sklearn`.")
    version: str = value("", "Version of the format; KServe compares it exactly. Empty: any.")


class StorageUri(Section):
    """One of several models of a service."""

    uri: Uri = Field(description="Where the model is, such as `kit://registry.example.com/models/iris:v1`.")
    mountPath: MountPath = Field(default="", description="Folder that it is put into. Absent: `/mnt/models`.")


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
    serviceAccountName: OptionalDnsName = value("", "Service account of its pods.")
    resources: Open = value({}, "Resources of the model's container, as Kubernetes has them.")
    predictor: Open = value(
        {}, "Any other field of KServe's `spec.predictor`, merged over what the keys above give."
    )


class Values(Section):
    """Values of the kitserve chart and of `kitserve render`."""

    standardLabels: bool = value(
        True, "Label every object with `app.kubernetes.io/*`, and in Helm with `helm.sh/chart`."
    )
    clusterStorageContainer: StorageContainer = section(
        StorageContainer, "Which storage URIs KServe hands to the initializer."
    )
    image: Image = section(Image, "The initializer's image.")
    engine: Annotated[Literal["", "native", "kit"], Variable("KITSERVE_ENGINE", default="native")] = value(
        "",
        "What unpacks ModelKits in the initializer. `kit` is the KitOps CLI, from the image's target `with-kit`. "
        "Empty: the image's own choice, `native`.",
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
    resources: Open = value(
        {"requests": {"memory": "100Mi", "cpu": "100m"}, "limits": {"memory": "1Gi"}},
        "Resources of the initializer. KServe merges its own under them: a CPU limit of 1 unless one is given here.",
    )
    securityContext: Open = value(
        {}, "Security context of the initializer's container, as Kubernetes has it."
    )
    credentials: Credentials = section(Credentials, "Registry credentials for the initializer.")
    aws: Aws = section(Aws, "Amazon ECR.")
    google: Google = section(Google, "Google's registries.")
    proxy: Proxy = section(Proxy, "HTTP proxies for the initializer.")
    tls: Tls = section(Tls, "Whom the initializer trusts, and who it is.")
    inferenceServiceDefaults: InferenceService = section(
        InferenceService,
        "Merged under each entry of `inferenceServices`: maps key by key, anything else is replaced.",
    )
    inferenceServices: dict[ServiceName, InferenceService] = value({}, "InferenceServices by name.")
    # Helm hands `global` to every subchart, and `enabled` is what a parent chart's `condition` usually is: a schema
    # that denies them can't be used below another chart (https://github.com/helm/helm/issues/10392).
    shared: Open = Field(
        default={}, alias="global", description="Values that Helm shares among subcharts. Not read."
    )
    enabled: bool = Field(default=False, description="For a parent chart's `condition`. Not read.")
