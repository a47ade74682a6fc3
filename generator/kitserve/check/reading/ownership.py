"""Which files are kitserve's to judge: in a folder, and on the command line of a hook, lie those of other tools too."""

import json
import re
from collections.abc import Collection
from enum import Enum, auto
from functools import cache
from pathlib import Path

from kitserve.check.reading.charts import OURS, chart_of
from kitserve.check.reading.kustomization import KUSTOMIZATIONS
from kitserve.crds import validate
from kitserve.helm.document import Composed, entries, keys, scalar_at
from kitserve.helm.file_cache import FileCache, UnreadableError
from kitserve.helm.nodes import AliasNode, ListNode, MapNode, Node, ScalarNode
from kitserve.problems import nearest
from kitserve.values.schema import Schema, names, schema


class Kind(Enum):
    """What a file holds."""

    MANIFEST = auto()
    VALUES = auto()
    TEMPLATE = auto()
    NOTHING = auto()
    OTHERS = auto()


_OURS_ALONE = (
    *(
        "allowParentsByTag",
        "clusterStorageContainer",
        "inferenceServiceDefaults",
    ),
    *(
        "inferenceServices",
        "localModels",
        "serviceAnnotations",
        "standardLabels",
        "unpackFlags",
        "verifyAgain",
    ),
)
"""The keys that values of other charts don't have."""
_RESOURCES = ("limits", "requests", "claims")
_NEAR = 0.85
_PATCH = "$patch"
"""The key by which a part of an object says what kustomize does with it."""
_TOOLS = frozenset({"chart.yaml", "model-settings.json", "settings.json"})
_OTHER_KEYS = (
    {"on", "jobs"},
    {"true", "jobs"},
    {"name", "version", "apiVersion"},
    {"resources", "namePrefix"},
    {"repos"},
    {"services", "volumes"},
    {_PATCH},
)
"""Keys that together say of which tool a file is: workflow, chart, kustomization, pre-commit, compose, patch."""
_BRACES = re.compile(r"^[^#\"'\n]*:[ \t]+\{\{|^[ \t]*- \{\{", re.MULTILINE)
"""A template as a value, which YAML reads as a map in a map."""
_KEY = re.compile(r"^[\s{-]*[\"']?(\w+)[\"']?\s*:", re.MULTILINE)


def kind_of(file: str, cache: FileCache, *, found: bool) -> Kind:
    """Return what a file holds; `found`: a folder was named, and the file is in it.

    A named file without a sign of another tool is values: what is wrong with it may be each of its keys.
    """
    try:
        text = cache.content(file)
        if found and (not _has_signs(text) or _is_other_json(text)):
            return Kind.OTHERS
        if "templates" in Path(file).parts and "{{" in text and chart_of(file, cache):
            return Kind.TEMPLATE
        composed = cache.composed(file)
    except UnreadableError:
        return Kind.VALUES
    if found and _is_template(composed):
        return Kind.TEMPLATE
    if composed.refused:
        return Kind.VALUES if not found or _claims_to_be_ours(composed.text) else Kind.OTHERS
    return _of_roots(file, composed, cache, found=found)


def _of_roots(file: str, composed: Composed, cache: FileCache, *, found: bool) -> Kind:
    if not any(_holds(root) for root in composed.roots):
        return Kind.NOTHING
    if Path(file).name in KUSTOMIZATIONS:
        return Kind.OTHERS
    if any(_is_manifest(root, found=found) for root in composed.roots):
        return Kind.MANIFEST
    return Kind.VALUES if _are_values(file, composed, cache, found=found) else Kind.OTHERS


def _is_other_json(text: str) -> bool:
    """Return whether a text is a JSON object with keys of nothing that is ours: Python's reader says so in no time.

    Swagger's definitions, locks and dashboards are large, and may have escapes that YAML lacks.
    """
    if not text.lstrip().startswith("{"):
        return False
    try:
        own = set(json.loads(text))
    except (ValueError, RecursionError):
        return False
    ours = {"apiVersion", "kind"}.union(key for key in own if nearest(key, _OURS_ALONE, _NEAR))
    return own.isdisjoint(ours) and not own <= schema()["properties"].keys()


def _has_signs(text: str) -> bool:
    return any(word in text for word in _signs())


@cache
def _signs() -> tuple[str, ...]:
    """Return the words of which manifests and values have one: a file without them isn't parsed, however large.

    A word that holds another one says nothing more. One search for each is quicker than one for all of them.
    """
    words = {"apiVersion", "kind", "storageUri", "inferenceSer", "InferenceSer", *schema()["properties"]}
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))


def _claims_to_be_ours(text: str) -> bool:
    """Whether a text that isn't YAML was meant for an object, or for values that nobody else has."""
    keys = set(_KEY.findall(text))
    return keys >= {"apiVersion", "kind"} or not keys.isdisjoint(_OURS_ALONE)


def _holds(root: Node) -> bool:
    return not (isinstance(root, ScalarNode) and root.plain and root.text == "")


def _is_manifest(root: Node, *, found: bool) -> bool:
    """Whether a document is an object, perhaps an incomplete one: values have neither key."""
    named = {"apiVersion", "kind"} & set(keys(root))
    if _PATCH in set(keys(root)):
        return False
    if not named or named == {"apiVersion", "kind"}:
        return bool(named)
    if "kind" in named:
        return (
            not found or "metadata" in set(keys(root)) or validate.is_named_by_kserve(scalar_at(root, "kind"))
        )
    group = scalar_at(root, "apiVersion").partition("/")[0]
    return not set(keys(root)) >= {"name", "version"} and (
        not found or bool(nearest(group, [validate.GROUP], _NEAR))
    )


def _are_values(file: str, composed: Composed, cache: FileCache, *, found: bool) -> bool:
    own = {key for root in composed.roots for key in keys(root)}
    if _has_a_sign(file, composed, own, found=found):
        return True
    if Path(file).name.lower() in _TOOLS or any(own >= others for others in _OTHER_KEYS):
        return False
    if chart_of(file, cache) not in {"", OURS}:
        return False
    return not found or (bool(own) and all(_fits(root) for root in composed.roots))


def _has_a_sign(file: str, composed: Composed, own: set[str], *, found: bool) -> bool:
    """Whether a key is one that only our values have, or nearly; other tools have words that are like them too."""
    meant = {key for key in own if nearest(key, _OURS_ALONE, _NEAR)}
    if not found or not meant.isdisjoint(_OURS_ALONE):
        return bool(meant) and (not found or Path(file).suffix != ".json" or all(map(_fits, composed.roots)))
    return any(_fits(root, without=meant) for root in composed.roots) if meant else False


def _fits(root: Node, without: Collection[str] = ()) -> bool:
    """Whether all keys of a document, but some, are ours, and their values maps, lists and scalars as ours are."""
    known = schema()["properties"]
    return all(
        key in without
        or (key in known and isinstance(value, _shape(known[key])) and _has_our_keys(key, value))
        for key, value in entries(root)
    )


def _has_our_keys(key: str, value: Node) -> bool:
    """Whether a section holds a key of ours, or nearly, if it holds any: many tools have `resources` and `image`."""
    ours = _RESOURCES if key == "resources" else names(schema()["properties"][key])
    held = list(keys(value))
    return not held or not ours or any(nearest(each, ours) for each in held)


def _shape(wanted: Schema) -> type[Node] | tuple[type[Node], ...]:
    shapes: dict[str, type[Node]] = {"object": MapNode, "array": ListNode}
    return (shapes.get(str(wanted.get("type")), ScalarNode), AliasNode)


def _is_template(composed: Composed) -> bool:
    """Whether a text has braces and no sense, so that only what it renders is YAML."""
    if "{{" not in composed.text and "{%" not in composed.text:
        return False
    return composed.refused is not None or _BRACES.search(composed.text) is not None
