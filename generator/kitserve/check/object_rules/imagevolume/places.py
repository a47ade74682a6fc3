"""Where objects name images that nodes mount: KServe's kinds, and DaemonSets, whose pods keep them on nodes."""

from collections.abc import Iterator
from typing import NamedTuple

from kitserve.check.object_rules.imagevolume.sources import NATIVE, is_image, pods, scheme_of, sources
from kitserve.crds.lookup import Data, mapping, maps, text
from kitserve.problems import Path

_LLMS = ("LLMInferenceService", "LLMInferenceServiceConfig")
_RUNTIMES = ("ServingRuntime", "ClusterServingRuntime")
_CACHES = ("LocalModelCache", "LocalModelNamespaceCache")
_TEMPLATES: tuple[Path, ...] = (
    *(
        ("spec", "template"),
        ("spec", "worker"),
        ("spec", "prefill", "template"),
        ("spec", "prefill", "worker"),
    ),
    ("spec", "router", "scheduler", "template"),
)


class Named(NamedTuple):
    """An image by its place: `scheme` is that of a URI, and empty for a volume; `policy` is a volume's own."""

    path: Path
    scheme: str
    reference: str
    policy: str = ""

    @property
    def is_volume(self) -> bool:
        """Whether nodes mount it as a volume, for sure."""
        return self.scheme in {"", NATIVE}


def pods_of(item: Data) -> Iterator[Path]:
    """Yield the places of an object's pods that may have volumes."""
    if item["kind"] == "InferenceService":
        yield from pods(item)
        yield from ((*pod, "workerSpec") for pod in pods(item))
    elif item["kind"] in _RUNTIMES:
        yield from (("spec",), ("spec", "workerSpec"))
    elif item["kind"] in _LLMS:
        yield from _TEMPLATES
    elif item["kind"] == "DaemonSet":
        yield ("spec", "template", "spec")


def uris_of(item: Data) -> Iterator[tuple[Path, str]]:
    """Yield the URI of each model of an object, with its place."""
    if item["kind"] == "InferenceService":
        yield from ((source.path, source.uri) for pod in pods(item) for source in sources(item, pod))
    else:
        model = ("spec", "model", "uri") if item["kind"] in _LLMS else ("spec", "sourceModelUri")
        if (item["kind"] in _LLMS or item["kind"] in _CACHES) and (uri := text(item, model)):
            yield model, uri


def images_of(item: Data) -> Iterator[Named]:
    """Yield the images that an object names by URI or in a volume."""
    for path, uri in uris_of(item):
        if is_image(scheme := scheme_of(uri)):
            yield Named(path, scheme, uri.partition("://")[2])
    for pod in pods_of(item):
        for path, volume in maps(item, (*pod, "volumes")):
            source = mapping(volume, ("image",))
            if reference := text(source, ("reference",)):
                yield Named((*path, "image", "reference"), "", reference, text(source, ("pullPolicy",)))
