"""The values of what keeps models on nodes before a service comes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from codegen.definition.fields import (
    ImageDigest,
    ImagePart,
    ImageTag,
    Open,
    OptionalDnsLabel,
    OptionalDnsName,
    Repository,
    Section,
    Words,
    value,
)
from codegen.definition.model_image import ImageChoice

KitUri = Annotated[str, StringConstraints(pattern=r"^kit://[^\x00-\x20\x7f]+$")]
# It is a label's value too. The pattern limits the length, as of any key of a map.
PrefetchName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]


class Prefetch(ImageChoice):
    """A DaemonSet whose pods keep the image of a ModelKit on their nodes."""

    uri: KitUri = Field(
        description="The ModelKit's URI, as the service has it. Use a digest: a node doesn't pull a tag again."
    )
    namespace: OptionalDnsLabel = value("", "Its namespace. Empty: the release's.")
    nodeSelector: Words = value({}, "Labels of the nodes, in addition to `kubernetes.io/os: linux`.")
    tolerations: list[Open] = value([], "Taints of nodes that it is for, as in Kubernetes.")
    priorityClassName: OptionalDnsName = value("", "Priority class of its pods.")


class PauseImage(Section):
    """The image of the pods that keep a model on a node: a program that waits."""

    registry: ImagePart = value("registry.k8s.io", "Registry host. Empty: `repository` has the host.")
    repository: Repository = value("pause", "Repository in the registry.")
    tag: ImageTag = value("3.10.1", "Tag.")
    digest: ImageDigest = value("", "Digest such as `sha256:...`. It wins over the tag.")
    pullPolicy: Literal["", "Always", "IfNotPresent", "Never"] = value(
        "IfNotPresent", "When the node pulls it."
    )
