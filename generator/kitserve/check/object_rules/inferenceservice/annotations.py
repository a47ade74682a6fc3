"""Annotations of an InferenceService: their names and words change with KServe's versions."""

from kitserve.check.object_rules.inferenceservice.scaling import MODE
from kitserve.check.object_rules.rule import Rule
from kitserve.crds.examples import annotated
from kitserve.crds.lookup import Data, Found, at, mapping
from kitserve.problems import Code, Path, nearest

RENAMED_MODE = Code(
    "KS142",
    "warning",
    "A deployment mode by the name that it had before KServe 0.16.",
    why="KServe's defaulting webhook writes `Standard` for `RawDeployment` and `Knative` for `Serverless` "
    "into the object (since 0.17), so that it differs for ever from what is in Git "
    "(DefaultInferenceService in pkg/apis/serving/v1beta1/inference_service_defaults.go).",
    example=annotated("serving.kserve.io/deploymentMode: RawDeployment"),
    mend="Write the newer name.",
)
UNKNOWN_MODE = Code(
    "KS143",
    "error",
    "A deployment mode that this version of KServe doesn't know.",
    why="KServe falls back to the cluster's default without a word (GetDeploymentMode in "
    "pkg/controller/v1beta1/inferenceservice/utils/utils.go). The names `Standard` and `Knative` are of "
    "0.16.",
    example=annotated("serving.kserve.io/deploymentMode: Raw"),
    mend="Write `Standard` or `Knative`; `RawDeployment` or `Serverless` before KServe 0.16.",
)
MISSPELT = Code(
    "KS144",
    "warning",
    "An annotation whose name is nearly one of KServe's.",
    why="KServe reads annotations by their exact names and ignores others (pkg/constants/constants.go).",
    example=annotated("serving.kserve.io/deploymentmode: Standard"),
    mend="Write the name as it is in the hint.",
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


def _mode_has_its_newer_name(item: Data) -> Found:
    newer = {"RawDeployment": "Standard", "Serverless": "Knative"}.get(str(at(item, (*_PATH, MODE))))
    if newer:
        message = "KServe rewrites this, and the object differs from what you keep"
        yield RENAMED_MODE.problem(message, path=(*_PATH, MODE), hint=f"write {newer}")


def _mode_is_known(item: Data) -> Found:
    yield from _mode(item, ("Standard", "Knative", "RawDeployment", "Serverless", "ModelMesh"))


def _mode_is_an_older_one(item: Data) -> Found:
    yield from _mode(item, ("RawDeployment", "Serverless", "ModelMesh"))


def _mode(item: Data, known: tuple[str, ...]) -> Found:
    said = at(item, (*_PATH, MODE))
    if isinstance(said, str) and said not in known:
        hint = f"{known[0]} or {known[1]}"
        message = "this KServe doesn't know this mode and takes the cluster's default"
        yield UNKNOWN_MODE.problem(message, path=(*_PATH, MODE), hint=hint)


def _names_are_right(item: Data) -> Found:
    for key in mapping(item, _PATH):
        name = key.removeprefix(_GROUP)
        if name == key or name in _NAMES:
            continue
        lower = {known.lower(): known for known in _NAMES}
        if close := nearest(name.lower(), list(lower), cutoff=0.85):
            hint = f"did you mean {_GROUP}{lower[close]}?"
            yield MISSPELT.problem("KServe has no such annotation", path=(*_PATH, key), hint=hint)


RULES = (
    Rule(_mode_has_its_newer_name, since="0.17"),
    Rule(_mode_is_known, since="0.16"),
    Rule(_mode_is_an_older_one, until="0.16"),
    Rule(_names_are_right),
)
