"""Fields for scaling that an autoscaler doesn't support."""

from collections.abc import Iterator

from kitserve.check.object_rules.quantities import amount
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, annotation, at, maps, text, whole
from kitserve.problems import Code, Path, Problem

SCALING = Code(
    "KS231",
    "error",
    "The deployment mode or the autoscaler doesn't support a field for scaling.",
    why="The webhook checks the annotations. Mode Standard with class `hpa` allows `cpu` or `memory`, "
    "percentages from 1 to 100, and metrics of type Resource. Class `keda` allows no "
    "`scaleMetric`, and needs a query and a threshold for each metric. Any other mode allows "
    "`concurrency` or `rps`, and no `deploymentStrategy` (validateAutoScalingCompExtension in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=annotated("serving.kserve.io/deploymentMode: Knative", "scaleMetric: cpu\n"),
    remedy="Use a field that the mode supports, or a mode that supports the field.",
)
CLASS = "serving.kserve.io/autoscalerClass"
_KNATIVE_CLASS = "autoscaling.knative.dev/class"


def in_standard(item: Data, component: Path) -> Iterator[Problem]:
    """Yield what the autoscaler of mode Standard refuses in a component."""
    chosen = annotation(item, CLASS)
    if chosen == "hpa":
        yield from _hpa(item, component)
    elif chosen == "keda":
        yield from _keda(item, component)


def in_knative(item: Data, component: Path) -> Iterator[Problem]:
    """Yield what the autoscaler of any other mode refuses in a component."""
    knatives = annotation(item, _KNATIVE_CLASS) != "hpa.autoscaling.knative.dev"
    yield from _kpa(item, component) if knatives else _hpa(item, component)


def _kpa(item: Data, component: Path) -> Iterator[Problem]:
    if at(item, (*component, "deploymentStrategy")) is not None:
        message = "only mode Standard has a deploymentStrategy"
        yield SCALING.problem(message, path=(*component, "deploymentStrategy"))
    metric = text(item, (*component, "scaleMetric"))
    if metric in {"cpu", "memory"}:
        yield SCALING.problem("Knative scales by concurrency or rps", path=(*component, "scaleMetric"))
    target = whole(item, (*component, "scaleTarget"))
    if metric == "rps" and target is not None and target < 1:
        yield SCALING.problem("must be at least 1", path=(*component, "scaleTarget"))


def _hpa(item: Data, component: Path) -> Iterator[Problem]:
    metric = text(item, (*component, "scaleMetric")) or "cpu"
    if metric not in {"cpu", "memory"}:
        message = "a HorizontalPodAutoscaler scales by cpu or memory"
        yield SCALING.problem(message, path=(*component, "scaleMetric"))
        return
    target = whole(item, (*component, "scaleTarget"))
    if target is not None and not 1 <= target <= 100:
        yield SCALING.problem("must be 1 to 100", path=(*component, "scaleTarget"))
    for path, spec in maps(item, (*component, "autoScaling", "metrics")):
        if spec.get("type") != "Resource":
            message = "a HorizontalPodAutoscaler scales by metrics of type Resource"
            yield SCALING.problem(message, path=(*path, "type"))
        elif not isinstance(spec.get("resource"), dict):
            yield SCALING.problem("needed for type Resource", path=(*path, "resource"))


def _keda(item: Data, component: Path) -> Iterator[Problem]:
    if at(item, (*component, "scaleMetric")) is not None:
        hint = "write autoScaling.metrics"
        yield SCALING.problem("KEDA has no scaleMetric", path=(*component, "scaleMetric"), hint=hint)
    for path, spec in maps(item, (*component, "autoScaling", "metrics")):
        kind = text(spec, ("type",))
        field = {"Resource": "resource", "External": "external", "PodMetric": "podmetric"}.get(kind, "")
        if not field:
            continue
        if not isinstance(spec.get(field), dict):
            yield SCALING.problem(f"needed for type {kind}", path=(*path, field))
        elif field == "resource":
            yield from _keda_resource(item, (*path, field))
        else:
            yield from _keda_query(item, (*path, field))


def _keda_resource(item: Data, path: Path) -> Iterator[Problem]:
    target: Path = (*path, "target")
    kind, name = text(item, (*target, "type")), text(item, (*path, "name"))
    allowed = {"cpu": ("Utilization",), "memory": ("AverageValue", "Utilization")}.get(name, ())
    if kind not in allowed:
        message = (
            f"of {name} it has to be {' or '.join(allowed)}" if allowed else "KEDA scales by cpu or memory"
        )
        yield SCALING.problem(message, path=(*target, "type") if allowed else (*path, "name"))
        return
    value = amount(at(item, (*target, "averageValue")))
    if kind == "AverageValue" and value is not None and value < 1024**2:
        yield SCALING.problem("must be at least 1Mi", path=(*target, "averageValue"))
    yield from _target(item, target)


def _keda_query(item: Data, path: Path) -> Iterator[Problem]:
    if not text(item, (*path, "metric", "query")):
        yield SCALING.problem("KEDA needs a query", path=(*path, "metric", "query"))
    if at(item, (*path, "target", "value")) is None:
        yield SCALING.problem("KEDA needs a threshold", path=(*path, "target", "value"))
    else:
        yield from _target(item, (*path, "target"))


def _target(item: Data, target: Path) -> Iterator[Problem]:
    kind = text(item, (*target, "type"))
    field = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}.get(
        kind, ""
    )
    if not field:
        return
    if at(item, (*target, field)) is None:
        yield SCALING.problem(f"needed for type {kind}", path=(*target, field))
    percent = whole(item, (*target, field))
    if kind == "Utilization" and percent is not None and not 1 <= percent <= 100:
        yield SCALING.problem("must be 1 to 100", path=(*target, field))
