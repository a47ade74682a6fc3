"""Of the InferenceServices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.uri_login import HINT, MESSAGE, has_login
from kitserve.check.value_rules.storage import ENGINE_LACKS, LOGIN
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.inferenceservice import UNPACKING, Service, predictor, with_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import Rule
    from kitserve.values.types import Values

NO_MODEL = Code(
    "KS105",
    "error",
    "An InferenceService has no model.",
    why="KServe would start a server without a model; most of them then answer each prediction with 404.",
    example="inferenceServices: {iris: {modelFormat: {name: sklearn}}}\n",
    mend="Write `storageUri`.",
)
NO_FORMAT = Code(
    "KS106",
    "error",
    "An InferenceService's model has no format: KServe finds no runtime for it.",
    why="KServe chooses a server by the format, and says `no runtime found to support predictor` "
    "(pkg/apis/serving/v1beta1/predictor_model.go).",
    example="inferenceServices: {iris: {storageUri: 'kit://registry.example.com/iris:v1'}}\n",
    mend="Write `modelFormat.name`.",
)
TWO_SOURCES = Code(
    "KS203",
    "error",
    "An InferenceService has `storageUri` and `storageUris`: KServe's webhook wants one of them.",
    why="KServe's webhook allows one of the two (validateMultipleStorageURIs in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n    storageUri: kit://registry.example.com/iris:v1\n"
    "    storageUris: [{uri: 'kit://registry.example.com/iris:v1'}]\n",
    mend="Keep one of the two.",
)
UNHEEDED = Code(
    "KS109",
    "error",
    "A service has its own way to unpack, and the initializer isn't told to heed services.",
    why="The annotation reaches the initializer only by a variable that `serviceAnnotations` renders; without it the "
    "model is unpacked as for all.",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n    storageUri: kit://registry.example.com/iris:v1\n"
    "    unpacking: {filter: model}\n",
    mend="Add the annotation to `serviceAnnotations`.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))


def _services_are_right(values: Values) -> Iterator[Problem]:
    for name, service in with_defaults(values).items():
        path = ("inferenceServices", name)
        yield from _is_heeded(values, path, service)
        yield from _is_unpacked_as_the_engine_can(values, path, service)
        yield from _has_one_source(path, service)
        yield from _has_public_uris(path, service)
        yield from _has_a_model(path, service)


def _is_heeded(values: Values, path: Path, service: Service) -> Iterator[Problem]:
    for key, annotation in UNPACKING.items():
        heeded = annotation in values.serviceAnnotations or not values.clusterStorageContainer.create
        if not heeded and service.get("unpacking", {}).get(key):
            yield UNHEEDED.problem(
                f"without {annotation} in serviceAnnotations the initializer doesn't heed it",
                path=(*path, "unpacking", key),
                hint=f"add {annotation} to serviceAnnotations",
            )


def _is_unpacked_as_the_engine_can(values: Values, path: Path, service: Service) -> Iterator[Problem]:
    layout = service.get("unpacking", {}).get("layout")
    if values.clusterStorageContainer.create and values.engine == "kit" and layout == "model":
        yield ENGINE_LACKS.problem(
            "the engine kit can't do this", path=(*path, "unpacking", "layout"), hint="leave engine out"
        )


def _has_one_source(path: Path, service: Service) -> Iterator[Problem]:
    if service.get("storageUri") and service.get("storageUris"):
        yield TWO_SOURCES.problem(
            "can't stand beside storageUri", path=(*path, "storageUris"), hint="keep one of the two"
        )


def _has_public_uris(path: Path, service: Service) -> Iterator[Problem]:
    if has_login(service.get("storageUri", "")):
        yield LOGIN.problem(MESSAGE, path=(*path, "storageUri"), hint=HINT)
    if any(has_login(source["uri"]) for source in service.get("storageUris", [])):
        yield LOGIN.problem(MESSAGE, path=(*path, "storageUris"), hint=HINT)


def _has_a_model(path: Path, service: Service) -> Iterator[Problem]:
    rendered = predictor(service)
    if not any(_has_source(key, part) for key, part in rendered.items()):
        yield NO_MODEL.problem(
            "the service has no model",
            path=(*path, "storageUri"),
            hint="such as `kit://registry.example.com/models/iris:v1`",
        )
    model = rendered.get("model", {})
    if isinstance(model, dict) and not _format(model) and not _has_other_server(rendered):
        yield NO_FORMAT.problem(
            "the model needs a format", path=(*path, "modelFormat", "name"), hint="such as `sklearn`"
        )


def _has_source(key: str, part: object) -> bool:
    """Whether a field of `spec.predictor` says where a model is, or brings a server that needs none of ours."""
    return key in {"storageUris", "containers"} or (
        isinstance(part, dict) and ("storageUri" in part or _has_path(part.get("storage")))
    )


def _has_path(storage: object) -> bool:
    """A key alone is a login; KServe makes a URI of a path."""
    return "path" in storage if isinstance(storage, dict) else bool(storage)


def _format(model: dict[str, Any]) -> object:
    form = model.get("modelFormat")
    return form.get("name") if isinstance(form, dict) else form


def _has_other_server(rendered: dict[str, Any]) -> bool:
    """A custom container, or one of KServe's older fields such as `sklearn`, in the place of `model`."""
    return "model" not in rendered and any(
        _has_source(key, part) for key, part in rendered.items() if key != "storageUris"
    )


RULES: tuple[Rule, ...] = (_services_are_right,)
