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


class Credentials:
    """Registry credentials: a Secret that the initializer reads in the namespace of each InferenceService."""

    secretName: str
    usernameKey: str
    passwordKey: str
    dockerConfigSecretName: str
    registries: dict[str, Login]
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
    """HTTP proxies. They show in every pod: no password belongs here."""

    https: str
    http: str
    noProxy: str


class Tls:
    """TLS with registries, their token servers and proxies: whom the initializer trusts, and who it is."""

    caCertificates: str
    caConfigMapName: str
    caConfigMapKey: str
    clientSecretName: str


class ServiceAccount:
    """A service account for the pods of InferenceServices, with what ties it to a cloud's identity."""

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
    """A LocalModelCache: a model to have on nodes before a service asks for it."""

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


class ModelFormat:
    """What the model is, for KServe's choice of a runtime."""

    name: str
    version: str


class StorageUri:
    """One of several models of a service."""

    uri: str
    mountPath: str


class Unpacking:
    """What the initializer does otherwise for one service: annotations that `serviceAnnotations` has to list."""

    filter: str
    unpackFlags: str
    layout: str
    digest: str


class InferenceService:
    """An InferenceService. Has no defaults but those of `inferenceServiceDefaults`."""

    namespace: str
    labels: dict[str, str]
    annotations: dict[str, str]
    modelFormat: ModelFormat
    protocolVersion: str
    runtime: str
    storageUri: str
    storageUris: list[StorageUri]
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
    runtimeVersion: str
    args: list[str]
    env: list[EnvironmentVariable]
    resources: dict[str, Any]
    predictor: dict[str, Any]


class ObjectMetadata:
    """Metadata of an object of the users' own."""

    name: str


class ExtraObject:
    """Any object of the users' own."""

    apiVersion: str
    kind: str
    metadata: ObjectMetadata


class Test:
    """What `helm test` does. `kitserve render` leaves it out."""

    enabled: bool
    uris: list[str]


class Shared:
    """Helm's `global`: a parent chart may have anything there."""

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
    verifyAgain: bool
    serviceAnnotations: list[str]
    extraEnv: list[EnvironmentVariable]
    resources: dict[str, Any]
    securityContext: dict[str, Any]
    imagePullSecrets: list[Named]
    credentials: Credentials
    aws: Aws
    google: Google
    proxy: Proxy
    tls: Tls
    serviceAccounts: dict[str, ServiceAccount]
    localModels: LocalModels
    inferenceServiceDefaults: InferenceService
    inferenceServices: dict[str, InferenceService]
    extraObjects: list[ExtraObject]
    test: Test
    global_: Shared
    enabled: bool
