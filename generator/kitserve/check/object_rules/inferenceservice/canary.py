"""Canaries of an InferenceService (since KServe 0.20)."""

from kitserve.check.object_rules.inferenceservice.scaling import MODE, UNSAID_MODE, mode
from kitserve.check.object_rules.inferenceservice.webhook import predictor_models
from kitserve.check.object_rules.rule import Rule
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, Found, at, items, maps, text, whole
from kitserve.problems import Code, Path

_PREDICTOR: Path = ("spec", "predictor")

CANARY = Code(
    "KS232",
    "error",
    "Canaries that the webhook doesn't take.",
    why="They need mode Standard, a name each, at most 100 % of the traffic together, and replicas that are "
    "fixed and not more than the predictor's (validateCanarySpecs in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=annotated("serving.kserve.io/deploymentMode: Knative")
    + "  canary:\n    - trafficPercent: 10\n      predictor:\n        name: next\n        model:\n"
    "          modelFormat: {name: sklearn}\n          storageUri: kit://registry.example.com/iris:v2\n",
    mend="Set the annotation, and look at the names and the sums.",
)


def _canaries_are_possible(item: Data) -> Found:
    canaries = list(maps(item, ("spec", "canary")))
    if not canaries:
        return
    place: Path = ("metadata", "annotations", MODE)
    if at(item, place) is None:
        message = "a cluster whose default mode isn't Standard refuses canaries"
        yield UNSAID_MODE.problem(message, path=("spec", "canary"), hint=f"set the annotation {MODE}")
    elif mode(item) != "Standard":
        yield CANARY.problem("canaries need this to be Standard", path=place, hint="write `Standard`")
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
        yield CANARY.problem(message, path=(*canaries[-1][0], "trafficPercent"))


def _canary_is_fixed(item: Data, predictor: Path) -> Found:
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
        yield CANARY.problem(message, path=(*predictor, "minReplicas"))


def _canary_implementations(item: Data, predictor: Path) -> int:
    """Canaries keep their older fields: the webhook makes `model` of the predictor's only."""
    pods = items(item, (*predictor, "containers"))
    servers = sum(isinstance(pod, dict) and pod.get("name") == "kserve-container" for pod in pods)
    return len(list(predictor_models(item, predictor))) + servers or bool(pods)


RULES = (Rule(_canaries_are_possible, since="0.20"),)
