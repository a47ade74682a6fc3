"""The URIs of an InferenceService's models: `storageUri`, `storageUris` and `storage`."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from kitserve.check.object_rules.inferenceservice.modelkits import mount_path
from kitserve.check.object_rules.inferenceservice.webhook import effective_model
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.object_rules.storagecontainer import IMPLICIT
from kitserve.crds.examples import model, service
from kitserve.crds.lookup import (
    COMPONENTS,
    Data,
    at,
    components,
    items,
    mapping,
    maps,
    models,
    text,
)
from kitserve.problems import Code, Path, Problem

_FORMAT = "model:\n  modelFormat: {name: sklearn}\n"

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
MOUNT_PATH = Code(
    "KS229",
    "error",
    "KServe's webhook refuses a mount path in `storageUris`.",
    why="KServe mounts one volume at the folder above all paths. So they must be absolute, without "
    "`..`, and have a common parent other than `/` (validateMultipleStorageURIsSpec in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=service(
        "storageUris:\n  - {uri: 'kit://registry.example.com/a:v1', mountPath: /a}\n"
        "  - {uri: 'kit://registry.example.com/b:v1', mountPath: /b}\n",
        _FORMAT.replace("sklearn", "tensorflow"),
    ),
    remedy="Use folders such as `/mnt/models/a` and `/mnt/models/b`.",
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
EXPLAINER_STORAGE = Code(
    "KS236",
    "error",
    "KServe's webhook refuses the type of an explainer's storage.",
    why="An explainer with `storage` can have its model only on s3://, hdfs:// or webhdfs:// "
    "(validateStorageSpec in pkg/apis/serving/v1beta1/component.go).",
    example=service()
    + "  explainer:\n    art:\n      type: SquareAttack\n      storageUri: kit://registry.example.com/a:v1\n"
    "      storage: {key: hub}\n",
    remedy="Leave `storage` out.",
)
MIXED = Code(
    "KS130",
    "error",
    "`storageUris` mixes kit:// with URIs that another initializer downloads.",
    why="KServe chooses the initializer by the first entry and passes it all URIs except pvc:// and "
    "oci://. So an initializer gets a URI that it can't fetch "
    "(pkg/controller/v1beta1/inferenceservice/utils, kserve/kserve#4258).",
    example=service(
        "storageUris:\n  - {uri: 's3://bucket/a', mountPath: /mnt/models/a}\n"
        "  - {uri: 'kit://registry.example.com/b:v1', mountPath: /mnt/models/b}\n",
        "model:\n  modelFormat: {name: triton}\n",
    ),
    remedy="Pack all of them as ModelKits, or put the others on a volume, and write kit:// first.",
)
STORAGE_PATH = Code(
    "KS131",
    "error",
    "A model has both `storage.path` and a URI.",
    why="KServe's pod webhook builds an s3:// or hdfs:// URI from `storage.path` and fails if there "
    "is another URI, so there are no pods "
    "(pkg/webhook/admission/pod/storage_initializer_injector.go).",
    example=model("storage: {path: iris}\n"),
    remedy="Leave `storage.path` out: `storageUri` names a ModelKit.",
)
STORAGE_TYPE = Code(
    "KS132",
    "error",
    "A kit:// URI has `storage.key` without `storage.parameters.type`.",
    why="Without the type KServe's pod webhook reads it from the Secret and accepts only `s3`, `hdfs` "
    "and `webhdfs`, so there are no pods (CreateStorageSpecSecretEnvs in "
    "pkg/credentials/service_account_credentials.go).",
    example=model("storage: {key: hub}\n"),
    remedy="Write `parameters: {type: kit}`; the initializer then gets the Secret's key as credentials.",
)

_PREDICTOR: Path = ("spec", "predictor")
_VOLUMES = ("pvc", "oci", "oci+native")


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
                    yield TWO_URI_FIELDS.problem(message, path=(*path, "name"), hint=hint)


def _mount_paths_are_allowed(item: Data) -> Iterator[Problem]:
    for component in COMPONENTS:
        uris_: Path = ("spec", component, "storageUris")
        for place, entry in maps(item, uris_):
            path = entry.get("mountPath")
            if isinstance(path, str) and (path == "/" or ".." in path):
                yield MOUNT_PATH.problem("must be a folder below /, without ..", path=(*place, "mountPath"))
        yield from _mount_paths_have_a_parent(item, uris_)


def _mount_paths_are_explicit(item: Data) -> Iterator[Problem]:
    for component in COMPONENTS:
        for place, entry in maps(item, ("spec", component, "storageUris")):
            if entry.get("mountPath") is None:
                message, hint = (
                    "KServe's minimal CRDs set no default mountPath",
                    "write mountPath: /mnt/models",
                )
                yield IMPLICIT.problem(message, path=place, hint=hint)


def _mount_paths_have_a_parent(item: Data, place: Path) -> Iterator[Problem]:
    entries = [entry for _, entry in maps(item, place)]
    volumes = [mount_path(entry) for entry in entries if _scheme(entry) == "pvc"]
    paths = [mount_path(entry) for entry in entries if _scheme(entry) != "pvc"]
    tops = {PurePosixPath(path).parts[1] for path in paths if path.startswith("/") and path.strip("/")}
    if len(tops) > 1:
        hint = "such as /mnt/models/a and /mnt/models/b"
        yield MOUNT_PATH.problem("the paths have no folder in common but /", path=place, hint=hint)
    if len(paths) > 1 and len(set(volumes)) < len(volumes):
        yield MOUNT_PATH.problem("two volumes have the same path", path=place)


def _scheme(entry: Data) -> str:
    return text(entry, ("uri",)).partition("://")[0]


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


def _explainer_has_its_storage(item: Data) -> Iterator[Problem]:
    art: Path = ("spec", "explainer", "art")
    storage: Path = (*art, "storage")
    if not isinstance(at(item, storage), dict):
        return
    uri, kind = text(item, (*art, "storageUri")), text(item, (*storage, "parameters", "type"))
    found = uri.partition("://")[0] if uri else kind
    if found and found not in {"s3", "hdfs", "webhdfs"}:
        path: Path = (*art, "storageUri") if uri else (*storage, "parameters", "type")
        yield EXPLAINER_STORAGE.problem("with storage this must be s3, hdfs or webhdfs", path=path)


def _downloads_are_of_one_kind(item: Data) -> Iterator[Problem]:
    if text(item, (*_PREDICTOR, "storageContainerName")):
        return
    for component in components(item):
        entries = list(maps(item, (*component, "storageUris")))
        schemes = [_scheme(entry) for _, entry in entries]
        if "kit" not in schemes:
            continue
        for number, (path, _) in enumerate(entries):
            if schemes[number] != "kit" and (schemes[number] not in _VOLUMES or number == 0):
                message = "KServe chooses the initializer by the first URI and passes it all URIs but those on volumes"
                yield MIXED.problem(
                    message, path=(*path, "uri"), hint="put kit:// first, and no other download"
                )


def _storage_names_credentials_only(item: Data) -> Iterator[Problem]:
    for path in models(item):
        storage = mapping(item, (*path, "storage"))
        uri = text(item, (*path, "storageUri"))
        if uri and storage.get("path"):
            place, hint = (*path, "storage", "path"), "leave it out"
            message, also = "storageUri names the model already", ((*path, "storageUri"),)
            yield STORAGE_PATH.problem(message, path=place, hint=hint, also=also)
        if uri.startswith("kit://") and storage.get("key") and not at(storage, ("parameters", "type")):
            message = "without parameters.type KServe expects credentials of S3 or HDFS here"
            hint = "write parameters: {type: kit}"
            yield STORAGE_TYPE.problem(message, path=(*path, "storage", "key"), hint=hint)


RULES = (
    ObjectRule(_one_uri_field, since="0.16"),
    ObjectRule(_mount_paths_are_allowed, since="0.16"),
    ObjectRule(_mount_paths_are_explicit, since="0.16"),
    ObjectRule(_transformer_has_no_uri),
    ObjectRule(_explainer_has_its_storage),
    ObjectRule(_downloads_are_of_one_kind),
    ObjectRule(_storage_names_credentials_only),
)
