"""LLMInferenceServices whose model is an image that nodes mount."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.mounts import TAKEN
from kitserve.check.object_rules.imagevolume.settings import IGNORED
from kitserve.check.object_rules.imagevolume.sources import DEFAULT_MOUNT, NATIVE, name_of, scheme_of
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.lookup import Data, at, maps, text
from kitserve.problems import Path, Problem

_URI: Path = ("spec", "model", "uri")
_ENABLED: Path = ("spec", "storageInitializer", "enabled")
_PODS: tuple[Path, ...] = (("spec", "template"), ("spec", "worker"), ("spec", "prefill", "template"))
_MAIN = "main"


def _model_is_mounted(item: Data) -> Iterator[Problem]:
    if scheme_of(text(item, _URI)) != NATIVE:
        return
    mounts = [mount for pod in _PODS for mount in _mounts(item, pod)]
    if at(item, _ENABLED) is not False:
        for path, name in mounts:
            if name != name_of(DEFAULT_MOUNT):
                message = "KServe mounts the model here, and a path has one mount"
                yield TAKEN.problem(message, path=path, hint="leave one out", also=(_URI,))
    elif not any(_is_mounting(item, pod) for pod in _PODS):
        message = "with the storage initializer off, KServe mounts no image"
        yield IGNORED.problem(message, path=_URI, hint="leave enabled: false out", also=(_ENABLED,))


def _is_mounting(item: Data, pod: Path) -> bool:
    return any(container.get("volumeMounts") for _, container in maps(item, (*pod, "containers")))


def _mounts(item: Data, pod: Path) -> Iterator[tuple[Path, str]]:
    """Yield the place and the volume of each mount at the model's path."""
    for container, held in maps(item, (*pod, "containers")):
        for path, mount in maps(item, (*container, "volumeMounts")) if held.get("name") == _MAIN else ():
            if text(mount, ("mountPath",)) == DEFAULT_MOUNT:
                yield (*path, "mountPath"), text(mount, ("name",))


RULES = (ObjectRule(_model_is_mounted, since="0.20"),)
