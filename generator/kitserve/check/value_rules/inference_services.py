"""Rules for the InferenceServices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.initializer import HINT, MESSAGE, has_login
from kitserve.check.value_rules.rule import LOGIN
from kitserve.check.value_rules.storage import ENGINE_LACKS
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.delivery import is_image_volume
from kitserve.render.manifests.inferenceservice import UNPACKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.manifests.inferenceservice import Service, Services
    from kitserve.values.types import Values

    Entry = dict[str, Any]

NO_MODEL = Code(
    "KS105",
    "error",
    "An InferenceService has no model.",
    why="KServe would start a server without a model; most of them then answer each prediction with 404.",
    example="inferenceServices: {iris: {modelFormat: {name: sklearn}}}\n",
    remedy="Write `storageUri`.",
)
NO_FORMAT = Code(
    "KS106",
    "error",
    "An InferenceService's model has no format, so KServe finds no runtime for it.",
    why="KServe chooses a server by the format, and reports `no runtime found to support predictor` "
    "(pkg/apis/serving/v1beta1/predictor_model.go).",
    example="inferenceServices: {iris: {storageUri: 'kit://registry.example.com/iris:v1'}}\n",
    remedy="Write `modelFormat.name`.",
)
TWO_URI_FIELDS = Code(
    "KS203",
    "error",
    "An InferenceService has both `storageUri` and `storageUris`: KServe's webhook allows only one of them.",
    why="The webhook refuses the service (validateMultipleStorageURIs in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n    storageUri: kit://registry.example.com/iris:v1\n"
    "    storageUris: [{uri: 'kit://registry.example.com/iris:v1'}]\n",
    remedy="Keep one of the two.",
)
IGNORED = Code(
    "KS109",
    "error",
    "A service has settings for unpacking that `serviceAnnotations` doesn't list, so the "
    "initializer ignores them.",
    why="The annotation reaches the initializer only through a variable that `serviceAnnotations` "
    "adds. Without it the initializer uses the settings for all services.",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n    storageUri: kit://registry.example.com/iris:v1\n"
    "    unpacking: {filter: model}\n",
    remedy="Add the annotation to `serviceAnnotations`.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))


def check_services(values: Values, services: Services) -> Iterator[Problem]:
    """Yield the problems of each service."""
    for service in services:
        path = ("inferenceServices", service.key)
        if not is_image_volume(service.entry):
            yield from _is_used(values, path, service.entry)
            yield from _is_unpacked_as_the_engine_can(values, path, service.entry)
        yield from _has_one_uri_field(path, service.entry)
        yield from _has_public_uris(path, service.entry)
        yield from _has_model(path, service)
        yield from _has_format(path, service.predictor)


def _is_used(values: Values, path: Path, entry: Entry) -> Iterator[Problem]:
    for key, annotation in UNPACKING.items():
        is_listed = annotation in values.serviceAnnotations or not values.clusterStorageContainer.create
        if not is_listed and entry.get("unpacking", {}).get(key):
            yield IGNORED.problem(
                f"the initializer ignores this unless serviceAnnotations lists {annotation}",
                path=(*path, "unpacking", key),
                hint=f"add {annotation} to serviceAnnotations",
            )


def _is_unpacked_as_the_engine_can(values: Values, path: Path, entry: Entry) -> Iterator[Problem]:
    layout = entry.get("unpacking", {}).get("layout")
    if values.clusterStorageContainer.create and values.engine == "kit" and layout == "model":
        place, hint = (*path, "unpacking", "layout"), "leave engine out"
        yield ENGINE_LACKS.problem("the engine kit can't do this", path=place, hint=hint, also=(("engine",),))


def _has_one_uri_field(path: Path, entry: Entry) -> Iterator[Problem]:
    if entry.get("storageUri") and entry.get("storageUris"):
        place, hint, also = (*path, "storageUris"), "keep one of the two", ((*path, "storageUri"),)
        yield TWO_URI_FIELDS.problem("can't be combined with storageUri", path=place, hint=hint, also=also)


def _has_public_uris(path: Path, entry: Entry) -> Iterator[Problem]:
    if has_login(entry.get("storageUri", "")):
        yield LOGIN.problem(MESSAGE, path=(*path, "storageUri"), hint=HINT)
    if any(has_login(source["uri"]) for source in entry.get("storageUris", [])):
        yield LOGIN.problem(MESSAGE, path=(*path, "storageUris"), hint=HINT)


def _has_model(path: Path, service: Service) -> Iterator[Problem]:
    named = any(_names_model(key, part) for key, part in service.predictor.items())
    if not named and not is_image_volume(service.entry):
        yield NO_MODEL.problem(
            "the service has no model",
            path=(*path, "storageUri"),
            hint="such as `kit://registry.example.com/models/iris:v1`",
            also=((*path, "storageUris"), (*path, "predictor")),
        )


def _has_format(path: Path, rendered: Entry) -> Iterator[Problem]:
    model = rendered.get("model", {})
    if isinstance(model, dict) and not _format(model) and not _has_other_server(rendered):
        yield NO_FORMAT.problem(
            "the model needs a format",
            path=(*path, "modelFormat", "name"),
            hint="such as `sklearn`",
            also=((*path, "modelFormat"), (*path, "predictor")),
        )


def _names_model(key: str, part: object) -> bool:
    """Return whether a field of `spec.predictor` names a model, or a server that brings its own."""
    return key in {"storageUris", "containers"} or (
        isinstance(part, dict) and ("storageUri" in part or _has_path(part.get("storage")))
    )


def _has_path(storage: object) -> bool:
    """Return whether `storage` names a model: a key alone is a login, and KServe makes a URI of a path."""
    return "path" in storage if isinstance(storage, dict) else bool(storage)


def _format(model: dict[str, Any]) -> object:
    form = model.get("modelFormat")
    return form.get("name") if isinstance(form, dict) else form


def _has_other_server(rendered: dict[str, Any]) -> bool:
    """Return whether a custom container or an older field such as `sklearn` replaces `model`."""
    return "model" not in rendered and any(
        _names_model(key, part) for key, part in rendered.items() if key != "storageUris"
    )
