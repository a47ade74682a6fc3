"""Objects against KServe's CRDs and core types, as the API server judges them: structure, strict field validation."""

import difflib
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from kitserve import core, kserve
from kitserve.objectrules.examples import model, service, storage
from kitserve.objectrules.fields import FRAMEWORKS
from kitserve.problems import Code, Path, Problem

UNKNOWN = Code(
    "KS210",
    "error",
    "A field that the kind doesn't have: kubectl's strict field validation refuses it.",
    why="kubectl asks for strict field validation, and the API server refuses fields that the CRD doesn't "
    "have. Without it they are dropped in silence.",
    example=model("image-pull-policy: Always\n"),
    mend="Look at the hint; `--kserve-version` says which KServe is meant.",
)
TYPE = Code(
    "KS211",
    "error",
    "A field of another type than the CRD wants.",
    why="The API server compares types with the CRD's schema.",
    example=service('minReplicas: "1"\n'),
    mend="Quote text, and don't quote numbers and booleans.",
)
MISSING = Code(
    "KS212",
    "error",
    "A field that the CRD requires is missing.",
    why="The API server refuses an object without it.",
    example=storage().replace("    name: storage-initializer\n", ""),
    mend="Write the field.",
)
CHOICE = Code(
    "KS213",
    "error",
    "A field's value is none of those that the CRD allows.",
    why="The CRD lists the words, and capitals count.",
    example=service("scaleMetric: gpu\n"),
    mend="Write one of those listed.",
)
FORM = Code(
    "KS214",
    "error",
    "A text, such as a quantity, that doesn't match the CRD's pattern.",
    why="The API server matches names, labels and quantities against patterns.",
    example=model("resources:\n  limits: {memory: 2GB}\n"),
    mend="Write it in the form that the message says: quantities are such as `500m` and `1Gi`.",
)
BOUND = Code(
    "KS215",
    "error",
    "A number, text, list or map that is too small or too large for the CRD.",
    why="The CRD sets the bound.",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: LocalModelCache\nmetadata:\n  name: iris\nspec:\n"
    "  sourceModelUri: kit://registry.example.com/iris:v1\n  modelSize: 1Gi\n  nodeGroups: []\n",
    mend="Stay within the bound.",
)
TWICE = Code(
    "KS216",
    "error",
    "Two items of a list have the keys that tell its items apart in common.",
    why="The API server merges such lists by these keys, and refuses two items that have them in common.",
    example=model(
        "ports:\n  - {containerPort: 8080, protocol: TCP}\n  - {containerPort: 8080, protocol: TCP}\n"
    ),
    mend="Keep one of them, or change a key.",
)
NOT_SERVED = Code(
    "KS217",
    "error",
    "An apiVersion or kind that this version of KServe doesn't serve.",
    why="The API server answers `no matches for kind`.",
    example=service().replace("v1beta1", "v1"),
    mend="Write the apiVersion from the hint, or name the KServe that you have with `--kserve-version`.",
)

FILLED = Code(
    "KS116",
    "error",
    "An InferenceService lacks a field that the CRD requires. KServe's defaulting webhook writes the "
    "object anew with an empty one in its place before the CRD is asked, so that a cluster admits it.",
    why="The webhook reads the object into Go's types, where what is missing is empty "
    "(DefaultInferenceService in pkg/apis/serving/v1beta1/inference_service_defaults.go). What is "
    "admitted is then not what was meant: a variable without a name, for one.",
    example=model("env:\n  - {value: debug}\n"),
    mend="Write the field.",
)

CODES = (FILLED, UNKNOWN, TYPE, MISSING, CHOICE, FORM, BOUND, TWICE, NOT_SERVED)

GROUP = "serving.kserve.io"
_METADATA = frozenset(
    {
        *(
            "annotations",
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "finalizers",
        ),
        *("generateName", "generation", "labels", "managedFields", "name", "namespace", "ownerReferences"),
        *("resourceVersion", "selfLink", "uid"),
    }
)
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")
_NAMES = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
Found = Iterator[Problem]


def check(item: dict[str, Any], version: str) -> Found:
    """What a cluster with a version of KServe refuses in an object's fields; nothing for kinds that aren't known."""
    name = f"{item['apiVersion']}/{item['kind']}"
    if name in core.KINDS:
        yield from _fields(item, _Checker(core.NODES, False), core.KINDS[name])
    elif str(item["apiVersion"]).partition("/")[0] == GROUP:
        known = kserve.kinds(version)
        if name in known:
            checker = _Checker(kserve.nodes(), item["kind"] == "InferenceService")
            yield from _fields(item, checker, known[name])
        else:
            yield from _not_served(item, name, version)


def _fields(item: dict[str, Any], checker: "_Checker", root: int) -> Found:
    yield from checker.check({key: value for key, value in item.items() if key != "metadata"}, root, ())
    yield from _metadata(item.get("metadata"))


def _not_served(item: dict[str, Any], name: str, version: str) -> Found:
    if any(name in kserve.kinds(other) for other in kserve.versions()):
        yield NOT_SERVED.problem(
            f"KServe {version} doesn't have this kind", path=("kind",), hint="look at --kserve-version"
        )
    elif served := [served for served in kserve.kinds(version) if served.endswith(f"/{item['kind']}")]:
        hint = f"it has {served[-1].rpartition('/')[0]}"
        yield NOT_SERVED.problem("KServe doesn't serve this version", path=("apiVersion",), hint=hint)


def is_known(item: dict[str, Any]) -> bool:
    """Whether there is a structure for the object's kind, in whatever version of its group."""
    if f"{item['apiVersion']}/{item['kind']}" in core.KINDS:
        return True
    return str(item["apiVersion"]).partition("/")[0] == GROUP and item["kind"] in _kserves()


@cache
def _kserves() -> frozenset[str]:
    return frozenset(
        name.rpartition("/")[2] for version in kserve.versions() for name in kserve.kinds(version)
    )


def _metadata(metadata: object) -> Found:
    if not isinstance(metadata, dict):
        yield MISSING.problem("an object needs metadata with a name", path=("metadata",))
        return
    for key in metadata:
        if key not in _METADATA:
            yield UNKNOWN.problem(
                "unknown field", path=("metadata", key), hint=_known(key, sorted(_METADATA))
            )
    if not metadata.get("name") and not metadata.get("generateName"):
        yield MISSING.problem("needed here", path=("metadata", "name"))
    yield from _names(metadata)
    for field in ("labels", "annotations"):
        words = metadata.get(field)
        if words is not None and not isinstance(words, dict):
            yield TYPE.problem(f"expected a map, got {_kind(words)}", path=("metadata", field))
        for key, word in words.items() if isinstance(words, dict) else ():
            if not isinstance(word, str) and word is not None:
                path = ("metadata", field, key)
                yield TYPE.problem(f"expected text, got {_kind(word)}", path=path, hint="write it in quotes")


def _names(metadata: dict[str, Any]) -> Found:
    name = metadata.get("name")
    if isinstance(name, str) and name and not (len(name) <= 253 and _SUBDOMAIN.match(name)):
        hint = "up to 253 lower-case letters, digits, `-` and `.`"
        yield FORM.problem("this can't be a name", path=("metadata", "name"), hint=hint)
    for key, word in metadata["labels"].items() if isinstance(metadata.get("labels"), dict) else ():
        if isinstance(word, str) and not (len(word) <= 63 and _LABEL.match(word)):
            hint = "up to 63 letters, digits, `-`, `_` and `.`"
            yield FORM.problem("this can't be a label's value", path=("metadata", "labels", key), hint=hint)


class _Checker:
    """Walks an object and the nodes of its structure together."""

    def __init__(self, nodes: list[kserve.Node], refilled: bool) -> None:
        # Whether a webhook reads the object into Go's types and writes it anew before the CRD judges it.
        self._nodes, self._refilled = nodes, refilled

    def check(self, value: object, number: int, path: Path) -> Found:
        """All that is wrong with a value by the node of that number."""
        node = self._nodes[number]
        if value is None and self._refilled:
            yield FILLED.problem("null, which KServe takes for an empty item", path=path)
            return
        if self._refilled and "s" in node and isinstance(value, float):
            return
        if value is None and node.get("n"):
            return
        if not _fits(value, node):
            yield _wrong_type(value, node, path)
            return
        yield from _constraints(value, node, path)
        if isinstance(value, dict):
            yield from self._map(value, node, path)
        elif isinstance(value, list) and "i" in node:
            for index, item in enumerate(value):
                yield from self.check(item, node["i"], (*path, index))

    def _map(self, value: dict[str, Any], node: kserve.Node, path: Path) -> Found:
        properties = node.get("p", {})
        for key in node.get("r", ()):
            # The API server drops a null before it looks what is there.
            if value.get(key) is None and not (self._refilled and _is_named_by_kserve(key, path)):
                code = FILLED if self._is_refilled(properties[key], path) else MISSING
                yield code.problem("needed here", path=(*path, key))
        for key, child in value.items():
            number = properties.get(key, node.get("a"))
            if number is not None:
                if child is not None:
                    yield from self.check(child, number, (*path, key))
            elif "u" not in node and ("p" in node or not path) and not _is_envelope(key, path):
                yield UNKNOWN.problem(
                    "unknown field", path=(*path, key), hint=_known(key, sorted(properties))
                )

    def _is_refilled(self, number: int, path: Path) -> bool:
        """Whether Go's empty value of a missing field passes the CRD: a null list doesn't, nor does no predictor."""
        node = self._nodes[number]
        return self._refilled and len(path) > 1 and node.get("t") != "array" and "e" not in node


def _is_named_by_kserve(key: str, path: Path) -> bool:
    """Whether it is the name of a model's container, or of a component's first, which the webhook sets."""
    return key == "name" and (path[-1] in FRAMEWORKS or path[-2:] == ("containers", 0))


def _is_envelope(key: str, path: Path) -> bool:
    return not path and key in {"apiVersion", "kind", "status"}


def _fits(value: object, node: kserve.Node) -> bool:
    if "s" in node:
        return isinstance(value, str | int) and not isinstance(value, bool)
    if "t" not in node:
        return True
    return _TYPES[node["t"]](value)


_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def _wrong_type(value: object, node: kserve.Node, path: Path) -> Problem:
    wanted = "a whole number or text" if "s" in node else _NAMES[node["t"]]
    quotes = node.get("t") == "string" and isinstance(value, bool | int | float)
    hint = "write it in quotes" if quotes else ""
    return TYPE.problem(f"expected {wanted}, got {_kind(value)}", path=path, hint=hint)


def _constraints(value: Any, node: kserve.Node, path: Path) -> Found:  # noqa: ANN401 - any JSON
    if "e" in node and value not in node["e"]:
        allowed = [str(choice) for choice in node["e"]]
        close = difflib.get_close_matches(str(value), allowed, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else ""
        yield CHOICE.problem(f"expected one of {', '.join(allowed)}", path=path, hint=hint)
    if "x" in node and isinstance(value, str) and not _pattern(node["x"]).search(value):
        what = "isn't a quantity" if "s" in node else f"must match {node['x']}"
        yield FORM.problem(what, path=path, hint="such as `500m` or `1Gi`" if "s" in node else "")
    for bound, (measure, sentence) in _BOUNDS.items():
        if bound in node and not measure(value, node[bound]):
            yield BOUND.problem(sentence.format(node[bound]), path=path)
    if "k" in node and isinstance(value, list):
        yield from _repeated(value, node["k"], path)


_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "must be at least {}"),
    "maximum": (lambda value, bound: value <= bound, "must be at most {}"),
    "minLength": (lambda value, bound: len(value) >= bound, "must have at least {} characters"),
    "maxLength": (lambda value, bound: len(value) <= bound, "must have at most {} characters"),
    "minItems": (lambda value, bound: len(value) >= bound, "must have at least {} items"),
    "maxItems": (lambda value, bound: len(value) <= bound, "must have at most {} items"),
    "minProperties": (lambda value, bound: len(value) >= bound, "must have at least {} keys"),
}


def _repeated(items: list[Any], keys: list[str], path: Path) -> Found:
    seen = set()
    for index, item in enumerate(items):
        identity = tuple(repr(item.get(key)) for key in keys) if isinstance(item, dict) else (repr(item),)
        if identity in seen:
            yield TWICE.problem(
                f"an item with this {', '.join(keys)} is in the list already", path=(*path, index)
            )
        seen.add(identity)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # In Go `$` matches at the very end only.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text))


def _known(key: str, known: list[str]) -> str:
    lower = {name.lower(): name for name in known}
    if close := difflib.get_close_matches(key.lower(), lower, n=1):
        return f"did you mean {lower[close[0]]}?"
    return f"known here: {', '.join(known)}" if len(known) <= 12 else ""


def _kind(value: object) -> str:
    kinds = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")
