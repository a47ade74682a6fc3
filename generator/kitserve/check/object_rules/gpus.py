"""The GPUs of pods that work over several nodes."""

import json
from collections.abc import Iterator

from kitserve.crds.lookup import Data, mapping, text
from kitserve.problems import Path

ANNOTATION = "serving.kserve.io/gpu-resource-types"
_GPUS = frozenset({"nvidia.com/gpu", "amd.com/gpu", "intel.com/gpu", "habana.ai/gaudi"})
_OTHERS = frozenset({"cpu", "memory", "storage", "ephemeral-storage"})


def further_gpus(item: Data, annotations: Path) -> frozenset[str] | None:
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


def unknown_gpus(item: Data, container: Path, further: frozenset[str]) -> Iterator[Path]:
    """Yield the places of a container's resources that KServe takes for GPUs and doesn't know."""
    for field in ("limits", "requests"):
        for name, amount in mapping(item, (*container, "resources", field)).items():
            if amount is not None and name not in _GPUS | _OTHERS | further:
                yield (*container, "resources", field, name)
