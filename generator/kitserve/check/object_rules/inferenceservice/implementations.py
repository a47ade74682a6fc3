"""What serves a component of an InferenceService: a model or a container, and one of them."""

from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import PREDICTOR, Data, at, components, is_modelmesh, items, models
from kitserve.problems import Code, Path, Problem

IMPLEMENTATION = Code(
    "KS226",
    "error",
    "A component doesn't have exactly one implementation.",
    why="A predictor needs `model`, an older field such as `sklearn`, or a container. A transformer "
    "and an explainer need a container. The webhook refuses none or several of them "
    "(validateExactlyOneImplementation in pkg/apis/serving/v1beta1/component.go).",
    example=service("minReplicas: 1\n", model=""),
    remedy="Write `model` with its format and `storageUri`, and give other containers other names.",
)
REPLACED = Code(
    "KS147",
    "error",
    "A predictor has both `model` and an older field such as `sklearn`.",
    why="KServe's defaulting webhook overwrites `model` with the older field "
    "(setPredictorModelDefaults in pkg/apis/serving/v1beta1/inference_service_defaults.go).",
    example=service("sklearn: {storageUri: 'kit://registry.example.com/iris:v1'}\n"),
    remedy="Keep `model`.",
)
_ARTICLES = {"predictor": "a", "transformer": "a", "explainer": "an"}
_NEEDED = {
    "predictor": "a model or a container",
    "transformer": "a container",
    "explainer": "art or a container",
}


def effective_model(item: Data, predictor: Path = PREDICTOR) -> Path | None:
    """Return the field that becomes `model`: the webhook replaces it by the first older one, but not of ModelMesh."""
    # `model` is the last of the fields.
    found = list(models(item, predictor))
    if len(found) > 1 and is_modelmesh(item):
        found.reverse()
    return next(iter(found), None)


def _one_model_counts(item: Data) -> Iterator[Problem]:
    path = effective_model(item)
    if path and path[-1] != "model" and isinstance(at(item, (*PREDICTOR, "model")), dict):
        message = f"KServe replaces this by {path[-1]}"
        yield REPLACED.problem(message, path=(*PREDICTOR, "model"), hint=f"keep model, and drop {path[-1]}")


def _one_implementation(item: Data) -> Iterator[Problem]:
    if at(item, ("spec",)) is None:
        yield IMPLEMENTATION.problem("a predictor needs a model or a container", path=PREDICTOR)
    for component in components(item):
        if (count := _implementations(item, component)) != 1:
            message = (
                f"{_ARTICLES[str(component[-1])]} {component[-1]} needs {_NEEDED[str(component[-1])]}"
                if count == 0
                else "only one can serve"
            )
            hint = "" if count == 0 else "keep one model, and name no other container kserve-container"
            yield IMPLEMENTATION.problem(message, path=component, hint=hint)


def _implementations(item: Data, component: Path) -> int:
    pods = items(item, (*component, "containers"))
    if component[-1] != "predictor":
        return bool(pods) + isinstance(at(item, (*component, "art")), dict)
    found = [path for path in models(item, component) if path[-1] != "model"]
    model_ = isinstance(at(item, (*component, "model")), dict)
    models_ = len(found) + model_ if is_modelmesh(item) else len(found) or model_
    servers = sum(isinstance(pod, dict) and pod.get("name") == "kserve-container" for pod in pods)
    return models_ + servers or bool(pods)


RULES = (ObjectRule(_one_model_counts), ObjectRule(_one_implementation))
