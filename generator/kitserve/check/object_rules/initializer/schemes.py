"""Model URIs of a scheme that nothing fetches, and those without one."""

import re
from collections.abc import Iterator

from kitserve.check.initializer import SCHEME, reference_fault
from kitserve.check.object_rules.initializer.references import is_template
from kitserve.check.object_rules.rule import has
from kitserve.check.object_rules.storagecontainer.overlap import is_for_pods, takes
from kitserve.crds.examples import MODEL, service
from kitserve.crds.lookup import Data, at, components, is_modelmesh, maps, text, uris
from kitserve.problems import Code, Path, Problem, nearest

UNFETCHED = Code(
    "KS171",
    "warning",
    "Nothing in KServe fetches URIs of this scheme.",
    why="KServe fetches its own schemes, and those that a ClusterStorageContainer takes. For others the controller "
    "reports `StorageURI not supported` and makes no pods (ValidateStorageURI in "
    "pkg/controller/v1beta1/inferenceservice/utils/utils.go; for LLMInferenceServices attachModelArtifacts in "
    "pkg/controller/v1alpha2/llmisvc/workload_storage.go). A scheme is written in lower case.",
    example=service(model=MODEL.replace("kit://", "kits://")),
    remedy="Write `kit://` for a ModelKit. If a ClusterStorageContainer in the cluster takes this scheme, validate its "
    "manifest together with the service.",
)
NO_SCHEME = Code(
    "KS172",
    "warning",
    "A model's URI has no scheme, so KServe takes it for a path in the server's image.",
    why="Without `://` KServe fetches nothing, and the server starts without the model (ValidateStorageURI in "
    "pkg/controller/v1beta1/inferenceservice/utils/utils.go).",
    example=service(model=MODEL.replace("kit://", "kit:/")),
    remedy="Write `kit://` in front of a ModelKit's reference, and an absolute path for a folder in the image.",
)

FETCHED = ("s3", "gs", "hf", "pvc", "oci", "https", "http", "hdfs", "webhdfs", "file")
"""The schemes that KServe itself fetches, in all its versions from 0.15 on."""
_OF_LLMS = ("hf", "s3", "pvc", "oci")
_SINCE = {"oci+native": "0.20", "oci+fetch": "0.21", "modelscope": "0.21"}
"""Schemes that came later, each with its version of KServe."""
_KIT = "kit"
_SCHEME = re.compile(r"\w://")
_ONE_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+-]+)(:/?|//)(?!/)")
_PLACEHOLDER = re.compile(r"<[^<>]+>")
_HINT = f"write {SCHEME} for a ModelKit, or validate the ClusterStorageContainer that takes this scheme too"
_LLMS = ("LLMInferenceService", "LLMInferenceServiceConfig")
_CACHES = ("LocalModelCache", "LocalModelNamespaceCache")


def unfetched(found: list[Data], version: str) -> Iterator[tuple[int, Problem]]:
    """Yield each URI that neither KServe nor a ClusterStorageContainer among the objects fetches, by its object."""
    containers = [item for item in found if is_for_pods(item)]
    for number, item in enumerate(found):
        for path, uri in _uris(item):
            problem = None if is_template(uri) else _judged(uri, path, version, is_llm=item["kind"] in _LLMS)
            if problem and not any(takes(each, uri) for each in containers):
                yield number, problem


def _uris(item: Data) -> Iterator[tuple[Path, str]]:
    """Yield the URIs that an object leaves to KServe."""
    kind = item["kind"]
    if kind == "InferenceService" and not _is_left_to_others(item):
        yield from uris(item)
        yield from _of_variables(item)
    elif kind in _LLMS and at(item, ("spec", "storageInitializer", "enabled")) is not False:
        yield from _text(item, ("spec", "model", "uri"))
    elif kind in _CACHES:
        yield from _text(item, ("spec", "sourceModelUri"))


def _is_left_to_others(item: Data) -> bool:
    return is_modelmesh(item) or bool(text(item, ("spec", "predictor", "storageContainerName")))


def _of_variables(item: Data) -> Iterator[tuple[Path, str]]:
    for component in components(item):
        for path, variable in maps(item, (*component, "containers", 0, "env")):
            if variable.get("name") == "STORAGE_URI":
                yield from ((_, uri) for _, uri in _text(variable, ("value",), path))


def _text(item: Data, path: Path, prefix: Path = ()) -> Iterator[tuple[Path, str]]:
    if found := text(item, path):
        yield (*prefix, *path), found


def _judged(uri: str, path: Path, version: str, *, is_llm: bool) -> Problem | None:
    later = tuple(scheme for scheme, since in _SINCE.items() if has(version, since))
    known = (_KIT, *(_OF_LLMS if is_llm else FETCHED), *later)
    if not _SCHEME.search(uri) and is_llm:
        return UNFETCHED.problem(
            "nothing fetches a URI without a scheme", path=path, hint="such as hf://ORG/MODEL"
        )
    if not _SCHEME.search(uri):
        return _without_scheme(uri, path, known)
    scheme = uri.partition("://")[0]
    if scheme in known or scheme.startswith("oci+"):
        return None
    near = _meant(scheme.strip(), known)
    hint = f"did you mean {near}://?" if near else _HINT
    return UNFETCHED.problem(f"nothing in KServe fetches {scheme[:40]}://", path=path, hint=hint)


def _without_scheme(uri: str, path: Path, known: tuple[str, ...]) -> Problem | None:
    begun = _ONE_SLASH.match(uri)
    near = _meant(begun[1], known) if begun else ""
    if begun and (near or begun[2] == ":/"):
        hint = f"write {near or begun[1].lower()}:// in front"
    elif _PLACEHOLDER.match(uri):
        hint = "write what the placeholder stands for"
    elif not reference_fault(uri):
        hint = f"write {SCHEME} in front"
    else:
        return None
    return NO_SCHEME.problem("without :// KServe takes this for a path in the image", path=path, hint=hint)


def _meant(scheme: str, known: tuple[str, ...]) -> str:
    """Return the known scheme that was meant by another one; empty if nobody can tell."""
    lower = scheme.lower()
    return _KIT if lower.startswith(_KIT) else nearest(lower, known)
