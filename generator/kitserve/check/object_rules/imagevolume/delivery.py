"""Volumes that a service brings for what an initializer fetches."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.sources import (
    PROVISION,
    fetched_folder,
    pods,
    sources,
    volume_of,
)
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import Data, at, maps, text
from kitserve.problems import Code, Path, Problem

UNWRITABLE = Code(
    "KS179",
    "error",
    "An initializer can't write into the volume that a service brings for its model.",
    why=f"KServe adds its emptyDir {PROVISION} only to a pod that has no volume of that name (AddModelMount in "
    "pkg/utils/storage.go; for `storageUris` the name is that of the folder, such as `mnt-models`). The initializer "
    "writes into a volume that is there, so it ends with an error if the volume is read-only by its kind or by "
    "`readOnly`.",
    example=service(
        f"volumes:\n  - name: {PROVISION}\n    persistentVolumeClaim: {{claimName: models, readOnly: true}}\n"
    ),
    remedy="Bring a PersistentVolumeClaim without `readOnly`, a generic ephemeral volume, or none. The server's own "
    "mount is read-only in any case.",
)
_READ_ONLY = ("configMap", "secret", "downwardAPI", "projected", "image")


def _volume_is_writable(item: Data) -> Iterator[Problem]:
    for pod in pods(item):
        held = list(sources(item, pod))
        fetched = fetched_folder(held)
        names = {volume_of(source, fetched) for source in held if source.is_fetched}
        for path, volume in maps(item, (*pod, "volumes")):
            if text(volume, ("name",)) in names and (wrong := _read_only(volume)):
                hint = "leave readOnly out" if wrong[-1] == "readOnly" else "bring a PersistentVolumeClaim"
                message = "the initializer writes the model into this volume"
                yield UNWRITABLE.problem(message, path=(*path, *wrong), hint=hint)


def _read_only(volume: Data) -> Path:
    """Return the field that makes a volume read-only; empty without one."""
    for kind, source in volume.items():
        if kind in _READ_ONLY and isinstance(source, dict):
            return (kind,)
        if at(source, ("readOnly",)) is True:
            return (kind, "readOnly")
    return ()


RULES = (ObjectRule(_volume_is_writable),)
