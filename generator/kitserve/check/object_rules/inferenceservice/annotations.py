"""Annotations of an InferenceService, whose names and values change with KServe's versions."""

from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.scaling import MODE
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, at, mapping
from kitserve.problems import Code, Path, Problem, nearest

RENAMED_MODE = Code(
    "KS142",
    "warning",
    "A deployment mode has its name from before KServe 0.16.",
    why="KServe's defaulting webhook replaces `RawDeployment` by `Standard` and `Serverless` by "
    "`Knative` in the object (since 0.17), so it always differs from Git (DefaultInferenceService "
    "in pkg/apis/serving/v1beta1/inference_service_defaults.go).",
    example=annotated("serving.kserve.io/deploymentMode: RawDeployment"),
    remedy="Write the newer name.",
)
UNKNOWN_MODE = Code(
    "KS143",
    "error",
    "This version of KServe doesn't know a deployment mode.",
    why="KServe silently uses the cluster's default (GetDeploymentMode in "
    "pkg/controller/v1beta1/inferenceservice/utils/utils.go). The names `Standard` and `Knative` "
    "exist since 0.16. In 0.15 the webhook then refuses each update of the service, without which it can't be deleted "
    "(validateDeploymentMode).",
    example=annotated("serving.kserve.io/deploymentMode: Raw"),
    remedy="Write `Standard` or `Knative`, or before KServe 0.16 `RawDeployment` or `Serverless`.",
)
MISSPELT = Code(
    "KS144",
    "warning",
    "An annotation's name is nearly one of KServe's.",
    why="KServe reads annotations by their exact names and ignores others (pkg/constants/constants.go).",
    example=annotated("serving.kserve.io/deploymentmode: Standard"),
    remedy="Write the name that is in the hint.",
)

_GROUP = "serving.kserve.io/"
_NAMES = (
    *(
        "autoscalerClass",
        "deploymentMode",
        "disable-auto-update",
        "disable-localmodel",
        "enable-metric-aggregation",
    ),
    *(
        "enable-prometheus-scraping",
        "enable-tag-routing",
        "gke-accelerator",
        "gpu-resource-types",
        "inferenceservice",
    ),
    *(
        "logger-secret-file",
        "logger-secret-name",
        "logger-secret-path",
        "metrics",
        "nodegroup",
        "secretName",
        "server-type",
    ),
    *("stop", "storage-initializer-uid", "storageSecretName", "targetUtilizationPercentage"),
)
_PATH: Path = ("metadata", "annotations")


def _mode_has_its_newer_name(item: Data) -> Iterator[Problem]:
    newer = {"RawDeployment": "Standard", "Serverless": "Knative"}.get(str(at(item, (*_PATH, MODE))))
    if newer:
        message = "KServe rewrites this, so the object differs from your manifest"
        yield RENAMED_MODE.problem(message, path=(*_PATH, MODE), hint=f"write {newer}")


def _mode_is_known(item: Data) -> Iterator[Problem]:
    yield from _mode(item, ("Standard", "Knative", "RawDeployment", "Serverless", "ModelMesh"))


def _mode_is_an_older_one(item: Data) -> Iterator[Problem]:
    yield from _mode(item, ("RawDeployment", "Serverless", "ModelMesh"))


def _mode(item: Data, known: tuple[str, ...]) -> Iterator[Problem]:
    said = at(item, (*_PATH, MODE))
    if isinstance(said, str) and said not in known:
        hint = f"{known[0]} or {known[1]}"
        message = "this KServe doesn't know this mode and uses the cluster's default"
        yield UNKNOWN_MODE.problem(message, path=(*_PATH, MODE), hint=hint)


def _names_are_right(item: Data) -> Iterator[Problem]:
    for key in mapping(item, _PATH):
        name = key.removeprefix(_GROUP)
        if name == key or name in _NAMES:
            continue
        lower = {known.lower(): known for known in _NAMES}
        if close := nearest(name.lower(), list(lower), cutoff=0.85):
            hint = f"did you mean {_GROUP}{lower[close]}?"
            yield MISSPELT.problem("KServe has no such annotation", path=(*_PATH, key), hint=hint)


RULES = (
    ObjectRule(_mode_has_its_newer_name, since="0.17"),
    ObjectRule(_mode_is_known, since="0.16"),
    ObjectRule(_mode_is_an_older_one, until="0.16"),
    ObjectRule(_names_are_right),
)
