"""LocalModelCaches: models that nodes keep."""

from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.modelkits import is_floating_modelkit
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import storage
from kitserve.crds.lookup import Data, at, maps, text
from kitserve.problems import Code, Path, Problem

_EXAMPLE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelCache
metadata:
  name: {name}
spec:
  sourceModelUri: kit://registry.example.com/iris:{tag}
  modelSize: 1Gi
  nodeGroups: [workers]
"""

SAME_MODEL = Code(
    "KS245",
    "error",
    "Two LocalModelCaches keep the same model.",
    why="KServe's webhook refuses the second (validateUniqueStorageURI in "
    "pkg/webhook/admission/localmodelcache/localmodelcache_validator.go).",
    example=_EXAMPLE.format(name="iris", tag="v1") + "---\n" + _EXAMPLE.format(name="again", tag="v1"),
    remedy="Keep one, with the node groups of both.",
)
STALE = Code(
    "KS160",
    "warning",
    "A LocalModelCache's ModelKit has no tag, or the tag `latest`.",
    why="KServe names the folder on the nodes after the URI's text and never fetches an existing "
    "folder again: the cache keeps the model that the tag named when the cache was created "
    "(pkg/controller/v1alpha1/localmodelnode/controller.go).",
    example=_EXAMPLE.format(name="iris", tag="latest"),
    remedy="Name a digest, or a version that is never pushed again.",
)
NO_DOWNLOADER = Code(
    "KS161",
    "warning",
    "A LocalModelCache of a ModelKit has no ClusterStorageContainer for its jobs.",
    why="A job uses the image of a ClusterStorageContainer with `workloadType: "
    "localModelDownloadJob`. Without one it uses KServe's, which can't fetch kit:// "
    "(pkg/controller/v1alpha1/localmodelnode/controller.go). One with `initContainer` isn't "
    "enough.",
    example=_EXAMPLE.format(name="iris", tag="v1") + "---\n" + storage(),
    remedy="Add a second ClusterStorageContainer with `workloadType: localModelDownloadJob`.",
)

_URI: Path = ("spec", "sourceModelUri")
_KINDS = ("LocalModelCache", "LocalModelNamespaceCache")


def _modelkit_is_pinned(item: Data) -> Iterator[Problem]:
    uri = text(item, _URI)
    if is_floating_modelkit(uri):
        message = "nodes keep the version that this names now, and never fetch another one"
        yield STALE.problem(message, path=_URI, hint="name a digest")


def same_models(found: list[Data], refused: frozenset[int]) -> Iterator[tuple[int, Problem]]:
    """Yield each cache whose model an earlier one has, which isn't refused: its index and the problem."""
    first: dict[str, str] = {}
    for number, item in enumerate(found):
        uri, name = text(item, _URI), text(item, ("metadata", "name"))
        if item["kind"] != "LocalModelCache" or number in refused:
            continue
        if (other := first.setdefault(uri, name)) != name:
            message = f"{other} keeps this model already"
            yield number, SAME_MODEL.problem(message, path=_URI, hint="keep one of them")


def without_downloader(found: list[Data]) -> Iterator[tuple[int, Problem]]:
    """Yield each cache of a ModelKit for which the objects have an initializer and no downloader."""
    taken = {
        text(item, ("spec", "workloadType")) or "initContainer"
        for item in found
        if item["kind"] == "ClusterStorageContainer"
        and item.get("disabled") is not True
        and _takes_modelkits(item)
    }
    if taken != {"initContainer"}:
        return
    for number, item in enumerate(found):
        if item["kind"] in _KINDS and text(item, _URI).startswith("kit://"):
            hint = "add one with workloadType: localModelDownloadJob"
            message = "no ClusterStorageContainer here serves the jobs that fetch this"
            yield number, NO_DOWNLOADER.problem(message, path=_URI, hint=hint)


def _takes_modelkits(item: Data) -> bool:
    forms = maps(item, ("spec", "supportedUriFormats"))
    return any(
        str(at(form, ("prefix",)) or at(form, ("regex",))).lstrip("^").startswith("kit:") for _, form in forms
    )


RULES = (ObjectRule(_modelkit_is_pinned),)
