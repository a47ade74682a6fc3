"""ModelKits of an InferenceService: their references and mount paths."""

from collections.abc import Iterator

from kitserve.check.initializer import SCHEME, reference_fault
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import MODEL, service
from kitserve.crds.lookup import Data, at, maps, text, uris
from kitserve.problems import Code, Path, Problem

_PREDICTOR: Path = ("spec", "predictor")
_FORMAT = "model:\n  modelFormat: {name: sklearn}\n"

_UNTAGGED = MODEL.replace(":v1", "")
FLOATING = Code(
    "KS133",
    "warning",
    "A ModelKit has no tag, or the tag `latest`.",
    why="Each pod fetches the version that the tag names when the pod starts: replicas may serve "
    "different models, and a rollback doesn't restore the old one.",
    example=service(model=_UNTAGGED),
    remedy="Name a version, or a digest: `kit://REPOSITORY@sha256:…`.",
)
TOO_DEEP = Code(
    "KS134",
    "error",
    "A model is mounted below the folder in which its server looks for it.",
    why="KServe's servers for this format look for the model's file in /mnt/models itself. Some start "
    "without one: the service becomes Ready and answers each prediction with 404 "
    "(python/kserve/kserve/model_repository.py).",
    example=service(
        "storageUris:\n  - {uri: 'kit://registry.example.com/iris:v1', mountPath: /mnt/models/iris}\n",
        _FORMAT,
    ),
    remedy="Mount it at /mnt/models, or pass its folder to the server in `args`.",
)
NO_INJECTION = Code(
    "KS135",
    "warning",
    "An init container of the service is named `storage-initializer`.",
    why="KServe mistakes it for its own and adds neither initializer nor /mnt/models "
    "(pkg/webhook/admission/pod/storage_initializer_injector.go).",
    example=service(
        "initContainers:\n  - name: storage-initializer\n    image: registry.example.com/tool:1.0\n"
    ),
    remedy="Give it another name.",
)
_TOP_LEVEL = {
    "sklearn",
    "xgboost",
    "lightgbm",
    "pmml",
    "paddle",
    "huggingface",
    "mlflow",
    "autogluon",
    "vLLM",
}


def mount_path(entry: Data) -> str:
    """Return the mount path of an entry of `storageUris`, or of a volume."""
    return text(entry, ("mountPath",)) or "/mnt/models"


def _modelkits_are_pinned(item: Data) -> Iterator[Problem]:
    for path, uri in uris(item):
        if is_floating_modelkit(uri):
            message = "each pod fetches the version that this names when the pod starts"
            yield FLOATING.problem(message, path=path, hint="name a version or a digest")


def is_floating_modelkit(uri: str) -> bool:
    """Return whether a URI names a ModelKit that changes by itself; a reference that can't be read names none."""
    return uri.startswith(SCHEME) and is_floating(uri.removeprefix(SCHEME)) and not reference_fault(uri)


def is_floating(reference: str) -> bool:
    """Return whether an image or ModelKit has no digest, and no tag or the tag `latest`."""
    tag = reference.rpartition("/")[2].partition(":")[2]
    return "@" not in reference and tag in {"", "latest"}


def _models_are_where_servers_look(item: Data) -> Iterator[Problem]:
    model_path: Path = (*_PREDICTOR, "model")
    entries = list(maps(item, (*_PREDICTOR, "storageUris")))
    form = text(item, (*model_path, "modelFormat", "name"))
    if form not in _TOP_LEVEL or not entries or at(item, (*model_path, "args")):
        return
    env = {variable.get("name") for _, variable in maps(item, (*model_path, "env"))}
    mounted = [*entries, *maps(item, (*model_path, "volumeMounts"))]
    if env or any(mount_path(each).rstrip("/") == "/mnt/models" for _, each in mounted):
        return
    path, entry = entries[0]
    place = (*path, "mountPath") if "mountPath" in entry else path
    yield TOO_DEEP.problem(
        f"a server of {form} looks into /mnt/models itself", path=place, hint="mount it there"
    )


def _initializer_is_kserves(item: Data) -> Iterator[Problem]:
    for path, container in maps(item, (*_PREDICTOR, "initContainers")):
        if container.get("name") == "storage-initializer" and any(uris(item)):
            message = "KServe mistakes this for its own initializer and adds none"
            yield NO_INJECTION.problem(message, path=(*path, "name"), hint="give it another name")


RULES = (
    ObjectRule(_modelkits_are_pinned),
    ObjectRule(_models_are_where_servers_look),
    ObjectRule(_initializer_is_kserves),
)
