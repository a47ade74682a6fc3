"""The fields of a pod's specification, which a component of an InferenceService has too."""

from codegen.annotations.container import CONTAINER
from codegen.annotations.container_parts import SECCOMP
from codegen.annotations.field import Field, Fields

_EXPRESSIONS: Fields = {
    "key": Field("Label."),
    "operator": Field("Comparison.", examples=("In", "NotIn", "Exists", "DoesNotExist")),
    "values": Field("Values, for `In` and `NotIn`."),
}
LABELS: Fields = {
    "matchLabels": Field("Labels that it must have."),
    "matchExpressions": Field("Conditions on its labels.", _EXPRESSIONS),
}
_NODE_TERM: Fields = {"matchExpressions": Field("Conditions on the node's labels.", _EXPRESSIONS)}
_WEIGHT = Field("Weight, from 1 to 100.")
_POD_TERM: Fields = {
    "labelSelector": Field("Pods that are meant.", LABELS),
    "topologyKey": Field(
        "Label of nodes that says which are together.",
        examples=("kubernetes.io/hostname", "topology.kubernetes.io/zone"),
    ),
    "namespaces": Field("Namespaces of the pods. Absent: the pod's own."),
}
NODE_AFFINITY: Fields = {
    "requiredDuringSchedulingIgnoredDuringExecution": Field(
        "What a node must have.",
        {"nodeSelectorTerms": Field("Alternatives, of which one must fit.", _NODE_TERM)},
    ),
    "preferredDuringSchedulingIgnoredDuringExecution": Field(
        "What a node should have.", {"weight": _WEIGHT, "preference": Field("Condition.", _NODE_TERM)}
    ),
}
POD_AFFINITY: Fields = {
    "requiredDuringSchedulingIgnoredDuringExecution": Field("What must be so.", _POD_TERM),
    "preferredDuringSchedulingIgnoredDuringExecution": Field(
        "What should be so.", {"weight": _WEIGHT, "podAffinityTerm": Field("Condition.", _POD_TERM)}
    ),
}
AFFINITY: Fields = {
    "nodeAffinity": Field("Nodes on which the pods run.", NODE_AFFINITY),
    "podAffinity": Field("Pods near which they run.", like="podAffinity"),
    "podAntiAffinity": Field("Pods away from which they run.", like="podAffinity"),
}

TOLERATION: Fields = {
    "key": Field("Key of the taint. Absent: any.", examples=("nvidia.com/gpu",)),
    "operator": Field("Comparison. Absent: `Equal`.", examples=("Exists", "Equal")),
    "value": Field("Value of the taint, for `Equal`."),
    "effect": Field(
        "Effect of the taint. Absent: any.", examples=("NoSchedule", "PreferNoSchedule", "NoExecute")
    ),
    "tolerationSeconds": Field("Seconds until the pod leaves the node, for `NoExecute`. Absent: it stays."),
}

SPREAD: Fields = {
    "maxSkew": Field("Pods that one place may have more than another.", examples=(1,)),
    "topologyKey": _POD_TERM["topologyKey"],
    "whenUnsatisfiable": Field(
        "What happens where it can't be.", examples=("ScheduleAnyway", "DoNotSchedule")
    ),
    "labelSelector": Field("Pods that are counted.", LABELS),
}

_MODE = Field("Permissions of its files, as a number: 420 is 0644.")
_ITEMS = Field("Keys that become files. Absent: all.", {"key": Field("Key."), "path": Field("File.")})
VOLUME: Fields = {
    "name": Field("Name of the volume."),
    "emptyDir": Field(
        "Empty folder that lives as long as the pod.",
        {
            "medium": Field("`Memory` for a tmpfs, such as `/dev/shm`.", examples=("Memory",)),
            "sizeLimit": Field("Most that it may hold, such as `2Gi`."),
        },
    ),
    "secret": Field(
        "Files of a Secret.",
        {"secretName": Field("Name of the Secret."), "items": _ITEMS, "defaultMode": _MODE},
    ),
    "configMap": Field(
        "Files of a ConfigMap.",
        {"name": Field("Name of the ConfigMap."), "items": _ITEMS, "defaultMode": _MODE},
    ),
    "persistentVolumeClaim": Field(
        "A claim in the pod's namespace.",
        {"claimName": Field("Name of the claim."), "readOnly": Field("Whether it is read-only.")},
    ),
    "hostPath": Field(
        "Path on the node, which Pod Security's `baseline` forbids.",
        {"path": Field("Path."), "type": Field("What must be there.", examples=("Directory", "File"))},
    ),
    "image": Field(
        "Files of an image, read-only (Kubernetes 1.35).",
        {"reference": Field("Image, with its tag or digest."), "pullPolicy": CONTAINER["imagePullPolicy"]},
    ),
    "projected": Field("Several sources in one folder."),
    "csi": Field("Volume of a CSI driver."),
    "nfs": Field("Folder of an NFS server.", {"server": Field("Host."), "path": Field("Exported path.")}),
}

POD: Fields = {
    "containers": Field(
        "Containers. In a predictor, one named `kserve-container` takes the model server's place; in an "
        "LLMInferenceService, vLLM runs in `main`.",
        like="container",
    ),
    "initContainers": Field(
        "Containers that run one after another before the others start.", like="container"
    ),
    "volumes": Field("Volumes of the pods.", like="volume"),
    "serviceAccountName": Field("Service account of the pods."),
    "imagePullSecrets": Field("Pull secrets of the pods' images.", {"name": Field("Name of the Secret.")}),
    "nodeSelector": Field("Labels that the nodes of the pods must have. Quote numbers and booleans."),
    "tolerations": Field("Taints of nodes that the pods tolerate.", like="toleration"),
    "affinity": Field("Affinity of the pods to nodes and other pods.", like="affinity"),
    "topologySpreadConstraints": Field(
        "How the pods spread over zones and nodes.", like="topologySpreadConstraint"
    ),
    "priorityClassName": Field("Priority class of the pods."),
    "runtimeClassName": Field("Runtime class of the pods, such as `nvidia`."),
    "schedulerName": Field("Scheduler that places the pods."),
    "resources": Field("Resources of a whole pod (Kubernetes 1.34).", like="resources"),
    "securityContext": Field(
        "Security context of the pods.",
        {
            "fsGroup": Field("Group that owns the files of volumes."),
            "runAsNonRoot": Field("Whether the kubelet refuses to start containers as root."),
            "runAsUser": Field("User ID of the containers."),
            "runAsGroup": Field("Group ID of the containers."),
            "seccompProfile": SECCOMP,
            "supplementalGroups": Field("Further groups of the containers."),
        },
    ),
    "terminationGracePeriodSeconds": Field("Seconds that the pods have to end. Absent: 30."),
    "automountServiceAccountToken": Field("Whether the pods get a token for the API server."),
    "enableServiceLinks": Field("Whether the pods get a variable for each Service of their namespace."),
    "hostIPC": Field("Whether the pods share the node's IPC, which Pod Security's `baseline` forbids."),
    "hostNetwork": Field(
        "Whether the pods have the node's network, which Pod Security's `baseline` forbids."
    ),
    "shareProcessNamespace": Field("Whether the containers of a pod see each other's processes."),
    "dnsPolicy": Field(
        "Source of the pods' DNS settings.",
        examples=("ClusterFirst", "Default", "ClusterFirstWithHostNet", "None"),
    ),
    "hostAliases": Field(
        "Lines of the pods' `/etc/hosts`.", {"ip": Field("Address."), "hostnames": Field("Hosts.")}
    ),
}
