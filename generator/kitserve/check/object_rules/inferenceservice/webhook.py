"""What KServe's webhook refuses in an InferenceService besides its containers, storage and scaling."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated, model, service
from kitserve.crds.lookup import (
    Data,
    at,
    components,
    final_name,
    mapping,
    text,
    whole,
)
from kitserve.forms import placeholder
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
REPLICAS = Code(
    "KS224",
    "error",
    "Replicas are negative, or the minimum is above the maximum.",
    why="The webhook refuses them (validateReplicas in pkg/apis/serving/v1beta1/component.go). A "
    "`maxReplicas` of 0 means no maximum.",
    example=service("minReplicas: 3\nmaxReplicas: 2\n"),
    remedy="Set `minReplicas` to at most `maxReplicas`.",
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


_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
RESOURCE_ID = re.compile(r"kbs:///[a-zA-Z0-9_.-]+/[a-zA-Z0-9_.-]+/[a-zA-Z0-9_.-]+\Z")
_CLASS = "serving.kserve.io/autoscalerClass"


def _name_is_allowed(item: Data) -> Iterator[Problem]:
    if (name := final_name(item)) and not _NAME.match(name):
        hint = placeholder(name) or "lower-case letters, digits and `-`, beginning with a letter"
        yield NAME.problem("KServe refuses this name", path=("metadata", "name"), hint=hint)


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


def _logger_storage_is_whole(item: Data) -> Iterator[Problem]:
    for component in components(item):
        path: Path = (*component, "logger", "storage")
        if isinstance(storage := at(item, path), dict):
            for field in ("path", "key", "parameters"):
                if storage.get(field) is None:
                    yield LOGGER.problem("needed to log into storage", path=(*path, field))


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


RULES = (
    ObjectRule(_name_is_allowed),
    ObjectRule(_replicas_are_in_order),
    ObjectRule(_concurrency_is_not_negative),
    ObjectRule(_autoscaler_is_known),
    ObjectRule(_logger_is_whole),
    ObjectRule(_logger_storage_is_whole, since="0.16"),
    ObjectRule(_confidential_is_whole, since="0.20"),
)
