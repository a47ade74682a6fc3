"""The URIs of an InferenceService's models: `storageUri` and `storageUris`."""

from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.inferenceservice.mount_paths import scheme
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import (
    Data,
    at,
    components,
    items,
    maps,
    models,
    text,
)
from kitserve.problems import Code, Path, Problem

TWO_URI_FIELDS = Code(
    "KS221",
    "error",
    "A component has both `storageUri` and `storageUris`.",
    why="KServe's webhook allows only one of them (validateMultipleStorageURIs in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=service(
        "storageUris:\n  - {uri: 'kit://registry.example.com/iris:v1', mountPath: /mnt/models}\n"
    ),
    remedy="Keep one of the two.",
)
TRANSFORMER_URI = Code(
    "KS234",
    "error",
    "A transformer beside the model has a STORAGE_URI.",
    why="The container `transformer-container` of a predictor shares the model's mount, and KServe's "
    "webhook refuses a URI of its own (validateCollocationStorageURI in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=service(
        "containers:\n  - name: transformer-container\n    image: registry.example.com/transformer:1.0\n"
        "    env: [{name: STORAGE_URI, value: 'kit://registry.example.com/iris:v1'}]\n"
    ),
    remedy="Leave the variable out.",
)
MIXED = Code(
    "KS130",
    "error",
    "`storageUris` holds URIs of which KServe fetches some only, or none.",
    why="KServe chooses the initializer by the first entry and passes it all URIs except pvc:// and "
    "oci://. So an initializer gets a URI that it can't fetch "
    "(pkg/controller/v1beta1/inferenceservice/utils, kserve/kserve#4258). oci+fetch:// (KServe 0.21) has an "
    "initializer of its own, and no other is added beside it "
    "(pkg/webhook/admission/pod/oci_fetch.go, kserve/kserve#5739). KServe 0.19 stops behind oci:// "
    "(CommonStorageInitialization in pkg/webhook/admission/pod/storage_initializer_injector.go). KServe 0.16.0 gives "
    "the initializer of `storageUris` a mount of a volume that the pod doesn't have, so there is no Deployment "
    "(CreateInitContainerWithConfig in pkg/utils/storage.go).",
    example=service(
        "storageUris:\n  - {uri: 's3://bucket/a', mountPath: /mnt/models/a}\n"
        "  - {uri: 'kit://registry.example.com/b:v1', mountPath: /mnt/models/b}\n",
        "model:\n  modelFormat: {name: triton}\n",
    ),
    remedy="Pack all of them as ModelKits, or put the others on a volume, and write kit:// first. With KServe 0.16 "
    "write one `storageUri`.",
)

_PREDICTOR: Path = ("spec", "predictor")
_FETCH = "oci+fetch"
_VOLUMES = ("pvc", "oci", "oci+native", "oci+modelcar", _FETCH)
"""Schemes that need no initializer; before KServe 0.21 oci+fetch is a modelcar."""


def _one_uri_field(item: Data) -> Iterator[Problem]:
    for component in components(item):
        if not items(item, (*component, "storageUris")):
            continue
        for path in filter(None, (effective_model(item), ("spec", "explainer", "art"))):
            uri: Path = (*path, "storageUri")
            if path[: len(component)] == component and at(item, uri) is not None:
                also = ((*component, "storageUris"),)
                message, hint = "storageUris are given too", "keep one of the two"
                yield TWO_URI_FIELDS.problem(message, path=uri, hint=hint, also=also)
        if component[-1] != "predictor" or not any(models(item)):
            for path, variable in maps(item, (*component, "containers", 0, "env")):
                if variable.get("name") == "STORAGE_URI":
                    message, hint = "storageUris are given too", "leave the variable out"
                    also = ((*component, "storageUris"),)
                    yield TWO_URI_FIELDS.problem(message, path=(*path, "name"), hint=hint, also=also)


def _transformer_has_no_uri(item: Data) -> Iterator[Problem]:
    if effective_model(item) is None and len(items(item, (*_PREDICTOR, "containers"))) == 1:
        return  # the webhook renames it, whatever its name: it is the server
    for path, container in maps(item, (*_PREDICTOR, "containers")):
        if container.get("name") == "transformer-container":
            for place, variable in maps(item, (*path, "env")):
                if variable.get("name") == "STORAGE_URI":
                    yield TRANSFORMER_URI.problem(
                        "the transformer uses the model's URI", path=(*place, "name"), hint="leave it out"
                    )
            return


def _downloads_are_of_one_kind(item: Data) -> Iterator[Problem]:
    if text(item, (*_PREDICTOR, "storageContainerName")):
        return
    for component in components(item):
        entries = list(maps(item, (*component, "storageUris")))
        schemes = [scheme(entry) for _, entry in entries]
        if "kit" not in schemes:
            continue
        for number, (path, _) in enumerate(entries):
            if schemes[number] != "kit" and (schemes[number] not in _VOLUMES or number == 0):
                message = "KServe chooses the initializer by the first URI and passes it all URIs but those on volumes"
                yield MIXED.problem(
                    message, path=(*path, "uri"), hint="put kit:// first, and no other download"
                )


def _the_initializer_has_its_volume(item: Data) -> Iterator[Problem]:
    for component in components(item):
        for path, entry in maps(item, (*component, "storageUris")):
            if scheme(entry) not in {"", *_VOLUMES}:
                message = (
                    "KServe 0.16.0 makes no Deployment of storageUris that it fetches: a volume is missing"
                )
                yield MIXED.problem(
                    message, path=(*path, "uri"), hint="write one storageUri, or use KServe 0.17"
                )
                break


def _nothing_is_beside_modelcars(item: Data) -> Iterator[Problem]:
    for component in components(item):
        entries = [(scheme(entry), (*path, "uri")) for path, entry in maps(item, (*component, "storageUris"))]
        cars = [path for kind, path in entries if kind == "oci"]
        for path in [place for _, place in entries if place != cars[0]] if cars else ():
            message = "KServe 0.19 mounts the first oci:// of a service, and nothing beside it"
            hint, also = "KServe 0.20 does", (cars[0],)
            yield MIXED.problem(message, path=path, hint=hint, also=also)


def _modelkits_are_fetched(item: Data) -> Iterator[Problem]:
    for component in components(item):
        entries = {scheme(entry): (*path, "uri") for path, entry in maps(item, (*component, "storageUris"))}
        if _FETCH in entries and "kit" in entries:
            message = "KServe fetches this image, and then no ModelKit beside it"
            hint, also = "write oci+native://, or a ModelKit", (entries["kit"],)
            yield MIXED.problem(message, path=entries[_FETCH], hint=hint, also=also)


RULES = (
    ObjectRule(_one_uri_field, since="0.16"),
    ObjectRule(_transformer_has_no_uri),
    ObjectRule(_downloads_are_of_one_kind),
    ObjectRule(_the_initializer_has_its_volume, since="0.16", until="0.17"),
    ObjectRule(_nothing_is_beside_modelcars, since="0.19", until="0.20"),
    ObjectRule(_modelkits_are_fetched, since="0.21"),
)
