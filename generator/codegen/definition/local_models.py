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
    persistentVolumeSpec: Open = Field(description="`spec` of the PersistentVolumes, as in Kubernetes.")
    persistentVolumeClaimSpec: Open = Field(description="`spec` of their claims, as in Kubernetes.")


class Cache(Section):
    """A LocalModelCache: a model that nodes fetch before a service asks for it."""

    uri: Uri = Field(
        description="The model's URI, as services have it in `storageUri`. Use a digest: KServe doesn't fetch a tag "
        "again that has moved. The object's name ends with a part of the URI's sha256, because KServe allows no change "
        "of the URI."
    )
    size: Quantity = Field(description="Size of the model, such as `20Gi`.")
    nodeGroups: list[DnsLabel] = Field(description="Node groups that keep it.")
    serviceAccountName: OptionalDnsName = Field(
        default="", description="Service account in the jobs' namespace whose credentials KServe uses."
    )
    storageKey: OptionalSecretKey = Field(
        default="", description="Key in the Secret `storage-config` of the jobs' namespace."
    )


class LocalModels(Section):
    """Models that KServe keeps on the nodes' disks (`localModel` in its configuration)."""

    create: bool = value(
        False, "Create a second ClusterStorageContainer, so that KServe's download jobs use the initializer."
    )
    name: OptionalDnsName = value("kitops-local-models", "Name of that ClusterStorageContainer.")
    jobNamespace: OptionalDnsLabel = value(
        "kserve-localmodel-jobs",
        "Namespace of KServe's download jobs: the chart creates the credentials' Secrets there too.",
    )
    nodeGroups: dict[ObjectName, NodeGroup] = value({}, "LocalModelNodeGroups by name.")
    caches: dict[CacheName, Cache] = value(
        {}, "LocalModelCaches by name; the object's name has a hash of the URI added."
    )
