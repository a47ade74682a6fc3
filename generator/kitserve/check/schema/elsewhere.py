"""Keys that the values don't know, and that are fields of KServe's in an open part, or objects of another kind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.crds.node import Node
    from kitserve.problems import Path

_PREDICTOR, _SPEC = ("predictor",), ("spec",)
_SERVICE, _LLM = (
    "serving.kserve.io/v1beta1/InferenceService",
    "serving.kserve.io/v1alpha2/LLMInferenceService",
)
_PLACES: dict[tuple[str, int], tuple[tuple[Path, str, Path], ...]] = {
    **dict.fromkeys(
        (("inferenceServices", 2), ("serviceGroups", 2), ("inferenceServiceDefaults", 1)),
        (
            (_PREDICTOR, _SERVICE, ("spec", "predictor")),
            ((*_PREDICTOR, "model"), _SERVICE, ("spec", "predictor", "model")),
        ),
    ),
    ("llmInferenceServices", 2): ((_SPEC, _LLM, _SPEC), ((*_SPEC, "template"), _LLM, (*_SPEC, "template"))),
}
"""By section and length of an entry's path: the open places of the entry, and what KServe has there."""
_ALIASES = frozenset({"serviceAccount"})
"""Fields that Kubernetes keeps for old manifests: the values have a key for what is meant."""
_KINDS = frozenset(
    (
        *(
            "certificate",
            "clusterrole",
            "clusterrolebinding",
            "configmap",
            "cronjob",
            "deployment",
            "externalsecret",
        ),
        *("gateway", "horizontalpodautoscaler", "httproute", "ingress", "job", "limitrange", "networkpolicy"),
        *(
            "persistentvolumeclaim",
            "poddisruptionbudget",
            "podmonitor",
            "priorityclass",
            "resourcequota",
            "role",
        ),
        *("rolebinding", "scaledobject", "secret", "servicemonitor", "statefulset", "storageclass"),
        *("triggerauthentication", "virtualservice"),
    )
)
"""Kinds of others that people look for in values; KServe's are in its structures."""


def open_place(data: Any, path: Path) -> Path:  # noqa: ANN401 - any JSON
    """Return the path in an open part of a service where KServe has the field at `path`; empty if there is none."""
    *above, key = path
    entry, value = at(data, tuple(above)), at(data, path)
    if not isinstance(entry, dict) or key in _ALIASES:
        return ()
    fitting = [
        place
        for place, node in _fields(tuple(above), str(key))
        if _fits(value, node) and _is_free(entry, (*place, key))
    ]
    return (*above, *fitting[0], key) if fitting else ()


def is_kind(path: Path) -> bool:
    """Return whether a key of the root names objects of a kind that the values don't make."""
    word = str(path[-1]).lower()
    single = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    known = _KINDS | _kinds_of_kserve()
    return len(path) == 1 and (word in known or single in known or word.removesuffix("es") in known)


def _fields(above: Path, key: str) -> Iterator[tuple[Path, Node]]:
    from kitserve.crds import structures  # noqa: PLC0415 - only values that are wrong pay for it

    section = (str(above[0]) if above else "", len(above))
    for place, kind, path in _PLACES.get(section, ()):
        node: Node | None = structures.kinds(structures.versions()[-1]).get(kind)
        for step in (*path, key):
            node = node.properties.get(str(step)) if node else None
        if node:
            yield place, node


def _fits(value: object, node: Node) -> bool:
    """Return whether a value is what KServe has there: a map of other keys is meant for another place."""
    if isinstance(value, dict):
        return node.type in {"object", ""} and (not node.properties or value.keys() <= node.properties.keys())
    kinds = {"string": str, "array": list, "boolean": bool, "integer": int}
    return value is None or (isinstance(value, kinds.get(node.type, object)) and node.type != "object")


def _is_free(entry: dict[str, Any], place: Path) -> bool:
    maps = (at(entry, place[:length]) for length in range(1, len(place)))
    return all(part is None or isinstance(part, dict) for part in maps) and at(entry, place) is None


@cache
def _kinds_of_kserve() -> frozenset[str]:
    from kitserve.crds import structures  # noqa: PLC0415 - as above

    names = (name.rpartition("/")[2].lower() for name in structures.kinds(structures.versions()[-1]))
    made = {"inferenceservice", "llminferenceservice", "clusterstoragecontainer", "localmodelcache"}
    return frozenset(names) - made
