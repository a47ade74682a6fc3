"""Schemes of images in models' URIs: in which fields and versions KServe knows them."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.places import uris_of
from kitserve.check.object_rules.imagevolume.sources import NATIVE, is_image, pods, scheme_of, sources
from kitserve.check.object_rules.initializer.references import is_template
from kitserve.check.object_rules.rule import has
from kitserve.check.object_rules.storagecontainer.overlap import takes
from kitserve.crds.examples import MODEL, llm, service
from kitserve.crds.lookup import Data, at, maps, text
from kitserve.problems import Code, Path, Problem, nearest

OTHER_SCHEME = Code(
    "KS136",
    "error",
    "KServe doesn't know a URI's scheme, which begins with `oci+`.",
    why="KServe treats any `oci+` scheme in `storageUris` as an image that contains the model, uses no "
    "ClusterStorageContainer (ParseOciScheme in pkg/utils/storage.go), and refuses an unknown one elsewhere. A node "
    "can't run a ModelKit as an image.",
    example=service(model=MODEL.replace("kit://", "oci+kit://")),
    remedy="Write kit:// for a ModelKit, and oci+native:// for an image that nodes mount.",
)
UNKNOWN_HERE = Code(
    "KS163",
    "error",
    "This KServe doesn't know the scheme of an image in this field.",
    why="`oci+native://` came with KServe 0.20 (kserve/kserve#5558), `oci+fetch://` with 0.21, and `oci://` in "
    "`storageUris` with 0.19 (kserve/kserve#5261). Before, the controller reports `StorageURI not supported` or "
    "`unsupported schema in model URI` and makes no pods, and in `storageUris` KServe hands the URI to an initializer "
    "that can't fetch it, or mounts nothing. `oci+modelcar://` is known in `storageUris` alone (ValidateStorageURI in "
    "pkg/controller/v1beta1/inferenceservice/utils/utils.go). A LocalModelCache's jobs fetch no image at all.",
    example=service(model=MODEL.replace("kit://", "oci+modelcar://")),
    remedy="Upgrade KServe, or mount the image by a volume of the predictor: `volumes: [{name: model, image: "
    "{reference: …}}]` and a `volumeMounts` entry, without `storageUri`.",
)
ADAPTER = Code(
    "KS177",
    "error",
    "KServe fetches no adapter from a URI of this scheme.",
    why="An LLMInferenceService's adapters are on hf://, s3:// or pvc://, and only with the storage initializer on. "
    "For any other the controller reports `unsupported URI scheme` and makes no pods (enumerateLoRAAdapters in "
    "pkg/controller/v1alpha2/llmisvc/workload_lora.go).",
    example=llm("").replace(
        "hf://example/chat'",
        "hf://example/chat', lora: {adapters: [{name: poems, uri: 'kit://registry.example.com/poems:v1'}]}",
    ),
    remedy="Mount the adapter's image by a volume of `spec.template`, and name its folder in the server's "
    "`--lora-modules`.",
)

_SINGLE = {"oci": "0.15", NATIVE: "0.20", "oci+fetch": "0.21"}
_LISTED = {"oci": "0.19", NATIVE: "0.20", "oci+modelcar": "0.20", "oci+fetch": "0.20"}
_OF_LLMS = {"oci": "0.15", NATIVE: "0.20"}
_OF_CACHES = {"oci": "0.21", "oci+fetch": "0.21"}
_ENABLED: Path = ("spec", "storageInitializer", "enabled")
_VOLUME = "mount the image by a volume of your own"
_NEAR = 0.8
_KNOWN = tuple({**_LISTED, **_SINGLE})
_INSTEAD = {"oci+modelcar": "write oci://", "oci+fetch": "write oci+native://"}
_LLMS = ("LLMInferenceService", "LLMInferenceServiceConfig")
_ADAPTERS = ("hf", "s3", "pvc")


def unknown(found: list[Data], version: str) -> Iterator[tuple[int, Problem]]:
    """Yield each image whose scheme a field doesn't have in this KServe, with the index of its object.

    A ClusterStorageContainer among the objects may fetch what KServe itself doesn't.
    """
    containers = [item for item in found if item["kind"] == "ClusterStorageContainer"]
    for number, item in enumerate(found):
        for path, uri, since in _asked(item):
            problem = None if is_template(uri) else _judged(path, uri, since, version)
            if problem and (
                problem.code == OTHER_SCHEME.code or not any(takes(each, uri) for each in containers)
            ):
                yield number, problem
        if item["kind"] in _LLMS and has(version, "0.19"):
            yield from ((number, problem) for problem in _adapters(item))


def _asked(item: Data) -> Iterator[tuple[Path, str, dict[str, str]]]:
    """Yield the URIs that an object leaves to KServe, with the schemes that their fields know."""
    if item["kind"] == "InferenceService":
        for pod in pods(item):
            for source in sources(item, pod):
                yield source.path, source.uri, _LISTED if source.is_listed else _SINGLE
    elif item["kind"] not in _LLMS:
        yield from ((path, uri, _OF_CACHES) for path, uri in uris_of(item))
    elif at(item, _ENABLED) is not False:
        yield from ((path, uri, _OF_LLMS) for path, uri in uris_of(item))


def _judged(path: Path, uri: str, since: dict[str, str], version: str) -> Problem | None:
    scheme = scheme_of(uri)
    if not is_image(scheme) or (scheme in since and has(version, since[scheme])):
        return None
    if scheme not in _KNOWN:
        near = nearest(scheme, _KNOWN, _NEAR)
        hint = f"did you mean {near}://?" if near else "write kit:// for a ModelKit"
        return OTHER_SCHEME.problem("KServe has no such kind of image", path=path, hint=hint)
    if since is _OF_CACHES:
        hint = "leave the cache out: nodes keep the images that they mount"
        return UNKNOWN_HERE.problem(f"a cache's job fetches no {scheme}://", path=path, hint=hint)
    later = f"KServe {since[scheme]} does; or {_VOLUME}" if scheme in since else _INSTEAD.get(scheme, _VOLUME)
    return UNKNOWN_HERE.problem(f"KServe {version} doesn't know {scheme}:// here", path=path, hint=later)


def _adapters(item: Data) -> Iterator[Problem]:
    is_off = at(item, _ENABLED) is False
    for path, adapter in maps(item, ("spec", "model", "lora", "adapters")):
        uri = text(adapter, ("uri",))
        if not uri or is_template(uri):
            continue
        if scheme_of(uri) not in _ADAPTERS:
            hint = f"{', '.join(f'{scheme}://' for scheme in _ADAPTERS)}, or {_VOLUME}"
            yield ADAPTER.problem("KServe fetches no adapter from here", path=(*path, "uri"), hint=hint)
        elif is_off:
            message, hint = (
                "KServe refuses adapters without the storage initializer",
                "leave enabled: false out",
            )
            yield ADAPTER.problem(message, path=(*path, "uri"), hint=hint, also=(_ENABLED,))
