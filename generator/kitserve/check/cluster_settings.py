"""What the KServe of a cluster is configured to do with images: its settings switch some off without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.imagevolume.places import uris_of
from kitserve.check.object_rules.imagevolume.sources import NATIVE, pods, scheme_of, sources
from kitserve.cluster.kserve_settings import CONFIG_MAP, HOME, section
from kitserve.problems import Code, Path, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Data = dict[str, Any]

SWITCHED_OFF = Code(
    "KS197",
    "error",
    "The KServe of the cluster that `--cluster` asks mounts no images.",
    why="For one `storageUri` KServe's pod webhook mounts an image only if its ConfigMap inferenceservice-config says "
    "`ociModelMode`, `enableModelcar` or `enableOciModelSupport` in `storageInitializer` (ResolveOciModelMode in "
    "pkg/types/config.go). With all of them empty the pods start without a model and without a word "
    "(pkg/webhook/admission/pod/mutator.go). An LLMInferenceService on oci:// reports `OCI modelcars is not enabled`. "
    "`storageUris`, and an LLMInferenceService on oci+native://, don't need the setting.",
    example="$ kitserve validate --cluster inferenceservice.yaml",
    remedy="Set `enableModelcar: true` in the ConfigMap, write the URI in `storageUris`, or mount the image by a "
    "volume of the predictor.",
)
_CONFIG = f"/api/v1/namespaces/{HOME}/configmaps/{CONFIG_MAP}"
_SWITCHES = ("enablemodelcar", "enableocimodelsupport")
_MODE = "ocimodelmode"
_HINT = "write it in storageUris, or set enableModelcar in KServe's ConfigMap inferenceservice-config"


def unmounted(objects: Sequence[Data], get: Callable[[str], Data | None]) -> Iterator[tuple[int, Problem]]:
    """Yield each image that the cluster's KServe doesn't mount, with the index of its object.

    `get` returns an object by its path at the API server, or None: KServe may be elsewhere, or hidden from the login.
    """
    asked = [(number, path) for number, item in enumerate(objects) for path in _need_the_setting(item)]
    if asked and _is_off(get(_CONFIG)):
        message = "this cluster's KServe mounts no images here"
        yield from ((number, SWITCHED_OFF.problem(message, path=path, hint=_HINT)) for number, path in asked)


def _need_the_setting(item: Data) -> Iterator[Path]:
    if item["kind"] == "InferenceService":
        for pod in pods(item):
            found = (source for source in sources(item, pod) if not source.is_listed)
            yield from (source.path for source in found if source.scheme == NATIVE)
    elif item["kind"] == "LLMInferenceService":
        yield from (path for path, uri in uris_of(item) if scheme_of(uri) == "oci")


def _is_off(config: Data | None) -> bool:
    """Return whether a ConfigMap switches images off; one that can't be read doesn't."""
    settings = section(config, "storageInitializer")
    if settings is None:
        return False
    return not settings.get(_MODE) and not any(settings.get(switch) for switch in _SWITCHES)
