"""Which values take fields of KServe's as they are, and where KServe's structure has them."""

from collections.abc import Iterator
from dataclasses import dataclass

from kitserve.crds import structures
from kitserve.crds.node import Node
from kitserve.values.schema import Schema

from codegen.annotations.component import CANARY, COMPONENT, PREDICTOR
from codegen.annotations.container import CONTAINER, VOLUME_MOUNT
from codegen.annotations.container_parts import PROBE, RESOURCES, SECURITY_CONTEXT, VALUE_FROM
from codegen.annotations.field import Fields, reference, shape
from codegen.annotations.llm import ROUTER, SPEC
from codegen.annotations.pod import AFFINITY, POD, POD_AFFINITY, SPREAD, TOLERATION, VOLUME

_INFERENCE_SERVICE = "serving.kserve.io/v1beta1/InferenceService"
_LLM_INFERENCE_SERVICE = "serving.kserve.io/v1alpha2/LLMInferenceService"


@dataclass(frozen=True)
class Definition:
    """What is told of the map at a path in the objects of a kind, or of the items of the list there.

    `like` names a definition that has further fields of the map.
    """

    path: str
    fields: Fields
    like: str = ""
    kind: str = _INFERENCE_SERVICE

    def node(self, version: str) -> Node:
        """Return what KServe's structure has there in a version."""
        node = structures.kinds(version)[self.kind]
        for name in self.path.split("."):
            node = (node.items or node).properties[name]
        return node.items or node


_POD = "spec.predictor"
_MODEL = f"{_POD}.model"
DEFINITIONS = {
    "affinity": Definition(f"{_POD}.affinity", AFFINITY),
    "canary": Definition("spec.canary", CANARY),
    "component": Definition("spec.predictor", COMPONENT, like="pod"),
    "container": Definition(f"{_POD}.containers", CONTAINER),
    "llmInferenceService": Definition("spec", SPEC, kind=_LLM_INFERENCE_SERVICE),
    "pod": Definition(_POD, POD),
    "podAffinity": Definition(f"{_POD}.affinity.podAffinity", POD_AFFINITY),
    "predictor": Definition("spec.predictor", PREDICTOR, like="component"),
    "probe": Definition(f"{_MODEL}.readinessProbe", PROBE),
    "resources": Definition(f"{_MODEL}.resources", RESOURCES),
    "router": Definition("spec.router", ROUTER, kind=_LLM_INFERENCE_SERVICE),
    "securityContext": Definition(f"{_MODEL}.securityContext", SECURITY_CONTEXT),
    "toleration": Definition(f"{_POD}.tolerations", TOLERATION),
    "topologySpreadConstraint": Definition(f"{_POD}.topologySpreadConstraints", SPREAD),
    "valueFrom": Definition(f"{_MODEL}.env.valueFrom", VALUE_FROM),
    "volume": Definition(f"{_POD}.volumes", VOLUME),
    "volumeMount": Definition(f"{_MODEL}.volumeMounts", VOLUME_MOUNT),
}
PLACES = {
    "affinity": "affinity",
    "canary": "canary",
    "explainer": "component",
    "livenessProbe": "probe",
    "predictor": "predictor",
    "prefetchResources": "resources",
    "readinessProbe": "probe",
    "resources": "resources",
    "router": "router",
    "securityContext": "securityContext",
    "spec": "llmInferenceService",
    "startupProbe": "probe",
    "tolerations": "toleration",
    "topologySpreadConstraints": "topologySpreadConstraint",
    "transformer": "component",
    "valueFrom": "valueFrom",
    "volumeMounts": "volumeMount",
    "volumes": "volume",
}
"""The definition by the key of a value that takes any map, or a list of any maps."""


def annotate(root: Schema) -> None:
    """Add the definitions of KServe's fields to a schema, and refer to them where a value takes anything."""
    newest = structures.versions()[-1]
    root["definitions"] = {
        name: shape(each.fields, each.node(newest), each.like) for name, each in DEFINITIONS.items()
    }
    for name, node in _open(root):
        if name in PLACES:
            node.update(reference(PLACES[name]))


def _open(node: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield each value's name that takes any map, or any maps in a list, and the map's schema."""
    for name, child in node.get("properties", {}).items():
        each = child.get("items", child)
        if each.get("additionalProperties") is True and "properties" not in each:
            yield name, each
        yield from _open(each)
        for entry in child.get("patternProperties", {}).values():
            yield from _open(entry)
