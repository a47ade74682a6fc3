"""What KServe's defaulting webhooks make of an object before its CRD is checked.

They read it into Go's types and write it again.
"""

import re
from dataclasses import dataclass, replace

from kitserve.crds.codes import BOUND, FILLED, LACKING, TYPE, UNKNOWN
from kitserve.crds.lookup import FRAMEWORKS, Data, at, is_modelmesh, items, mapping
from kitserve.crds.node import Node
from kitserve.crds.structures import number
from kitserve.crds.wording import NO_QUANTITY
from kitserve.problems import Code, Path, Problem

_WRITTEN_EMPTY: dict[Path, tuple[str, ...]] = {
    ("external", "metric"): ("backend",),
    ("podmetric", "metric"): ("backend",),
    ("resource", "target"): ("type",),
    ("external", "target"): ("type",),
    ("podmetric", "target"): ("type",),
    ("projected",): ("sources",),
    ("scaleIO",): ("secretRef",),
    ("pool", "spec"): ("extensionRef",),
}
"""Fields that Go writes, where they are missing, with a value that the CRD refuses: by the end of their maps' paths."""

_LEFT_OUT: dict[Path, tuple[str, ...]] = {
    ("restartPolicyRules",): ("action",),
    ("exitCodes",): ("operator",),
    ("podCertificate",): ("keyType", "signerName"),
    ("externalAuth",): ("protocol",),
    ("pool", "spec"): ("endpointPickerRef", "selector", "targetPorts"),
    ("spec", "selector"): ("matchLabels",),
    ("endpointPickerRef",): ("name",),
    ("endpointPickerRef", "port"): ("number",),
    ("targetPorts",): ("number",),
}
"""Fields that the CRD requires and that Go doesn't write where they are missing."""


@dataclass(frozen=True)
class Rewriting:
    """A kind's rewriting: its first version, the code of what is filled in, and whether the webhook names containers.

    There is no code where it isn't a problem. `drops_empty`: the webhook takes away an empty list that Go
    doesn't write.
    """

    since: str
    filled: Code | None
    names_containers: bool
    drops_empty: bool = False


_KINDS = {
    "InferenceService": Rewriting("0.15", FILLED, names_containers=True),
    "LLMInferenceService": Rewriting("0.19", LACKING, names_containers=False),
}

_KEEPS_EMPTY = "0.20"
"""The first version whose webhooks patch only what they set (DefaulterRemoveUnknownOrOmitableFields in
pkg/webhook/admission/defaulter_custom.go of controller-runtime: KServe 0.16 to 0.19 have 0.19.7)."""

_UNREAD = frozenset({"ClusterStorageContainer", "LocalModelNamespaceCache", "LocalModelNodeGroup"})
"""Kinds of which no webhook reads an object into Go's types."""


def is_read(kind: str) -> bool:
    """Return whether a webhook reads objects of a kind into Go's types."""
    return kind not in _UNREAD


def rewriting(item: Data, version: str) -> Rewriting | None:
    """Return the rewriting of an object in a version of KServe; None without a defaulting webhook."""
    found = _KINDS.get(item["kind"])
    if found is None or number(version) < number(found.since):
        return None
    found = replace(found, drops_empty=number(version) < number(_KEEPS_EMPTY))
    # What is missing may come from the configurations that a service is based on.
    return replace(found, filled=None) if items(item, ("spec", "baseRefs")) else found


def is_replaced(item: Data, problem: Problem, by: Rewriting) -> bool:
    """Return whether a problem is in what a webhook replaces before the CRD is checked."""
    return (
        _is_in_replaced_model(item, problem) or _is_lost(item, problem) or _is_dropped_list(item, problem, by)
    )


def _is_dropped_list(item: Data, problem: Problem, by: Rewriting) -> bool:
    return by.drops_empty and problem.code == BOUND.code and at(item, problem.path) == []


def _is_lost(item: Data, problem: Problem) -> bool:
    """Return whether a field is empty that the conversion to v1alpha2 and back drops."""
    place: Path = ("spec", "model", "criticality")
    older = item["kind"] == "LLMInferenceService" and item["apiVersion"].endswith("/v1alpha1")
    return older and problem.path == place and at(item, place) == ""


def _is_in_replaced_model(item: Data, problem: Problem) -> bool:
    """Return whether a problem is in a `model` that an older field replaces: only Go reads it."""
    predictor = mapping(item, ("spec", "predictor"))
    older = any(isinstance(predictor.get(field), dict) for field in FRAMEWORKS if field != "model")
    inside = item["kind"] == "InferenceService" and problem.path[:3] == ("spec", "predictor", "model")
    of_go = problem.code in {UNKNOWN.code, TYPE.code} or problem.message == NO_QUANTITY
    return inside and older and not is_modelmesh(item) and not of_go


def written_empty(path: Path) -> tuple[str, ...]:
    """Return the fields of a map that Go writes, where they are missing, with a value that the CRD refuses."""
    return _of(_WRITTEN_EMPTY, path)


def is_left_out(key: str, path: Path) -> bool:
    """Return whether Go doesn't write a missing field, or writes one that the CRD refuses."""
    return key in _of(_LEFT_OUT, path) or key in _of(_WRITTEN_EMPTY, path)


def is_dropped(key: str, path: Path) -> bool:
    """Return whether an empty field is lost: in an older field of a predictor, which Go writes again as `model`."""
    moved = path[:2] == ("spec", "predictor") and len(path) > 2 and path[2] in FRAMEWORKS[:-1]
    return moved and key in _of(_LEFT_OUT, path)


def _of(table: dict[Path, tuple[str, ...]], path: Path) -> tuple[str, ...]:
    named = (step for step in reversed(path) if isinstance(step, str))
    last, before = next(named, ""), next(named, "")
    return table.get((before, last), ()) + table.get((last,), ())


def fits_empty(node: Node, path: Path) -> bool:
    """Return whether the CRD admits what Go writes for a missing field: an empty text, but null for a list."""
    if node.int_or_string:
        return True
    if node.type == "object":
        below = [key for key in node.required if key in node.properties]
        return not node.bounds.get("minProperties") and all(
            not is_left_out(key, path) and fits_empty(node.properties[key], (*path, key)) for key in below
        )
    empty = {"string": "", "integer": 0, "number": 0, "boolean": False}
    if node.type not in empty or (node.choices is not None and empty[node.type] not in node.choices):
        return False
    smallest = node.bounds.get("minLength" if node.type == "string" else "minimum", 0)
    return smallest <= 0 and not (node.pattern and node.type == "string" and not _matches_empty(node.pattern))


def _matches_empty(pattern: str) -> bool:
    return re.search(pattern, "") is not None
