"""The runtime that KServe finds for an InferenceService's model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.object_rules.inferenceservice.containers import is_format
from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.inferenceservice.scaling import mode
from kitserve.check.object_rules.resource_limits import over_limit
from kitserve.check.object_rules.servingruntime.known import Candidates, Runtime, Runtimes
from kitserve.crds.examples import model, service
from kitserve.crds.lookup import Data, at, text
from kitserve.problems import Code, Path, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSUITED = Code(
    "KS137",
    "error",
    "The runtime that a service names doesn't support its format, version or protocol.",
    why="KServe reports NoSupportingRuntime and creates no pods. It compares versions as text, and a "
    "runtime supports only what it lists (RuntimeSupportsModel in "
    "pkg/apis/serving/v1beta1/predictor_model.go, "
    "pkg/controller/v1beta1/inferenceservice/components/predictor.go).",
    example=model("runtime: kserve-sklearnserver\n").replace("{name: sklearn}", "{name: xgboost}"),
    remedy="Name a runtime for the format, or leave `runtime` out so that KServe chooses one.",
)
UNSERVED = Code(
    "KS138",
    "warning",
    "None of KServe's own runtimes supports the format, version and protocol.",
    why="Unless the cluster has another runtime for it, KServe reports `no runtime found to support "
    "predictor` and creates no pods. Without `protocolVersion` KServe looks for v1 (v2 for triton"
    " and vLLM), which ONNX, TensorRT and MLflow don't have (GetSupportingRuntimes in "
    "pkg/apis/serving/v1beta1/predictor_model.go).",
    example=service(
        model="model:\n  modelFormat: {name: onnx}\n  storageUri: kit://registry.example.com/net:v1\n"
    ),
    remedy="Write a version and a `protocolVersion` that a runtime lists. A model without a version fits "
    "a runtime of any version.",
)

NO_MODEL_FORMAT = Code(
    "KS126",
    "error",
    "A model has no format.",
    why="A cluster admits it with an empty format, for which no runtime is found, also not one that the service names "
    "(RuntimeSupportsModel in pkg/apis/serving/v1beta1/predictor_model.go).",
    example=service(model="model:\n  storageUri: kit://registry.example.com/iris:v1\n"),
    remedy="Write `modelFormat: {name: sklearn}`, with the format of the model.",
)
MISSPELT_RUNTIME = Code(
    "KS154",
    "warning",
    "A runtime's name is nearly one of KServe's.",
    why="Neither KServe nor these files have a runtime of this name. Unless the cluster has one, KServe reports "
    "RuntimeNotRecognized and creates no pods (pkg/controller/v1beta1/inferenceservice/components/predictor.go).",
    example=model("runtime: kserve-sklearnsever\n"),
    remedy="Write the name that is in the hint.",
)

_FOUND_V2 = {"triton", "vLLM"}
_LEGACY_V2 = {"triton", "onnx", "huggingface"}


def unserved(item: Data, known: Runtimes) -> Iterator[Problem]:
    """Yield why no known runtime serves a service."""
    path = effective_model(item)
    if path is None or mode(item) == "ModelMesh":
        return  # ModelMesh has runtimes of its own, and chooses among them itself
    form = text(item, (*path, "modelFormat", "name")) if path[-1] == "model" else str(path[-1])
    if path[-1] == "model" and not form:
        yield from _without_format(item, path)
        return
    if named := text(item, (*path, "runtime")):
        candidates = Candidates(known.named(named))
        if not candidates and (close := known.like(named)):
            message = "neither KServe nor these files have this runtime"
            yield MISSPELT_RUNTIME.problem(message, path=(*path, "runtime"), hint=f"did you mean {close}?")
        yield from _unsuited(item, path, form, known.named(named))
    else:
        version, protocol = text(item, (*path, "modelFormat", "version")), protocol_of(item, path, form)
        spread = isinstance(at(item, ("spec", "predictor", "workerSpec")), dict)
        candidates = known.candidates(form, version, protocol, nodes=spread)
        if form and not candidates:
            yield _nobody(item, path, form, known)
    if not candidates.has_nodes:
        yield from over_limit(item, path, candidates.limits)


def _without_format(item: Data, path: Path) -> Iterator[Problem]:
    """Yield what is missing, unless the structure says so. A name beside a format without one is the format's."""
    message, hint = "the model needs a format", "such as `modelFormat: {name: sklearn}`"
    if is_format(item, (*path, "name")):
        yield NO_MODEL_FORMAT.problem(message, path=(*path, "name"), hint="indent it below modelFormat:")
    elif at(item, (*path, "modelFormat")) is None or at(item, (*path, "modelFormat", "name")) == "":
        yield NO_MODEL_FORMAT.problem(message, path=(*path, "modelFormat"), hint=hint)


def protocol_of(item: Data, path: Path, form: str) -> str:
    """Return the protocol that KServe looks for, which a model may leave out."""
    if said := text(item, (*path, "protocolVersion")):
        return said
    return "v2" if form in (_FOUND_V2 if path[-1] == "model" else _LEGACY_V2) else "v1"


def _unsuited(item: Data, path: Path, form: str, candidates: list[Runtime]) -> Iterator[Problem]:
    """Yield what none of the runtimes with the name in the service supports."""
    version, protocol = text(item, (*path, "modelFormat", "version")), text(item, (*path, "protocolVersion"))
    fitting = [runtime for runtime in candidates if not form or runtime.takes(form, version, chosen=True)]
    if candidates and not fitting:
        runtime = candidates[-1]
        hint = f"it takes {', '.join(dict.fromkeys(f'{own} {of}'.strip() for own, of, _ in runtime.formats))}"
        message = f"{runtime.name} doesn't serve {form} {version}".strip()
        also = ((*path, "modelFormat"),)
        yield UNSUITED.problem(message, path=(*path, "runtime"), hint=hint, also=also)
    elif fitting and not any(runtime.speaks(protocol) for runtime in fitting):
        runtime = fitting[-1]
        hint = f"it speaks {', '.join(runtime.protocols)}"
        message = f"{runtime.name} doesn't speak {protocol}"
        also = ((*path, "runtime"),)
        yield UNSUITED.problem(message, path=(*path, "protocolVersion"), hint=hint, also=also)


def _nobody(item: Data, path: Path, form: str, known: Runtimes) -> Problem:
    version, protocol = text(item, (*path, "modelFormat", "version")), protocol_of(item, path, form)
    fitting = [runtime for runtime in known.of_format(form) if runtime.takes(form, version, chosen=False)]
    spoken = dict.fromkeys(word for runtime in fitting for word in runtime.protocols)
    versions = dict.fromkeys(
        of
        for runtime in known.of_format(form)
        for own, of, auto in runtime.formats
        if own == form and auto and of
    )
    place: Path = (*path, "modelFormat", "name")
    if spoken:
        place = (*path, "protocolVersion")
        message, hint = (
            f"no runtime of KServe's own serves {form} by {protocol}",
            f"write {' or '.join(spoken)}",
        )
    elif versions:
        place = (*path, "modelFormat", "version")
        message = f"no runtime of KServe's own serves {form} {version}"
        hint = f"leave the version out, or write {' or '.join(versions)}"
    else:
        message, close = "no runtime of KServe's own serves this format", nearest(form, known.forms)
        hint = f"did you mean {close}?" if close else f"they serve {', '.join(known.forms)}"
    return UNSERVED.problem(message, path=place, hint=hint)
