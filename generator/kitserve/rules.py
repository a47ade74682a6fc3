"""What a schema can't say of the values: one small function each. Their twin is the chart's templates/validate.yaml.

A rule's path and sentence are the same in both, so that `helm install` and `kitserve render` refuse alike.
"""

from collections.abc import Callable, Iterator
from typing import Any

from kitserve.manifests.inferenceservice import predictor, with_defaults
from kitserve.problems import Code, Problem
from kitserve.values import Values

NO_IMAGE = Code(
    "KS101",
    "error",
    "The initializer has no image: the pods made from it are invalid.",
    why="KServe doesn't require the field, but Kubernetes refuses each pod that gets a container without an "
    "image.",
    example="image: {repository: ''}\n",
    mend="Name the image's repository.",
)
NO_PREFIX = Code(
    "KS102",
    "error",
    "The ClusterStorageContainer has no prefix: KServe never uses it.",
    why="KServe asks each ClusterStorageContainer whether it takes a URI, and this one takes none "
    "(IsStorageUriSupported in pkg/apis/serving/v1alpha1/storage_container_types.go).",
    example="clusterStorageContainer: {prefixes: []}\n",
    mend='Write `["kit://"]`.',
)
PARTIAL_SECRET = Code(
    "KS103",
    "error",
    "The Secret to create lacks a part: pulls would be anonymous, and nobody would know why.",
    why="The initializer logs in with both or not at all.",
    example="credentials: {create: true, username: reader}\n",
    mend="Give name, user and password, or create the Secret yourself and name it.",
)
ONE_KEY = Code(
    "KS104",
    "error",
    "User and password have the same key in the Secret: one replaces the other.",
    why="A Secret's keys are a map: one of the two entries would be lost.",
    example="credentials: {create: true, username: reader, password: not-a-real-one, passwordKey: KIT_USER}\n",
    mend="Give them two keys.",
)
NO_MODEL = Code(
    "KS105",
    "error",
    "An InferenceService has no model.",
    why="KServe would start a server without a model; most of them then answer each prediction with 404.",
    example="inferenceServices: {iris: {modelFormat: {name: sklearn}}}\n",
    mend="Write `storageUri`.",
)
NO_NAME = Code(
    "KS201",
    "error",
    "The ClusterStorageContainer has no name.",
    why="Kubernetes refuses an object without a name.",
    example="clusterStorageContainer: {name: null}\n",
    mend="Give it a name; `kitops` is usual.",
)
NO_KEY = Code(
    "KS202",
    "error",
    "A reference to a Secret or a ConfigMap has no key.",
    why="Kubernetes refuses a `secretKeyRef` or `configMapKeyRef` without a key.",
    example="credentials: {usernameKey: ''}\n",
    mend="Name the key that it has.",
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
NO_FORMAT = Code(
    "KS106",
    "error",
    "An InferenceService's model has no format: KServe finds no runtime for it.",
    why="KServe chooses a server by the format, and says `no runtime found to support predictor` "
    "(pkg/apis/serving/v1beta1/predictor_model.go).",
    example="inferenceServices: {iris: {storageUri: 'kit://registry.example.com/iris:v1'}}\n",
    mend="Write `modelFormat.name`.",
)

CODES = (NO_IMAGE, NO_PREFIX, PARTIAL_SECRET, ONE_KEY, NO_MODEL, NO_NAME, NO_KEY, TWO_SOURCES, NO_FORMAT)


def broken(values: Values) -> Iterator[Problem]:
    """What the values break, in the order of the rules."""
    for rule in RULES:
        yield from rule(values)


def _image_has_a_repository(values: Values) -> Iterator[Problem]:
    if values.clusterStorageContainer.create and not values.image.repository:
        yield NO_IMAGE.problem(
            "the initializer needs an image", path=("image", "repository"), hint="name its repository"
        )


def _storage_container_is_whole(values: Values) -> Iterator[Problem]:
    storage = values.clusterStorageContainer
    if storage.create and not storage.name:
        yield NO_NAME.problem(
            "the ClusterStorageContainer needs a name",
            path=("clusterStorageContainer", "name"),
            hint="`kitops` is usual",
        )
    if storage.create and not storage.prefixes:
        yield NO_PREFIX.problem(
            "without a prefix KServe never uses the initializer",
            path=("clusterStorageContainer", "prefixes"),
            hint="`kit://` is usual",
        )


def _credentials_have_keys(values: Values) -> Iterator[Problem]:
    credentials = values.credentials
    if credentials.secretName or credentials.create:
        for key, usual in (("usernameKey", "KIT_USER"), ("passwordKey", "KIT_PASSWORD")):
            if not getattr(credentials, key):
                yield NO_KEY.problem(
                    "the Secret's key needs a name", path=("credentials", key), hint=f"`{usual}` is usual"
                )


def _credentials_to_create_are_whole(values: Values) -> Iterator[Problem]:
    credentials = values.credentials
    if not credentials.create:
        return
    for key in ("secretName", "username", "password"):
        if not getattr(credentials, key):
            yield PARTIAL_SECRET.problem(
                "needed to create the Secret",
                path=("credentials", key),
                hint="give it, or set credentials.create to false",
            )
    if credentials.usernameKey == credentials.passwordKey != "":
        yield ONE_KEY.problem(
            "user and password can't have the same key in the Secret",
            path=("credentials", "passwordKey"),
            hint="name two keys",
        )


def _authorities_have_a_key(values: Values) -> Iterator[Problem]:
    if values.tls.caConfigMapName and not values.tls.caConfigMapKey:
        yield NO_KEY.problem(
            "the ConfigMap's key needs a name", path=("tls", "caConfigMapKey"), hint="`ca.crt` is usual"
        )


def _services_have_one_source(values: Values) -> Iterator[Problem]:
    for name, service in with_defaults(values).items():
        if service.storageUri and service.storageUris:
            yield TWO_SOURCES.problem(
                "can't stand beside storageUri",
                path=("inferenceServices", name, "storageUris"),
                hint="keep one of the two",
            )


def _services_have_a_model(values: Values) -> Iterator[Problem]:
    for name, service in with_defaults(values).items():
        rendered, path = predictor(service), ("inferenceServices", name)
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
        isinstance(part, dict) and ("storageUri" in part or "storage" in part)
    )


def _format(model: dict[str, Any]) -> object:
    form = model.get("modelFormat")
    return form.get("name") if isinstance(form, dict) else form


def _has_other_server(rendered: dict[str, Any]) -> bool:
    """A custom container, or one of KServe's older fields such as `sklearn`, in the place of `model`."""
    return "model" not in rendered and any(
        _has_source(key, part) for key, part in rendered.items() if key != "storageUris"
    )


RULES: tuple[Callable[[Values], Iterator[Problem]], ...] = (
    _image_has_a_repository,
    _storage_container_is_whole,
    _credentials_have_keys,
    _credentials_to_create_are_whole,
    _authorities_have_a_key,
    _services_have_one_source,
    _services_have_a_model,
)
