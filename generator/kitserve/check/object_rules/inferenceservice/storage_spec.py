"""The `storage` of an InferenceService's models, which names a Secret."""

from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import model, service
from kitserve.crds.lookup import Data, at, mapping, models, text
from kitserve.problems import Code, Path, Problem

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


RULES = (ObjectRule(_explainer_has_its_storage), ObjectRule(_storage_names_credentials_only))
