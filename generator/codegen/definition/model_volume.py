"""The values of volumes that outlive the pods of a service."""

from typing import Literal

from codegen.definition.fields import OptionalDnsName, OptionalQuantity, Section, value


class ModelVolume(Section):
    """The volume that `delivery: volume` unpacks ModelKits into. Needs `size`, or `claimName`."""

    claimName: OptionalDnsName = value(
        "",
        "PersistentVolumeClaim that is there already, in the service's namespace, for this ModelKit alone. Empty: one "
        "is made.",
    )
    size: OptionalQuantity = value(
        "",
        "Size of the claim to make, such as `20Gi`. Its name ends with a hash of all that decides what it holds, so "
        "that another tag is another claim.",
    )
    storageClassName: OptionalDnsName = value("", "Its storage class. Empty: the cluster's default.")
    accessModes: list[Literal["ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]] = value(
        [],
        "Its access modes. Empty: `ReadWriteMany`, as pods of one service may run on several nodes, and a new one "
        "starts before an old one ends.",
    )
