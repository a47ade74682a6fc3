"""The values that fields of an LLMInferenceService may come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import mapping, text
from kitserve.render.manifests.llm.llminferenceservice import GROUPED, MODEL_VOLUME, adapter_volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.problems import Path

    Data = dict[str, Any]

_PODS = (["template"], ["worker"])
_MAIN = ("image", "args", "env", "resources")
"""Typed values of the container `main`."""


def candidates(values: Data, entries: tuple[Path, ...], item: Data, path: Path) -> Iterator[Path]:
    """Yield the values that may make a field, the one that wins first: the open `spec` over the typed values.

    `entries` are the paths of the service's values, and of its group's.
    """
    own = entries[0]
    yield from _of_volume(values, own, item, path)
    yield (*own, *path)
    if path[:3] == ("spec", "model", "lora"):
        yield from _of_adapter(own, item, path[3:])
    elif path[:2] == ("spec", "model") and len(path) > 2:
        yield (*own, {"name": "modelName"}.get(str(path[2]), path[2]))
    elif path[:2] == ("spec", "storageInitializer"):
        yield ("imageVolumes", "mountBy")
    elif path[1:3] == ("template", "containers") and len(path) > 4 and path[4] in _MAIN:
        yield (*own, *path[4:])
    elif shared := _shared(path):
        yield from ((*entry, *shared) for entry in entries)
        yield from (shared,) if shared[0] == "imagePullSecrets" else ()


def _shared(path: Path) -> Path:
    """Return the path in a service's values of what its group may have too: metadata, and fields of its own pods."""
    rest = [step for step in path if step != "prefill"][1:]
    found = tuple(rest) if path[:1] == ("metadata",) else tuple(rest[1:]) if rest[:1] in _PODS else ()
    return found if found[:1] and found[0] in GROUPED else ()


def _of_adapter(own: Path, item: Data, rest: Path) -> Iterator[Path]:
    """Yield an adapter's value; `rest` is the path below `spec.model.lora`."""
    if name := text(item, ("spec", "model", "lora", *rest[:2], "name")):
        yield (*own, "adapters", name, *(step for step in rest[2:] if step == "uri"))
    yield (*own, "adapters")


def _of_volume(values: Data, own: Path, item: Data, path: Path) -> Iterator[Path]:
    """Yield the URI whose image a volume of ours has, or what mounts it."""
    for key in ("volumes", "volumeMounts"):
        if key in path[:-1]:
            volume = text(item, (*path[: path.index(key) + 2], "name"))
            if volume == MODEL_VOLUME:
                yield (*own, "uri")
            named = mapping(values, (*own, "adapters"))
            yield from ((*own, "adapters", name, "uri") for name in named if adapter_volume(name) == volume)
