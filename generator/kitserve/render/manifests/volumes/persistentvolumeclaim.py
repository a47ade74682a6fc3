"""Volumes that outlive the pods of a service, and hold its ModelKits unpacked (`delivery: volume`)."""

from __future__ import annotations

import hashlib
import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.delivery import MOUNT_PATH, VOLUME, beside, is_delivered, sources
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.metadata import metadata, present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitserve.render.release import Release
    from kitserve.values.types import Values

    Data = dict[str, Any]

_NAME = "kserve-provision-location"
_ACCESS_MODES = ["ReadWriteMany"]
_UNPACKING = ("filter", "unpackFlags", "layout", "digest", "label")
_MOUNTED = re.compile(r"(pvc|oci([+][a-z]+)?)://")
"""URIs that KServe mounts, and downloads nothing of."""


def render(values: Values, services: Iterable[tuple[str, Data]], release: Release) -> Iterator[Data]:
    """Yield the claims that are made for services, each given by its name and its entry merged with defaults."""
    for name, entry in services:
        volume = entry.get("modelVolume", {})
        if not is_volume(entry) or volume.get("claimName"):
            continue
        namespace = entry.get("namespace") or release.namespace
        yield {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata(values, release, _claim(name, entry, values), namespace),
            "spec": {
                "accessModes": volume.get("accessModes") or _ACCESS_MODES,
                "resources": {"requests": {"storage": volume.get("size", "")}},
                **present({"storageClassName": volume.get("storageClassName", "")}),
            },
        }


def is_volume(entry: Data) -> bool:
    """Return whether a service has ModelKits, and unpacks them into a volume that outlives its pods."""
    return is_delivered(entry, VOLUME)


def claimed(predictor: Data, name: str, entry: Data, values: Values) -> Data:
    """Return `spec.predictor` of the service `name` with its claim, which KServe then takes instead of an emptyDir.

    Knative refuses a volume that nothing mounts, and what KServe's pod webhook mounts for `storageUri` comes too late
    for that (ValidateVolumes in pkg/apis/serving/k8s_validation.go of knative/serving): the model has the mount itself.
    """
    if not is_volume(entry):
        return predictor
    own = volume_name(entry)
    volume = {"name": own, "persistentVolumeClaim": {"claimName": _claim(name, entry, values)}}
    found = {**predictor, "volumes": beside(predictor.get("volumes"), [volume], "name")}
    if own == _NAME and isinstance(model := predictor.get("model"), dict):
        mount = {"name": own, "mountPath": MOUNT_PATH, "readOnly": True}
        found["model"] = {**model, "volumeMounts": beside(model.get("volumeMounts"), [mount], "mountPath")}
    return found


def volume_name(entry: Data) -> str:
    """Return the name of the volume that KServe mounts for the initializer, if the pod hasn't one of that name.

    CommonStorageInitialization of pkg/webhook/admission/pod/storage_initializer_injector.go (KServe 0.16 and newer)
    mounts one for all that is downloaded of `storageUris`, at their common path, after which it names it.
    """
    several = (each for each in sources(entry) if len(each.path) > 1 and not _MOUNTED.match(each.uri))
    paths = [each.mount_path.strip("/").split("/") for each in several]
    if not paths:
        return _NAME
    common = takewhile(lambda steps: len({*steps}) == 1, zip(*paths, strict=False))
    return "-".join(steps[0] for steps in common)


def content(entry: Data, values: Values) -> tuple[str, ...]:
    """Return what decides which files a service's volume holds."""
    unpacking, annotations = entry.get("unpacking", {}), entry.get("annotations", {})
    placed = (f"{each.uri} {each.mount_path}" for each in sources(entry))
    own = (f"{key}={text}" for key, text in sorted(annotations.items()) if key.startswith(f"{DOMAIN}/"))
    chosen = (unpacking.get(key, "") for key in _UNPACKING)
    patterns = (*values.allowPatterns, "", *values.ignorePatterns)
    return (*placed, *own, *chosen, values.unpackFlags, values.layout, *patterns)


def _claim(name: str, entry: Data, values: Values) -> str:
    """Return the claim of the service `name`. One that is made is another one wherever it would differ.

    Kubernetes lets nobody change a claim but for its size, and that not in every storage class.
    """
    volume = entry.get("modelVolume", {})
    made = (volume.get("storageClassName", ""), *volume.get("accessModes", []), volume.get("size", ""))
    digest = hashlib.sha256("\n".join((*content(entry, values), *made)).encode()).hexdigest()
    return volume.get("claimName") or f"{name}-{digest[:10]}"
