"""What KServe's webhook refuses in an InferenceGraph."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.lookup import Data, at, final_name, mapping, maps, text, whole
from kitserve.problems import Code, Path, Problem

_SOURCE = "pkg/apis/serving/v1alpha1/inference_graph_validation.go"
_EXAMPLE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata:
  name: {name}
spec:
  nodes:
    {node}:
      routerType: {router}
      steps:
        - {{{steps}}}
"""


def _example(
    name: str = "wine", node: str = "root", router: str = "Sequence", steps: str = "serviceName: grape"
) -> str:
    return _EXAMPLE.format(name=name, node=node, router=router, steps=steps)


NAME = Code(
    "KS260",
    "error",
    "An InferenceGraph's name doesn't have the form that KServe's webhook requires.",
    why="The graph's name becomes a Service's, so the webhook allows lower-case letters, digits and `-`. The name "
    f"begins with a letter and doesn't end with `-` (validateInferenceGraphName in {_SOURCE}).",
    example=_example(name="wine.v2"),
    remedy="Rename the graph.",
)
ROOT = Code(
    "KS261",
    "error",
    "An InferenceGraph has no node named `root`.",
    why=f"Each request begins at this node, and the webhook requires it "
    f"(validateInferenceGraphRouterRoot in {_SOURCE}).",
    example=_example(node="first"),
    remedy="Name the first node `root`.",
)
STEP_NAME = Code(
    "KS262",
    "error",
    "Two steps of an InferenceGraph's node have the same name.",
    why="Names tell the steps of a node apart, and the webhook refuses two of one name "
    f"(validateInferenceGraphStepNameUniqueness in {_SOURCE}).",
    example=_example(steps="name: ask, serviceName: grape}\n        - {name: ask, serviceName: cork"),
    remedy="Rename one of them, or leave the names out.",
)
TARGET = Code(
    "KS263",
    "error",
    "A step of an InferenceGraph doesn't have exactly one target.",
    why="A step leads to one of `nodeName`, `serviceName` and `serviceUrl`. The webhook refuses none and several "
    "of them "
    f"(validateInferenceGraphSingleStepTargets in {_SOURCE}).",
    example=_example(steps="serviceName: grape, nodeName: next"),
    remedy="Keep one of the three.",
)
WEIGHT = Code(
    "KS264",
    "error",
    "The weights of a Splitter are missing, or their sum isn't 100.",
    why="A Splitter shares requests by its steps' weights. The webhook requires a weight at each step, and a sum "
    "of 100 "
    f"(validateInferenceGraphSplitterWeight in {_SOURCE}).",
    example=_example(router="Splitter", steps="serviceName: grape, weight: 90"),
    remedy="Write weights with a sum of 100.",
)

_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_NODES: Path = ("spec", "nodes")
_TARGETS = ("nodeName", "serviceName", "serviceUrl")


def _name_is_allowed(item: Data) -> Iterator[Problem]:
    if (name := final_name(item)) and not _NAME.match(name):
        hint = "lower-case letters, digits and `-`, beginning with a letter"
        yield NAME.problem("KServe refuses this name", path=("metadata", "name"), hint=hint)


def _root_is_there(item: Data) -> Iterator[Problem]:
    missing = at(item, ("spec",)) is None
    if missing or (isinstance(at(item, _NODES), dict) and at(item, (*_NODES, "root")) is None):
        yield ROOT.problem("needs a node named root", path=_NODES, hint="name the first node root")


def _step_names_differ(item: Data) -> Iterator[Problem]:
    for node in mapping(item, _NODES):
        seen: dict[str, Path] = {}
        for path, step in maps(item, (*_NODES, node, "steps")):
            if (name := text(step, ("name",))) in seen:
                message = "another step of this node has this name"
                hint, also = "rename one of them", (seen[name],)
                yield STEP_NAME.problem(message, path=(*path, "name"), hint=hint, also=also)
            if name:
                seen.setdefault(name, (*path, "name"))


def _steps_have_one_target(item: Data) -> Iterator[Problem]:
    for node in mapping(item, _NODES):
        for path, step in maps(item, (*_NODES, node, "steps")):
            named = [target for target in _TARGETS if step.get(target)]
            if len(named) != 1:
                message = f"has {' and '.join(named)}" if named else "leads nowhere"
                hint, also = f"write one of {', '.join(_TARGETS)}", tuple((*path, target) for target in named)
                yield TARGET.problem(message, path=path, hint=hint, also=also)


def _weights_add_up(item: Data) -> Iterator[Problem]:
    for node, facts in mapping(item, _NODES).items():
        if not isinstance(facts, dict) or facts.get("routerType") != "Splitter":
            continue
        steps = list(maps(item, (*_NODES, node, "steps")))
        weights = [step.get("weight") for _, step in steps]
        if None in weights:
            place = steps[weights.index(None)][0]
            yield WEIGHT.problem("each step of a Splitter needs one", path=(*place, "weight"))
        elif (total := sum(whole(step, ("weight",)) or 0 for _, step in steps)) != 100:
            message, place = f"the weights' sum is {total}, not 100", (*_NODES, node, "steps")
            also = tuple((*path, "weight") for path, _ in steps)
            yield WEIGHT.problem(message, path=place, also=also)


RULES = (
    ObjectRule(_name_is_allowed),
    ObjectRule(_root_is_there),
    ObjectRule(_step_names_differ),
    ObjectRule(_steps_have_one_target),
    ObjectRule(_weights_add_up),
)
