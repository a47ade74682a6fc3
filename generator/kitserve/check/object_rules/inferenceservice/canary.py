"""Canaries of an InferenceService (since KServe 0.20)."""

from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.inferenceservice.scaling import MODE, UNSAID_MODE, mode
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, at, items, maps, models, text, whole
from kitserve.problems import Code, Path, Problem

_PREDICTOR: Path = ("spec", "predictor")

CANARY = Code(
    "KS232",
    "error",
    "The webhook refuses a service's canaries.",
    why="Canaries need mode Standard, a predictor with a model beside them, a name each, and at most "
    "100 % of the traffic together. Their "
    "replicas are fixed, and not more than the predictor's (validateCanarySpecs in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=annotated("serving.kserve.io/deploymentMode: Knative")
    + "  canary:\n    - trafficPercent: 10\n      predictor:\n        name: next\n        model:\n"
    "          modelFormat: {name: sklearn}\n          storageUri: kit://registry.example.com/iris:v2\n",
    remedy="Set the annotation, and check the names and the sums.",
)


def _canaries_are_possible(item: Data) -> Iterator[Problem]:
    canaries = list(maps(item, ("spec", "canary")))
    if not canaries:
        return
    place: Path = ("metadata", "annotations", MODE)
    if at(item, place) is None:
        message = "a cluster whose default mode isn't Standard refuses canaries"
        yield UNSAID_MODE.problem(message, path=("spec", "canary"), hint=f"set the annotation {MODE}")
    elif mode(item) != "Standard":
        message, also = "canaries need this to be Standard", (("spec", "canary"),)
        yield CANARY.problem(message, path=place, hint="write `Standard`", also=also)
    if not _has_model(item):
        message, also = "canaries need a predictor with a model", (("spec", "canary"),)
        yield CANARY.problem(message, path=_PREDICTOR, hint="write model", also=also)
    names = {text(item, (*_PREDICTOR, "name"))}
    for path, _ in canaries:
        name = text(item, (*path, "predictor", "name"))
        if not name or name in names:
            yield CANARY.problem("a canary needs a name of its own", path=(*path, "predictor", "name"))
        names.add(name)
        yield from _canary_is_fixed(item, (*path, "predictor"))
    shares = [whole(item, (*path, "trafficPercent")) or 0 for path, _ in canaries]
    if sum(shares) > 100 or not all(0 <= share <= 100 for share in shares):
        message = "the canaries' shares are 0 to 100, and at most 100 together"
        others = tuple((*path, "trafficPercent") for path, _ in canaries[:-1])
        yield CANARY.problem(message, path=(*canaries[-1][0], "trafficPercent"), also=others)


def _has_model(item: Data) -> bool:
    if effective_model(item):
        return True
    pods = maps(item, (*_PREDICTOR, "containers"))
    server = next((path for path, pod in pods if pod.get("name") == "kserve-container"), ())
    return any(variable.get("name") == "STORAGE_URI" for _, variable in maps(item, (*server, "env")))


def _canary_is_fixed(item: Data, predictor: Path) -> Iterator[Problem]:
    if isinstance(at(item, predictor), dict) and _canary_implementations(item, predictor) != 1:
        yield CANARY.problem("a canary needs one model or container", path=predictor)
    for field in ("workerSpec", "maxReplicas", "scaleTarget", "scaleMetric", "autoScaling"):
        found = at(item, (*predictor, field))
        if found is not None and not (field == "maxReplicas" and whole(item, (*predictor, field)) == 0):
            yield CANARY.problem(
                "a canary's replicas are fixed", path=(*predictor, field), hint="leave it out"
            )
    own, stable = whole(item, (*predictor, "minReplicas")), whole(item, (*_PREDICTOR, "minReplicas"))
    most = 1 if stable is None else stable
    if own is not None and not 0 <= own <= most:
        message = f"is more than the predictor's, {most}" if own > most else "must not be negative"
        also = ((*_PREDICTOR, "minReplicas"),) if own > most and stable is not None else ()
        yield CANARY.problem(message, path=(*predictor, "minReplicas"), also=also)


def _canary_implementations(item: Data, predictor: Path) -> int:
    """Count a canary's implementations: the webhook turns only the predictor's older fields into `model`."""
    pods = items(item, (*predictor, "containers"))
    servers = sum(isinstance(pod, dict) and pod.get("name") == "kserve-container" for pod in pods)
    return len(list(models(item, predictor))) + servers or bool(pods)


RULES = (ObjectRule(_canaries_are_possible, since="0.20"),)
