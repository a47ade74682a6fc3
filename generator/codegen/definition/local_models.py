"""The values of models that KServe keeps on the nodes' disks."""

from pydantic import Field

from codegen.definition.fields import (
    CacheName,
    DnsLabel,
    ObjectName,
    Open,
    OptionalDnsLabel,
    OptionalDnsName,
    OptionalSecretKey,
    Quantity,
    Section,
    Uri,
    value,
)


class NodeGroup(Section):
    """A LocalModelNodeGroup: nodes with a disk for models."""

    storageLimit: Quantity = Field(description="Space for models on each node, such as `1Ti`.")
    persistentVolumeSpec: Open = Field(description="`spec` of the PersistentVolumes, as Kubernetes has it.")
    persistentVolumeClaimSpec: Open = Field(description="`spec` of their claims, as Kubernetes has it.")


class Cache(Section):
    """A LocalModelCache: a model to have on nodes before a service asks for it."""

    uri: Uri = Field(
        description="The model, as services have it in `storageUri`. Best by digest: a tag that moves isn't fetched "
        "again. A part of its sha256 ends the object's name, because KServe lets nobody change it."
    )
    size: Quantity = Field(description="Size of the model, such as `20Gi`.")
    nodeGroups: list[DnsLabel] = Field(description="Node groups to have it on.")
    serviceAccountName: OptionalDnsName = Field(
        default="", description="Service account in the jobs' namespace that KServe looks for credentials at."
    )
    storageKey: OptionalSecretKey = Field(
        default="", description="Key in the Secret `storage-config` of the jobs' namespace."
    )


class LocalModels(Section):
    """Models that KServe keeps on the nodes' disks (`localModel` in its configuration)."""

    create: bool = value(
        False, "Create a second ClusterStorageContainer, by which KServe's download jobs use the initializer."
    )
    name: OptionalDnsName = value("kitops-local-models", "Its name.")
    jobNamespace: OptionalDnsLabel = value(
        "kserve-localmodel-jobs",
        "Namespace of KServe's download jobs: the credentials' Secrets go there too.",
    )
    nodeGroups: dict[ObjectName, NodeGroup] = value({}, "LocalModelNodeGroups by name.")
    caches: dict[CacheName, Cache] = value(
        {}, "LocalModelCaches by name, which a hash of the URI is added to."
    )
