"""Volumes of services in Knative, which allows few."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.sources import NATIVE, PROVISION, pods, sources
from kitserve.check.object_rules.inferenceservice.scaling import mode
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, containers, maps, text
from kitserve.problems import Code, Path, Problem

_KNATIVE = "serving.kserve.io/deploymentMode: Knative"
_SOURCE = "pkg/apis/serving/k8s_validation.go of knative/serving"
FEATURE = Code(
    "KS168",
    "warning",
    "Knative refuses a volume of the service unless a feature is on.",
    why="Knative's webhook allows images, claims and hostPaths as volumes only with features of its ConfigMap "
    "`config-features`, which are off by default: `kubernetes.podspec-volumes-image`, "
    "`kubernetes.podspec-persistent-volume-claim` and, unless the claim is `readOnly`, "
    f"`kubernetes.podspec-persistent-volume-write` (ValidateVolumes in {_SOURCE}). It sees the volumes that the "
    "service brings and those that KServe makes of `storageUris`. What KServe's pod webhook mounts for one "
    "`storageUri` it doesn't see.",
    example=annotated(
        _KNATIVE,
        "volumes:\n  - {name: cache, persistentVolumeClaim: {claimName: cache}}\n"
        "containers:\n  - name: helper\n    image: registry.example.com/a:1\n"
        "    volumeMounts: [{name: cache, mountPath: /c}]\n",
    ),
    remedy="Ask for the feature that the message names, or set the annotation to `Standard`.",
)
REFUSED = Code(
    "KS189",
    "error",
    "Knative refuses a volume of the service.",
    why="Knative's webhook wants each volume of a pod mounted, and mounts of an image, a Secret or a ConfigMap with "
    f"`readOnly: true` (ValidateVolumes and validateVolumeMounts in {_SOURCE}). KServe's pod webhook adds its own "
    "mount too late for that.",
    example=annotated(_KNATIVE, f"volumes:\n  - {{name: {PROVISION}, emptyDir: {{}}}}\n"),
    remedy="Mount the volume in the model: `volumeMounts: [{name: …, mountPath: /mnt/models, readOnly: true}]`.",
)
_IMAGE = "kubernetes.podspec-volumes-image"
_CLAIM = "kubernetes.podspec-persistent-volume-claim"
_WRITE = "kubernetes.podspec-persistent-volume-write"


def _volumes_are_allowed(item: Data) -> Iterator[Problem]:
    if mode(item) != "Knative":
        return
    for pod in pods(item):
        for path, feature in _needs(item, pod):
            hint = f"set {feature} to enabled in Knative's config-features"
            yield FEATURE.problem("Knative refuses this unless a feature is on", path=path, hint=hint)
        yield from _refused(item, pod)


def _needs(item: Data, pod: Path) -> Iterator[tuple[Path, str]]:
    """Yield what needs features of Knative, and the features."""
    listed = [source for source in sources(item, pod) if source.is_listed]
    yield from ((source.path, _IMAGE) for source in listed if source.scheme == NATIVE)
    for path, volume in maps(item, (*pod, "volumes")):
        if isinstance(volume.get("image"), dict):
            yield (*path, "image"), _IMAGE
        if isinstance(claim := volume.get("persistentVolumeClaim"), dict):
            yield (
                (*path, "persistentVolumeClaim"),
                _CLAIM if claim.get("readOnly") is True else f"{_CLAIM} and {_WRITE}",
            )


def _refused(item: Data, pod: Path) -> Iterator[Problem]:
    mounts = {
        (*path, "volumeMounts", number): mount
        for path in containers(item)
        if path[: len(pod)] == pod
        for number, (_, mount) in enumerate(maps(item, (*path, "volumeMounts")))
    }
    mounted = {text(mount, ("name",)) for mount in mounts.values()}
    images = set()
    for path, volume in maps(item, (*pod, "volumes")):
        images |= {text(volume, ("name",))} if isinstance(volume.get("image"), dict) else set()
        if volume.get("name") == PROVISION and PROVISION not in mounted:
            hint = "mount it at /mnt/models in the model, with readOnly: true"
            yield REFUSED.problem("Knative wants this volume mounted", path=(*path, "name"), hint=hint)
    for path, mount in mounts.items():
        if text(mount, ("name",)) in images and mount.get("readOnly") is not True:
            message = "Knative wants an image mounted read-only"
            yield REFUSED.problem(message, path=path, hint="write readOnly: true")


RULES = (ObjectRule(_volumes_are_allowed),)
