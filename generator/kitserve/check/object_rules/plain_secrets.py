"""Secrets in plain text, and images whose tag can move."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.modelkits import is_floating
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import model, storage
from kitserve.crds.lookup import Data, containers, mapping, maps, models, text
from kitserve.problems import Code, Path, Problem

PLAIN_SECRET = Code(
    "KS150",
    "warning",
    "A variable that seems to be a secret has its value in plain text.",
    why="Everybody who may read the object, the pod or the Git repository can read it.",
    example=storage(
        "env:\n  - {name: KIT_USER, value: reader}\n  - {name: KIT_PASSWORD, value: not-a-real-one}\n"
    ),
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


RULES = (ObjectRule(_secrets_are_referred_to), ObjectRule(_parameters_are_public))
STORAGE_RULES = (ObjectRule(_secrets_are_referred_to), ObjectRule(_image_is_pinned))
