"""Secrets in plain text, and images whose tag can move."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.modelkits import is_floating
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.uri_login import HINT, MESSAGE, has_login
from kitserve.crds.examples import model, storage
from kitserve.crds.lookup import Data, containers, mapping, maps, models, text
from kitserve.problems import Code, Path, Problem

PLAIN_SECRET = Code(
    "KS150",
    "warning",
    "A variable that seems to be a secret has its value in plain text.",
    why="Everybody who may read the object, the pod or the Git repository can read it.",
    example=storage("env:\n  - {name: KIT_PASSWORD, value: not-a-real-one}\n"),
    remedy="Keep it in a Secret, and use `valueFrom.secretKeyRef`.",
)
PLAIN_PARAMETER = Code(
    "KS151",
    "warning",
    "A storage parameter seems to be a secret.",
    why="KServe writes `storage.parameters` into an annotation of the pod and into a variable in "
    "plain text (pkg/webhook/admission/pod/storage_initializer_injector.go).",
    example=model("storage: {key: hub, parameters: {type: kit, password: not-a-real-one}}\n"),
    remedy="Keep it in the Secret, under the key that `storage.key` names.",
)
URI_LOGIN = Code(
    "KS153",
    "error",
    "A model's URI contains a login.",
    why="KServe writes the URI into pods and status, and messages and logs repeat it. Anybody who may read one of "
    "them has the login. The initializer refuses such a reference "
    "(image/kitserve_initializer/oci/reference.py).",
    example=model("").replace("kit://", "kit://reader:not-a-real-one@"),
    remedy="Remove the login from the URI, and change the password. Name a Secret for it by `storage.key`, in a "
    "service account or in the ClusterStorageContainer.",
)
FLOATING_IMAGE = Code(
    "KS152",
    "warning",
    "A ClusterStorageContainer's image has no tag, or the tag `latest`.",
    why="Each new pod may run another initializer, and a rollback doesn't restore the old one.",
    example=storage(image="ghcr.io/example/initializer:latest"),
    remedy="Name a version, or a digest.",
)

_SECRET = re.compile(
    r"(?i)(?:^|_)(?:pass(?:word|wd|phrase)?|secret|token|credentials?|(?:api|access|private|secret)_?key)\Z"
)
_URI_KEYS = frozenset({"storageUri", "uri", "sourceModelUri", "prefix"})
_STORAGE: Path = ("spec", "container")


def _variables(item: Data) -> Iterator[tuple[Path, Data]]:
    container = [_STORAGE] if item["kind"] == "ClusterStorageContainer" else containers(item)
    for path in container:
        yield from maps(item, (*path, "env"))


def _secrets_are_referred_to(item: Data) -> Iterator[Problem]:
    for path, variable in _variables(item):
        value = text(variable, ("value",))
        if value and _SECRET.search(text(variable, ("name",))) and not value.startswith(("/", "$(")):
            message = "this seems to be a secret in plain text"
            yield PLAIN_SECRET.problem(message, path=(*path, "value"), hint="use valueFrom.secretKeyRef")


def _parameters_are_public(item: Data) -> Iterator[Problem]:
    for path in models(item):
        place: Path = (*path, "storage", "parameters")
        for name in mapping(item, place):
            if _SECRET.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)):
                message = "KServe writes this into the pod's annotations"
                yield PLAIN_PARAMETER.problem(
                    message, path=(*place, name), hint="keep it in the Secret of storage.key"
                )


def _image_is_pinned(item: Data) -> Iterator[Problem]:
    path: Path = (*_STORAGE, "image")
    if (image := text(item, path)) and is_floating(image):
        yield FLOATING_IMAGE.problem(
            "this image changes by itself", path=path, hint="name a version or a digest"
        )


def _uris_are_public(item: Data) -> Iterator[Problem]:
    for path, uri in _uris(item.get("spec"), ("spec",)):
        if has_login(uri.strip()):
            yield URI_LOGIN.problem(MESSAGE, path=path, hint=HINT)


def _uris(part: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each text below a key for a model's URI, and each value of a variable for one, with its path."""
    if isinstance(part, dict):
        names_one = part.get("name") == "STORAGE_URI"
        for key, value in part.items():
            if isinstance(value, str) and (key in _URI_KEYS or (names_one and key == "value")):
                yield (*path, key), value
            elif isinstance(value, (dict, list)):
                yield from _uris(value, (*path, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _uris(value, (*path, index))


URI_RULES = (ObjectRule(_uris_are_public),)
RULES = (ObjectRule(_secrets_are_referred_to), ObjectRule(_parameters_are_public), *URI_RULES)
STORAGE_RULES = (ObjectRule(_secrets_are_referred_to), ObjectRule(_image_is_pinned), *URI_RULES)
