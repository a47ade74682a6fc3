"""What KServe's webhook refuses in the containers of an InferenceService."""

from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import model, service
from kitserve.crds.lookup import FRAMEWORKS, Data, at, containers, mapping, maps, text
from kitserve.problems import Code, Path, Problem

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
_PREDICTOR: Path = ("spec", "predictor")


def _model_has_no_name(item: Data) -> Iterator[Problem]:
    path = effective_model(item)
    if path and text(item, (*path, "name")):
        hint = "indent it below modelFormat:" if is_format(item, (*path, "name")) else "leave it out"
        yield MODEL_NAME.problem("a model's container has no name", path=(*path, "name"), hint=hint)


def is_format(item: Data, path: Path) -> bool:
    """Return whether the name of a model's container stands where a format lacks its own."""
    form = (*path[:-1], "modelFormat")
    return bool(text(item, path)) and form[-1] in mapping(item, path[:-1]) and not at(item, (*form, "name"))


def _no_python_path(item: Data) -> Iterator[Problem]:
    counted = effective_model(item)
    for container in containers(item):
        if container[-1] in FRAMEWORKS and container != counted:
            continue
        for path, variable in maps(item, (*container, "env")):
            if variable.get("name") == "PYTHONPATH":
                yield PYTHONPATH.problem("KServe refuses this variable", path=(*path, "name"))


def _protocol_is_known(item: Data) -> Iterator[Problem]:
    if effective_model(item) is not None:
        return
    for path, variable in maps(item, (*_PREDICTOR, "containers", 0, "env")):
        if variable.get("name") == "PROTOCOL":
            if text(variable, ("value",)) not in {"v1", "v2"}:
                yield PROTOCOL.problem("KServe knows v1 and v2", path=(*path, "value"))
            return


RULES = (
    ObjectRule(_model_has_no_name, since="0.16"),
    ObjectRule(_no_python_path, since="0.18"),
    ObjectRule(_protocol_is_known),
)
