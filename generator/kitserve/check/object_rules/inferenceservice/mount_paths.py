"""Where the models of an InferenceService's `storageUris` are mounted."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from kitserve.check.object_rules.inferenceservice.modelkits import mount_path
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.object_rules.storagecontainer.matching import IMPLICIT
from kitserve.crds.examples import service
from kitserve.crds.lookup import COMPONENTS, Data, maps, text
from kitserve.problems import Code, Path, Problem

_FORMAT = "model:\n  modelFormat: {name: sklearn}\n"
MOUNT_PATH = Code(
    "KS229",
    "error",
    "KServe's webhook refuses a mount path in `storageUris`.",
    why="KServe mounts one volume at the folder above all paths. So they must be absolute, without "
    "`..`, and have a common parent other than `/` (validateMultipleStorageURIsSpec in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=service(
        "storageUris:\n  - {uri: 'kit://registry.example.com/a:v1', mountPath: /a}\n"
        "  - {uri: 'kit://registry.example.com/b:v1', mountPath: /b}\n",
        _FORMAT.replace("sklearn", "tensorflow"),
    ),
    remedy="Use folders such as `/mnt/models/a` and `/mnt/models/b`.",
)


def _mount_paths_are_allowed(item: Data) -> Iterator[Problem]:
    for component in COMPONENTS:
        uris_: Path = ("spec", component, "storageUris")
        for place, entry in maps(item, uris_):
            path = entry.get("mountPath")
            if isinstance(path, str) and (path == "/" or ".." in path):
                yield MOUNT_PATH.problem("must be a folder below /, without ..", path=(*place, "mountPath"))
        yield from _mount_paths_have_a_parent(item, uris_)


def _mount_paths_are_explicit(item: Data) -> Iterator[Problem]:
    for component in COMPONENTS:
        for place, entry in maps(item, ("spec", component, "storageUris")):
            if entry.get("mountPath") is None:
                message, hint = (
                    "KServe's minimal CRDs set no default mountPath",
                    "write mountPath: /mnt/models",
                )
                yield IMPLICIT.problem(message, path=place, hint=hint)


def _mount_paths_have_a_parent(item: Data, place: Path) -> Iterator[Problem]:
    entries = [entry for _, entry in maps(item, place)]
    volumes = [mount_path(entry) for entry in entries if scheme(entry) == "pvc"]
    paths = [mount_path(entry) for entry in entries if scheme(entry) != "pvc"]
    tops = {PurePosixPath(path).parts[1] for path in paths if path.startswith("/") and path.strip("/")}
    if len(tops) > 1:
        hint = "such as /mnt/models/a and /mnt/models/b"
        yield MOUNT_PATH.problem("the paths have no folder in common but /", path=place, hint=hint)
    if len(paths) > 1 and len(set(volumes)) < len(volumes):
        yield MOUNT_PATH.problem("two volumes have the same path", path=place)


def scheme(entry: Data) -> str:
    """Return the scheme of an entry's URI."""
    return text(entry, ("uri",)).partition("://")[0]


RULES = (
    ObjectRule(_mount_paths_are_allowed, since="0.16"),
    ObjectRule(_mount_paths_are_explicit, since="0.16"),
)
