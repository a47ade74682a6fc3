"""Volumes and initializers of services in Knative, which allows few."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.sources import NATIVE, PROVISION, pods, sources
from kitserve.check.object_rules.inferenceservice.scaling import mode
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, containers, maps, text
from kitserve.problems import Code, Path, Problem

_KNATIVE = "serving.kserve.io/deploymentMode: Knative"
_SOURCE = "pkg/apis/serving/k8s_validation.go of knative/serving"
_FEATURES = {
    "image": "kubernetes.podspec-volumes-image",
    "hostPath": "kubernetes.podspec-volumes-hostpath",
    "csi": "kubernetes.podspec-volumes-csi",
    "ephemeral": "kubernetes.podspec-volumes-ephemeral",
    "persistentVolumeClaim": "kubernetes.podspec-persistent-volume-claim",
}
_WRITE = "kubernetes.podspec-persistent-volume-write"
_CLAIM = f"{_FEATURES['persistentVolumeClaim']} and {_WRITE}"
_INITIALIZER = "kubernetes.podspec-init-containers"
FEATURE = Code(
    "KS168",
    "warning",
    "Knative refuses a volume or an initializer of the service unless a feature is on.",
    why="Knative's webhook allows images (from Knative 1.19 on, knative/serving#15878), claims, hostPaths, CSI and "
    "ephemeral volumes (from 1.23 on, knative/serving#16590) only with features of its ConfigMap `config-features`, "
    f"which are off by default; a claim without `readOnly` needs `{_WRITE}` too (ValidateVolumes in {_SOURCE}). It "
    "sees the volumes that the service brings, and the volumes and the initializer that KServe makes of "
    f"`storageUris`: that one needs `{_INITIALIZER}` (PodSpecMask in pkg/apis/serving/fieldmask.go). What KServe's pod "
    "webhook adds for one `storageUri` it doesn't see.",
    example=annotated(
        _KNATIVE,
        "volumes:\n  - {name: cache, persistentVolumeClaim: {claimName: cache}}\n"
        "containers:\n  - name: helper\n    image: registry.example.com/a:1\n"
        "    volumeMounts: [{name: cache, mountPath: /c}]\n",
    ),
    remedy="Ask for the feature that the message names, or set the annotation to `Standard`.",
)
UNMOUNTED = Code(
    "KS189",
    "error",
    "Knative refuses a volume that no container of the service mounts.",
    why=f"Knative's webhook wants each volume of a pod mounted (ValidateVolumes in {_SOURCE}). KServe's pod webhook "
    f"adds the mount of a volume named {PROVISION} too late for that.",
    example=annotated(_KNATIVE, f"volumes:\n  - {{name: {PROVISION}, emptyDir: {{}}}}\n"),
    remedy=f"Mount it in the model: `volumeMounts: [{{name: {PROVISION}, mountPath: /mnt/models}}]`.",
)


def _volumes_are_allowed(item: Data) -> Iterator[Problem]:
    for pod in pods(item) if mode(item) == "Knative" else ():
        for path, features in _needs(item, pod):
            hint = f"set {features} to enabled in Knative's config-features"
            yield FEATURE.problem("Knative refuses this unless a feature is on", path=path, hint=hint)
        mounted = {
            text(mount, ("name",))
            for container in containers(item)
            for _, mount in maps(item, (*container, "volumeMounts"))
            if container[: len(pod)] == pod
        }
        for path, volume in maps(item, (*pod, "volumes")):
            if volume.get("name") == PROVISION and PROVISION not in mounted:
                hint = "mount it at /mnt/models in the model"
                yield UNMOUNTED.problem("Knative wants this volume mounted", path=(*path, "name"), hint=hint)


def _needs(item: Data, pod: Path) -> Iterator[tuple[Path, str]]:
    """Yield what needs features of Knative, and the features."""
    listed = [source for source in sources(item, pod) if source.is_listed]
    yield from ((source.path, _FEATURES["image"]) for source in listed if source.scheme == NATIVE)
    yield from ((source.path, _INITIALIZER) for source in listed if source.is_fetched)
    yield from ((path, _INITIALIZER) for path, _ in maps(item, (*pod, "initContainers")))
    yield from ((source.path, _CLAIM) for source in listed if source.scheme == "pvc")
    for path, volume in maps(item, (*pod, "volumes")):
        for kind, feature in _FEATURES.items():
            if isinstance(source := volume.get(kind), dict):
                is_written = kind == "persistentVolumeClaim" and source.get("readOnly") is not True
                yield (*path, kind), _CLAIM if is_written else feature


RULES = (ObjectRule(_volumes_are_allowed),)
