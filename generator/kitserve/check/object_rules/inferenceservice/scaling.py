"""Scaling of an InferenceService: fields that its deployment mode and its autoscaler support."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kitserve.check.object_rules.inferenceservice.autoscalers import CLASS, in_knative, in_standard
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated, service
from kitserve.crds.lookup import Data, annotation, at, components, mapping, whole
from kitserve.problems import Code, Path, Problem

UNSAID_MODE = Code(
    "KS140",
    "warning",
    "Some clusters refuse a service's scaling or canaries, because it doesn't set the deployment mode.",
    why="Without the annotation serving.kserve.io/deploymentMode the cluster's default applies, and "
    "KServe's own is Knative. Its webhook then accepts only `concurrency` and `rps`, and no "
    "`deploymentStrategy` (validateScalingKPACompExtension in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=service("scaleMetric: cpu\n"),
    remedy="Set the annotation to the mode that you want.",
)
NOT_IN_STANDARD = Code(
    "KS141",
    "warning",
    "Mode Standard doesn't use a field.",
    why="Only Knative has `canaryTrafficPercent` and scaling to zero. Mode Standard ignores the "
    "share, so that all requests go to the newest version, and gives the HorizontalPodAutoscaler at least one replica "
    "(pkg/controller/v1beta1/inferenceservice/reconcilers/hpa).",
    example=annotated("serving.kserve.io/deploymentMode: Standard", "canaryTrafficPercent: 10\n"),
    remedy="Leave the field out, or use mode Knative, or KEDA to scale to zero. `spec.canary` (KServe 0.20) gives a "
    "version pods and a Service of its own, and no share of the requests.",
)

_MODE_PATH: Path = ("metadata", "annotations", "serving.kserve.io/deploymentMode")
MODE = "serving.kserve.io/deploymentMode"
_LEGACY = {"RawDeployment": "Standard", "Serverless": "Knative"}


def mode(item: Data) -> str:
    """Return the annotation's deployment mode by its newer name; empty without the annotation."""
    said = annotation(item, MODE)
    return _LEGACY.get(said, said)


def _scaling_fits(*standard: str) -> Callable[[Data], Iterator[Problem]]:
    """Return the rule of a webhook that knows mode Standard by some names."""

    def check(item: Data) -> Iterator[Problem]:
        for component in components(item):
            if MODE not in mapping(item, ("metadata", "annotations")):
                yield from _unsaid(item, component)
            else:
                is_standard = annotation(item, MODE) in standard
                found = in_standard(item, component) if is_standard else in_knative(item, component)
                yield from (replace(problem, also=(_MODE_PATH,)) for problem in found)

    return check


def _unsaid(item: Data, component: Path) -> Iterator[Problem]:
    """Yield errors for what both modes refuse, and warnings for what one of them refuses."""
    standard, other = list(in_standard(item, component)), list(in_knative(item, component))
    if standard and other:
        yield from standard
        return
    hint = "set the annotation serving.kserve.io/deploymentMode"
    for found, name in ((standard, "Standard"), (other, "Knative")):
        for problem in found:
            message = f"a cluster whose default mode is {name} refuses this: {problem.message}"
            yield UNSAID_MODE.problem(message, path=problem.path, hint=hint)


def _nothing_is_knatives(item: Data) -> Iterator[Problem]:
    if mode(item) != "Standard":
        return
    for component in components(item):
        if at(item, (*component, "canaryTrafficPercent")) is not None:
            message = "mode Standard ignores this"
            place, hint = (*component, "canaryTrafficPercent"), "leave it out, or use mode Knative"
            yield NOT_IN_STANDARD.problem(message, path=place, hint=hint, also=(_MODE_PATH,))
        scaled = annotation(item, CLASS) in {"", "hpa"}
        if scaled and whole(item, (*component, "minReplicas")) == 0:
            message = "mode Standard keeps one replica"
            hint = "use KEDA or mode Knative to scale to zero"
            yield NOT_IN_STANDARD.problem(
                message, path=(*component, "minReplicas"), hint=hint, also=(_MODE_PATH,)
            )


RULES = (
    ObjectRule(_scaling_fits("RawDeployment"), until="0.16"),
    ObjectRule(_scaling_fits("Standard"), since="0.16", until="0.17"),
    ObjectRule(_scaling_fits("Standard", "RawDeployment"), since="0.17"),
    ObjectRule(_nothing_is_knatives),
)
