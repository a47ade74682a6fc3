"""The values' sections, as `kitserve.values.view` hands them out.

Generated from generator/codegen/definition by `make generate`. Do not edit.
"""

from typing import Any


class StorageContainer:
    """The ClusterStorageContainer: which URIs KServe hands to the initializer."""

    create: bool
    name: str
    prefixes: list[str]
    workloadType: str
    supportsMultiModelDownload: bool


class Image:
    """The initializer's image."""

    registry: str
    repository: str
    tag: str
    digest: str
    pullPolicy: str


class SigningIdentity:
    """Somebody who signs without a key of their own: the certificate in the signature names who logged in where."""

    issuer: str
    issuerPattern: str
    subject: str
    subjectPattern: str


class VerificationRule:
    """Whose signatures some references need."""

    references: list[str]
    mode: str
    keys: list[str]
    identities: list[SigningIdentity]
    required: int
    formats: str
    transparencyLog: str
    deniedDigests: list[str]


class Verification:
    """Whose signatures ModelKits need."""

    unmatched: str
    trustedRoot: str
    rules: list[VerificationRule]


class EnvironmentVariable:
    """A variable of a container's environment."""

    name: str
    value: str
    valueFrom: dict[str, Any]


class Named:
    """A reference to an object by its name."""

    name: str


class Login:
    """A login to a registry, for a Secret to create."""

    username: str
    password: str
    namespaces: list[str]


class Credentials:
    """Registry credentials: a Secret that the initializer reads in the namespace of each InferenceService."""

    secretName: str
    usernameKey: str
    passwordKey: str
    dockerConfigSecretName: str
    registries: dict[str, Login]
    registryHosts: list[str]
    create: bool
    username: str
    password: str
    namespaces: list[str]


class Aws:
    """Amazon ECR."""

    ecrRegion: str


class Google:
    """Google's registries."""

    workloadIdentity: bool
    location: str


class Proxy:
    """HTTP proxies. Their URLs are visible in every pod, so they must not hold a password."""

    https: str
    http: str
    noProxy: str


class Tls:
    """TLS with registries, their token servers and proxies: trusted authorities, and the client certificate."""

    caCertificates: str
    caBundle: str
    caNamespaces: list[str]
    caConfigMapName: str
    caConfigMapKey: str
    clientSecretName: str


class ServiceAccount:
    """A service account for the pods of InferenceServices, tied to an identity of a cloud."""

    namespace: str
    labels: dict[str, str]
    annotations: dict[str, str]
    awsRoleArn: str
    googleServiceAccount: str
    azureClientId: str
    azureTenantId: str
    automountServiceAccountToken: bool


class NodeGroup:
    """A LocalModelNodeGroup: nodes with a disk for models."""

    storageLimit: str
    persistentVolumeSpec: dict[str, Any]
    persistentVolumeClaimSpec: dict[str, Any]


class Cache:
    """A LocalModelCache: a model that nodes fetch before a service asks for it."""

    uri: str
    size: str
    nodeGroups: list[str]
    serviceAccountName: str
    storageKey: str


class LocalModels:
    """Models that KServe keeps on the nodes' disks (`localModel` in its configuration)."""

    create: bool
    name: str
    jobNamespace: str
    nodeGroups: dict[str, NodeGroup]
    caches: dict[str, Cache]


class Prefetch:
    """A DaemonSet whose pods keep the image of a ModelKit on their nodes."""

    layout: str
    filter: str
    label: str
    uri: str
    namespace: str
    nodeSelector: dict[str, str]
    tolerations: list[dict[str, Any]]
    priorityClassName: str


class PauseImage:
    """The image of the pods that keep a model on a node: a program that waits."""

    registry: str
    repository: str
    tag: str
    digest: str
    pullPolicy: str


class ImageVolumes:
    """Settings of services with `delivery: imageVolume`, LLMInferenceServices, and models that nodes keep."""

    mountBy: str
    admissionVerifies: bool
    prefetch: dict[str, Prefetch]
    pauseImage: PauseImage
    prefetchResources: dict[str, Any]


class ModelFormat:
    """The model's format, by which KServe chooses a runtime."""

    name: str
    version: str


class StorageUri:
    """One of several models of a service."""

    uri: str
    mountPath: str


class ModelVolume:
    """The volume that `delivery: volume` unpacks ModelKits into. Needs `size`, or `claimName`."""

    claimName: str
    size: str
    storageClassName: str
    accessModes: list[str]


class Unpacking:
    """Settings for one service: annotations that `serviceAnnotations` must list, or a choice of its image."""

    filter: str
    unpackFlags: str
    layout: str
    digest: str
    label: str
    verification: str


class InferenceServiceDefaults:
    """Values that InferenceServices may have in common."""

    namespace: str
    labels: dict[str, str]
    annotations: dict[str, str]
    modelFormat: ModelFormat
    protocolVersion: str
    runtime: str
    storageUri: str
    storageUris: list[StorageUri]
    delivery: str
    modelVolume: ModelVolume
    storageKey: str
    storageContainerName: str
    unpacking: Unpacking
    serviceAccountName: str
    deploymentMode: str
    autoscalerClass: str
    minReplicas: int
    maxReplicas: int
    scaleTarget: int
    scaleMetric: str
    canaryTrafficPercent: int
    runtimeVersion: str
    args: list[str]
    env: list[EnvironmentVariable]
    resources: dict[str, Any]
    startupProbe: dict[str, Any]
    readinessProbe: dict[str, Any]
    livenessProbe: dict[str, Any]
    volumeMounts: list[dict[str, Any]]
    nodeSelector: dict[str, str]
    tolerations: list[dict[str, Any]]
    affinity: dict[str, Any]
    topologySpreadConstraints: list[dict[str, Any]]
    priorityClassName: str
    imagePullSecrets: list[Named]
    volumes: list[dict[str, Any]]
    predictor: dict[str, Any]
    transformer: dict[str, Any]
    explainer: dict[str, Any]
    canary: list[dict[str, Any]]


class InferenceService:
    """An InferenceService: its own values, over those of its group, over `inferenceServiceDefaults`."""

    name: str
    group: str
    namespace: str
    labels: dict[str, str]
    annotations: dict[str, str]
    modelFormat: ModelFormat
    protocolVersion: str
    runtime: str
    storageUri: str
    storageUris: list[StorageUri]
    delivery: str
    modelVolume: ModelVolume
    storageKey: str
    storageContainerName: str
    unpacking: Unpacking
    serviceAccountName: str
    deploymentMode: str
    autoscalerClass: str
    minReplicas: int
    maxReplicas: int
    scaleTarget: int
    scaleMetric: str
    canaryTrafficPercent: int
    runtimeVersion: str
    args: list[str]
    env: list[EnvironmentVariable]
    resources: dict[str, Any]
    startupProbe: dict[str, Any]
    readinessProbe: dict[str, Any]
    livenessProbe: dict[str, Any]
    volumeMounts: list[dict[str, Any]]
    nodeSelector: dict[str, str]
    tolerations: list[dict[str, Any]]
    affinity: dict[str, Any]
    topologySpreadConstraints: list[dict[str, Any]]
    priorityClassName: str
    imagePullSecrets: list[Named]
    volumes: list[dict[str, Any]]
    predictor: dict[str, Any]
    transformer: dict[str, Any]
    explainer: dict[str, Any]
    canary: list[dict[str, Any]]


class ImageChoice:
    """Options of `kitserve image` that the image was made with: they are a part of its tag."""

    layout: str
    filter: str
    label: str


class ModelImage:
    """A ModelKit by its image."""

    layout: str
    filter: str
    label: str
    uri: str


class LlmInferenceService:
    """An LLMInferenceService, which has the image of its ModelKit as a volume."""

    name: str
    group: str
    apiVersion: str
    namespace: str
    labels: dict[str, str]
    annotations: dict[str, str]
    uri: str
    unpacking: ImageChoice
    modelName: str
    adapters: dict[str, ModelImage]
    replicas: int
    baseRefs: list[Named]
    serviceAccountName: str
    image: str
    args: list[str]
    env: list[EnvironmentVariable]
    resources: dict[str, Any]
    router: dict[str, Any]
    spec: dict[str, Any]
    nodeSelector: dict[str, str]
    tolerations: list[dict[str, Any]]
    affinity: dict[str, Any]
    topologySpreadConstraints: list[dict[str, Any]]
    priorityClassName: str
    imagePullSecrets: list[Named]


class ObjectMetadata:
    """Metadata of a further object."""

    name: str


class ExtraObject:
    """A further object of any kind."""

    apiVersion: str
    kind: str
    metadata: ObjectMetadata


class Test:
    """Settings of `helm test`. `kitserve render` leaves its pods out."""

    enabled: bool
    uris: list[str]


class Shared:
    """Helm's `global`, in which a parent chart may have any keys."""

    imageRegistry: str


class Values:
    """Values of the kitserve chart and of `kitserve render`."""

    nameOverride: str
    namespaceOverride: str
    standardLabels: bool
    commonLabels: dict[str, str]
    commonAnnotations: dict[str, str]
    clusterStorageContainer: StorageContainer
    image: Image
    engine: str
    unpackFlags: str
    layout: str
    allowPatterns: list[str]
    ignorePatterns: list[str]
    logFormat: str
    allowParentsByTag: bool
    firstByteSeconds: int
    verifyAgain: bool
    verification: Verification
    serviceAnnotations: list[str]
    extraEnv: list[EnvironmentVariable]
    resources: dict[str, Any]
    securityContext: dict[str, Any]
    imagePullSecrets: list[Named]
    imageMirrors: dict[str, str]
    credentials: Credentials
    aws: Aws
    google: Google
    proxy: Proxy
    tls: Tls
    serviceAccounts: dict[str, ServiceAccount]
    localModels: LocalModels
    imageVolumes: ImageVolumes
    inferenceServiceDefaults: InferenceServiceDefaults
    serviceGroups: dict[str, InferenceServiceDefaults]
    inferenceServices: dict[str, InferenceService]
    llmInferenceServices: dict[str, LlmInferenceService]
    extraObjects: list[ExtraObject]
    test: Test
    global_: Shared
    enabled: bool
