"""Which files are kitserve's to judge: in a folder, and on the command line of a hook, lie those of other tools too."""

import json
import re
from enum import Enum, auto
from functools import cache
from pathlib import Path

from kitserve.crds import validate
from kitserve.helm.document import Composed, keys, scalar_at
from kitserve.helm.file_cache import FileCache, UnreadableError
from kitserve.helm.nodes import Node, ScalarNode
from kitserve.problems import nearest
from kitserve.values.schema import schema


class Kind(Enum):
    """What a file holds."""

    MANIFEST = auto()
    VALUES = auto()
    NOTHING = auto()
    OTHERS = auto()


CHART = "kitserve"
"""The name of our chart: values beside another `Chart.yaml` are that chart's."""

_OURS_ALONE = (
    *(
        "allowParentsByTag",
        "allowPatterns",
        "clusterStorageContainer",
        "ignorePatterns",
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
_NEAR = 0.85
_TOOLS = frozenset(
    {"chart.yaml", "kustomization.yaml", "kustomization.yml", "model-settings.json", "settings.json"}
)
_OTHER_KEYS = (
    {"on", "jobs"},
    {"true", "jobs"},
    {"name", "version", "apiVersion"},
    {"resources", "namePrefix"},
    {"repos"},
    {"services", "volumes"},
)
"""Keys that together say of which tool a file is: a workflow, a chart, a kustomization, pre-commit, compose."""
_NAME = re.compile(r"^name:\s*[\"']?([-\w.]+)", re.MULTILINE)
_MOST = 64 * 1024
"""Characters of a `Chart.yaml` in which its name is looked for."""
_LEVELS = 8
"""Folders above a file in which its chart is looked for."""


def kind_of(file: str, cache: FileCache, *, found: bool) -> Kind:
    """Return what a file holds; `found`: a folder was named, and the file is in it.

    A named file without a sign of another tool is values: what is wrong with it may be each of its keys.
    """
    try:
        text = cache.content(file)
        if _is_template(file, text, cache) or (
            found and (not _has_signs(text) or _is_other_json(file, text, cache))
        ):
            return Kind.OTHERS
        composed = cache.composed(file)
    except UnreadableError:
        return Kind.VALUES
    return Kind.VALUES if composed.refused else _of_roots(file, composed, cache, found=found)


def _of_roots(file: str, composed: Composed, cache: FileCache, *, found: bool) -> Kind:
    if not any(_holds(root) for root in composed.roots):
        return Kind.NOTHING
    if any(_is_manifest(root, found=found) for root in composed.roots):
        return Kind.MANIFEST
    own = {key for root in composed.roots for key in keys(root)}
    return Kind.VALUES if _are_values(file, own, cache, found=found) else Kind.OTHERS


def _is_other_json(file: str, text: str, cache: FileCache) -> bool:
    """Return whether a text is a JSON object with keys of nothing that is ours: Python's reader says so in no time.

    Swagger's definitions, locks and dashboards are large, and may have escapes that YAML lacks.
    """
    if not text.lstrip().startswith("{"):
        return False
    try:
        own = set(json.loads(text))
    except (ValueError, RecursionError):
        return False
    return not own & {"apiVersion", "kind"} and not _are_values(file, own, cache, found=True)


def _has_signs(text: str) -> bool:
    return any(word in text for word in _signs())


@cache
def _signs() -> tuple[str, ...]:
    """Return the words of which manifests and values have one: a file without them isn't parsed, however large.

    A word that holds another one says nothing more. One search for each is quicker than one for all of them.
    """
    words = {"apiVersion", "kind", "storageUri", "inferenceSer", "InferenceSer", *schema()["properties"]}
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))


def _holds(root: Node) -> bool:
    return not (isinstance(root, ScalarNode) and root.plain and root.text == "")


def _is_manifest(root: Node, *, found: bool) -> bool:
    """Whether a document is an object, perhaps an incomplete one: values have neither key."""
    named = {"apiVersion", "kind"} & set(keys(root))
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


def _are_values(file: str, own: set[str], cache: FileCache, *, found: bool) -> bool:
    if any(nearest(key, _OURS_ALONE, _NEAR) for key in own):
        return True
    if Path(file).name.lower() in _TOOLS or any(own >= others for others in _OTHER_KEYS):
        return False
    if _chart_of(file, cache) not in {"", CHART}:
        return False
    return not found or (bool(own) and own <= schema()["properties"].keys())


def _is_template(file: str, text: str, cache: FileCache) -> bool:
    """Whether a file is one of a chart's templates, of which only what they render is YAML."""
    return "templates" in Path(file).parts and "{{" in text and bool(_chart_of(file, cache))


def _chart_of(file: str, cache: FileCache) -> str:
    """Return the name of the chart that a file lies in; empty without one, `?` if nobody can say."""
    for folder in list(Path(file).parents)[:_LEVELS] if file != "-" else ():
        if (chart := folder / "Chart.yaml").is_file():
            return _chart_name(str(chart), cache)
    return ""


def _chart_name(chart: str, cache: FileCache) -> str:
    try:
        found = _NAME.search(cache.content(chart) if cache.is_found(chart) else _head(chart), 0, _MOST)
    except (OSError, UnreadableError):
        found = None
    return found[1] if found else "?"


@cache
def _head(file: str) -> str:
    """Return the beginning of a file that isn't of those to look at. Raises OSError."""
    with Path(file).open(encoding="utf-8", errors="replace") as opened:
        return opened.read(_MOST)
