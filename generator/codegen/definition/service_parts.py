"""The values that several kinds of services share, and the open parts of an InferenceService."""

from codegen.definition.fields import (
    Named,
    Open,
    OptionalDnsName,
    OptionalServiceName,
    Section,
    Words,
    value,
)


class ServiceIdentity(Section):
    """A service's name, and the group that it belongs to."""

    name: OptionalServiceName = value(
        "",
        "Name of the object. Empty: the key. With it, services of several namespaces can have one name.",
    )
    group: str = value("", "Entry of `serviceGroups` whose values this service has. Empty: none.")


class Placement(Section):
    """Where the pods of a service run."""

    nodeSelector: Words = value({}, "Labels that the nodes of its pods must have.")
    tolerations: list[Open] = value(
        [],
        "Taints of nodes that its pods tolerate, as in Kubernetes: `{key: nvidia.com/gpu, operator: Exists}`.",
    )
    affinity: Open = value({}, "Affinity of its pods to nodes and other pods, as in Kubernetes.")
    topologySpreadConstraints: list[Open] = value(
        [], "How its pods spread over zones and nodes, as in Kubernetes."
    )
    priorityClassName: OptionalDnsName = value("", "Priority class of its pods.")
    imagePullSecrets: list[Named] = value(
        [],
        "Pull secrets of its pods' images, instead of the `imagePullSecrets` for all. Empty: those for all.",
    )


class OpenParts(Section):
    """The parts of an InferenceService that take any field of KServe's."""

    volumes: list[Open] = value(
        [],
        "Volumes of its predictor's pods, as in Kubernetes. Those that `delivery` needs are added.",
    )
    predictor: Open = value(
        {},
        "Any other fields of KServe's `spec.predictor`, merged over the fields that the keys above set: maps key by "
        "key, so that `predictor.model.image` leaves the rest of the model as it is; lists and other values replace.",
    )
    transformer: Open = value(
        {},
        "KServe's `spec.transformer`, a server before the model that changes requests and answers. Its pods have the "
        "service's `serviceAccountName` and `imagePullSecrets` unless it names its own; placement and resources are "
        "its own. Empty: none.",
    )
    explainer: Open = value({}, "KServe's `spec.explainer`, as `transformer`. Empty: none.")
    canary: list[Open] = value(
        [],
        "KServe's `spec.canary` (0.20, mode `Standard`): other versions with pods and a Service of their own, each "
        "with a `predictor` with a `name` and what is different in it, and `trafficPercent`: its part of "
        "`minReplicas`. KServe 0.20 sends them none of the service's requests. Empty: none.",
    )
