"""The GPUs of pods that work over several nodes."""

import json
from collections.abc import Iterable, Iterator

from kitserve.crds.lookup import Data, mapping, text
from kitserve.problems import Code, Path, Problem

ANNOTATION = "serving.kserve.io/gpu-resource-types"
_GPUS = frozenset({"nvidia.com/gpu", "amd.com/gpu", "intel.com/gpu", "habana.ai/gaudi"})
_OTHERS = frozenset({"cpu", "memory", "storage", "ephemeral-storage"})


def unknown_gpus(item: Data, annotations: Path, containers: Iterable[Path], code: Code) -> Iterator[Problem]:
    """Yield a problem for each resource of containers that KServe takes for a GPU that it doesn't know.

    `annotations` is where the object may name further ones; if KServe can't read that, there is one problem.
    """
    places = list(containers)
    further = _further(item, annotations)
    if further is None:
        if places:
            hint = """such as '["example.com/gpu"]'"""
            yield code.problem("must be a JSON list of names", path=(*annotations, ANNOTATION), hint=hint)
        return
    for container in places:
        for path in _unknown(item, container, further):
            message = "KServe takes this for a GPU that it doesn't know"
            hint = f"name it in the annotation {ANNOTATION} of {annotations[0]}"
            yield code.problem(message, path=path, hint=hint)


def _further(item: Data, annotations: Path) -> frozenset[str] | None:
    """Return the GPUs that an annotation names; None if KServe can't read it."""
    said = text(item, (*annotations, ANNOTATION))
    try:
        named = json.loads(said) if said else []
    except ValueError:
        return None
    if said and not (
        isinstance(named, list) and named and all(isinstance(name, str) and name for name in named)
    ):
        return None
    return frozenset(named)


def _unknown(item: Data, container: Path, further: frozenset[str]) -> Iterator[Path]:
    """Yield the places of a container's resources that KServe takes for GPUs and doesn't know."""
    for field in ("limits", "requests"):
        for name, amount in mapping(item, (*container, "resources", field)).items():
            if amount is not None and name not in _GPUS | _OTHERS | further:
                yield (*container, "resources", field, name)
