"""What KServe's webhook refuses in an InferenceService, except storage and scaling."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated, model, service
from kitserve.crds.lookup import (
    FRAMEWORKS,
    Data,
    at,
    components,
    containers,
    final_name,
    is_modelmesh,
    items,
    mapping,
    maps,
    text,
    whole,
)
from kitserve.problems import Code, Path, Problem

NAME = Code(
    "KS220",
    "error",
    "An InferenceService's name doesn't have the form that KServe's webhook requires.",
    why="The webhook allows lower-case letters, digits and `-`. The name begins with a letter and "
    "doesn't end with `-` (validateInferenceServiceName in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go). Kubernetes' own rule allows more.",
    example=service().replace("name: iris", "name: iris.v2"),
    remedy="Rename the service.",
)
MODEL_NAME = Code(
    "KS222",
    "error",
    "A model's container has a name.",
    why="The webhook refuses it, because KServe chooses the container's name (validatePredictor in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go, since KServe 0.16).",
    example=model("name: server\n"),
    remedy="Leave `name` out.",
)
PYTHONPATH = Code(
    "KS223",
    "error",
    "A container sets PYTHONPATH.",
    why="The webhook refuses the variable, because it could replace modules of KServe's servers "
    "(validateBlockedEnvVars in pkg/apis/serving/v1beta1/inference_service_validation.go). KServe "
    "0.17 and older allow it.",
    example=model("env:\n  - {name: PYTHONPATH, value: /mnt/models}\n"),
    remedy="Install what the server needs into its image.",
)
REPLICAS = Code(
    "KS224",
    "error",
    "Replicas are negative, or the minimum is above the maximum.",
    why="The webhook refuses them (validateReplicas in pkg/apis/serving/v1beta1/component.go). A "
    "`maxReplicas` of 0 means no maximum.",
    example=service("minReplicas: 3\nmaxReplicas: 2\n"),
    remedy="Set `minReplicas` to at most `maxReplicas`.",
)
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
CONCURRENCY = Code(
    "KS227",
    "error",
    "A containerConcurrency is negative.",
    why="The webhook refuses it (validateContainerConcurrency in pkg/apis/serving/v1beta1/component.go).",
    example=service("containerConcurrency: -1\n"),
    remedy="Write 0 for no limit.",
)
AUTOSCALER = Code(
    "KS228",
    "error",
    "KServe doesn't know an autoscaler class.",
    why="The webhook accepts `hpa`, `external`, `keda` and `none`, but not Knative's `kpa` "
    "(validateInferenceServiceAutoscaler in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=annotated("serving.kserve.io/autoscalerClass: kpa"),
    remedy="Write one of the four, or leave the annotation out.",
)
LOGGER = Code(
    "KS230",
    "error",
    "A logger lacks a field.",
    why="The webhook requires `mode` to be `all`, `request` or `response`, although the CRD has it as "
    "optional. A logger with `storage` also needs `path`, `key` and `parameters` in it "
    "(validateLogger in pkg/apis/serving/v1beta1/component.go).",
    example=service("logger: {url: 'http://collector.example.com'}\n"),
    remedy="Write the field that the message names, such as `mode: all`.",
)
CONFIDENTIAL = Code(
    "KS233",
    "error",
    "A confidential model has no URI, or a malformed `resourceId`.",
    why="The webhook requires `storageUri`, and kbs:///REPOSITORY/TYPE/TAG as `resourceId` "
    "(validateConfidential in pkg/apis/serving/v1beta1/inference_service_validation.go). Only "
    "KServe's own initializer decrypts models; ours refuses them.",
    example=model("confidential: {enabled: true, resourceId: key}\n").replace(
        "kit://registry.example.com/iris:v1", "s3://models/iris"
    ),
    remedy="Write the URI, and a complete `resourceId`.",
)
PROTOCOL = Code(
    "KS235",
    "error",
    "A custom server has a PROTOCOL other than v1 or v2.",
    why="The webhook refuses it (validateCustomProtocol in pkg/apis/serving/v1beta1/predictor_custom.go).",
    example=service(
        model="containers:\n  - name: kserve-container\n    image: registry.example.com/server:1.0\n"
        "    env: [{name: PROTOCOL, value: v3}]\n"
    ),
    remedy="Write v1 or v2.",
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

_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
RESOURCE_ID = re.compile(r"kbs:///[a-zA-Z0-9_.-]+/[a-zA-Z0-9_.-]+/[a-zA-Z0-9_.-]+\Z")
_NEEDED = {
    "predictor": "a model or a container",
    "transformer": "a container",
    "explainer": "art or a container",
}
_PREDICTOR: Path = ("spec", "predictor")
_CLASS = "serving.kserve.io/autoscalerClass"


def effective_model(item: Data, predictor: Path = _PREDICTOR) -> Path | None:
    """Return the field that becomes `model`: the webhook replaces it by the first older one, but not of ModelMesh."""
    # `model` is the last of the fields.
    found = list(predictor_models(item, predictor))
    if is_modelmesh(item):
        found.reverse()
    return next(iter(found), None)


def predictor_models(item: Data, predictor: Path) -> Iterator[Path]:
    """Return the fields of a predictor that hold a model."""
    fields = mapping(item, predictor)
    return ((*predictor, name) for name in FRAMEWORKS if isinstance(fields.get(name), dict))


def _name_is_allowed(item: Data) -> Iterator[Problem]:
    if (name := final_name(item)) and not _NAME.match(name):
        hint = "lower-case letters, digits and `-`, beginning with a letter"
        yield NAME.problem("KServe refuses this name", path=("metadata", "name"), hint=hint)


def _model_has_no_name(item: Data) -> Iterator[Problem]:
    path = effective_model(item)
    if path and text(item, (*path, "name")):
        hint = "indent it below modelFormat:" if is_format(item, (*path, "name")) else "leave it out"
        yield MODEL_NAME.problem("a model's container has no name", path=(*path, "name"), hint=hint)


def is_format(item: Data, path: Path) -> bool:
    """Return whether the name of a model's container stands where a format lacks its own."""
    form = (*path[:-1], "modelFormat")
    return bool(text(item, path)) and form[-1] in mapping(item, path[:-1]) and not at(item, (*form, "name"))


def _one_model_counts(item: Data) -> Iterator[Problem]:
    path = effective_model(item)
    if path and path[-1] != "model" and isinstance(at(item, (*_PREDICTOR, "model")), dict):
        message = f"KServe replaces this by {path[-1]}"
        yield REPLACED.problem(message, path=(*_PREDICTOR, "model"), hint=f"keep model, and drop {path[-1]}")


def _no_python_path(item: Data) -> Iterator[Problem]:
    counted = effective_model(item)
    for container in containers(item):
        if container[-1] in FRAMEWORKS and container != counted:
            continue
        for path, variable in maps(item, (*container, "env")):
            if variable.get("name") == "PYTHONPATH":
                yield PYTHONPATH.problem("KServe refuses this variable", path=(*path, "name"))


def _replicas_are_in_order(item: Data) -> Iterator[Problem]:
    for component in components(item):
        low, high = whole(item, (*component, "minReplicas")), whole(item, (*component, "maxReplicas"))
        for field, count in (("minReplicas", low), ("maxReplicas", high)):
            if count is not None and count < 0:
                yield REPLICAS.problem("must not be negative", path=(*component, field))
        if low is not None and high is not None and low > high > 0:
            most: Path = (*component, "maxReplicas")
            message = f"is more than maxReplicas, {high}"
            yield REPLICAS.problem(message, path=(*component, "minReplicas"), also=(most,))


def _one_implementation(item: Data) -> Iterator[Problem]:
    if at(item, ("spec",)) is None:
        yield IMPLEMENTATION.problem("a predictor needs a model or a container", path=_PREDICTOR)
    for component in components(item):
        if (count := _implementations(item, component)) != 1:
            message = (
                f"a {component[-1]} needs {_NEEDED[str(component[-1])]}"
                if count == 0
                else "only one can serve"
            )
            hint = "" if count == 0 else "keep one model, and name no other container kserve-container"
            yield IMPLEMENTATION.problem(message, path=component, hint=hint)


def _implementations(item: Data, component: Path) -> int:
    pods = items(item, (*component, "containers"))
    if component[-1] != "predictor":
        return bool(pods) + isinstance(at(item, (*component, "art")), dict)
    found = [path for path in predictor_models(item, component) if path[-1] != "model"]
    model_ = isinstance(at(item, (*component, "model")), dict)
    models_ = len(found) + model_ if is_modelmesh(item) else len(found) or model_
    servers = sum(isinstance(pod, dict) and pod.get("name") == "kserve-container" for pod in pods)
    return models_ + servers or bool(pods)


def _concurrency_is_not_negative(item: Data) -> Iterator[Problem]:
    for component in components(item):
        path = (*component, "containerConcurrency")
        if (count := whole(item, path)) is not None and count < 0:
            yield CONCURRENCY.problem("must not be negative", path=path)


def _autoscaler_is_known(item: Data) -> Iterator[Problem]:
    path: Path = ("metadata", "annotations", _CLASS)
    chosen = at(item, path)
    if isinstance(chosen, str) and chosen not in {"hpa", "external", "keda", "none"}:
        hint = "hpa, external, keda or none"
        yield AUTOSCALER.problem("KServe doesn't know this class", path=path, hint=hint)


def _logger_is_whole(item: Data) -> Iterator[Problem]:
    for component in components(item):
        path: Path = (*component, "logger")
        logger = mapping(item, path)
        if isinstance(at(item, path), dict) and not logger.get("mode"):
            yield LOGGER.problem(
                "the webhook requires a mode", path=(*path, "mode"), hint="all, request or response"
            )
        if isinstance(storage := logger.get("storage"), dict):
            for field in ("path", "key", "parameters"):
                if storage.get(field) is None:
                    yield LOGGER.problem("needed to log into storage", path=(*path, "storage", field))


def _confidential_is_whole(item: Data) -> Iterator[Problem]:
    path = effective_model(item)
    if path is None or at(item, (*path, "confidential", "enabled")) is not True:
        return
    if not text(item, (*path, "storageUri")):
        yield CONFIDENTIAL.problem("a confidential model needs a URI", path=(*path, "storageUri"))
    elif (identity := text(item, (*path, "confidential", "resourceId"))) and not RESOURCE_ID.match(identity):
        hint = "kbs:///REPOSITORY/TYPE/TAG"
        yield CONFIDENTIAL.problem(
            "KServe refuses this form", path=(*path, "confidential", "resourceId"), hint=hint
        )


def _protocol_is_known(item: Data) -> Iterator[Problem]:
    if effective_model(item) is not None:
        return
    for path, variable in maps(item, (*_PREDICTOR, "containers", 0, "env")):
        if variable.get("name") == "PROTOCOL":
            if text(variable, ("value",)) not in {"v1", "v2"}:
                yield PROTOCOL.problem("KServe knows v1 and v2", path=(*path, "value"))
            return


RULES = (
    ObjectRule(_name_is_allowed),
    ObjectRule(_model_has_no_name, since="0.16"),
    ObjectRule(_one_model_counts),
    ObjectRule(_no_python_path, since="0.18"),
    ObjectRule(_replicas_are_in_order),
    ObjectRule(_one_implementation),
    ObjectRule(_concurrency_is_not_negative),
    ObjectRule(_autoscaler_is_known),
    ObjectRule(_logger_is_whole),
    ObjectRule(_confidential_is_whole, since="0.20"),
    ObjectRule(_protocol_is_known),
)
