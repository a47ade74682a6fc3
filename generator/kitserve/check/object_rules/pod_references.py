"""Secrets, ConfigMaps and other objects that a pod names: whether there can be any of that name."""

from collections.abc import Iterator

from kitserve.check.object_rules.pods import pod_rules
from kitserve.crds.examples import model, service
from kitserve.crds.lookup import Data, at, maps, text
from kitserve.crds.object_meta import is_subdomain
from kitserve.forms import placeholder
from kitserve.problems import Code, Path, Problem

NO_NAME = Code(
    "KS184",
    "error",
    "A pod names an object that can't exist.",
    why="Names of Secrets, ConfigMaps, ServiceAccounts and claims are subdomains after RFC 1123: no `_`, no capitals. "
    "The service's pods wait for the object, or are refused.",
    example=service("serviceAccountName: model_reader\n"),
    remedy="Write the object's name as `kubectl get` shows it.",
)
TWO_VALUES = Code(
    "KS185",
    "error",
    "A variable has both `value` and `valueFrom`.",
    why="A cluster admits the service, and refuses its Deployment: `may not be specified when value is not empty` "
    "(validateEnvVarValueFrom in pkg/apis/core/validation/validation.go of kubernetes/kubernetes).",
    example=model("env:\n  - {name: A, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n"),
    remedy="Keep one of the two.",
)
_HINT = "lower-case letters, digits, `-` and `.`"
_VALUES = ("secretKeyRef", "configMapKeyRef")
_SOURCES = ("secretRef", "configMapRef")
_VOLUMES: tuple[Path, ...] = (
    ("secret", "secretName"),
    ("configMap", "name"),
    ("persistentVolumeClaim", "claimName"),
)


def _of_pod(item: Data, pod: Path) -> Iterator[Problem]:
    yield from _exists(item, (*pod, "serviceAccountName"))
    for secret, _ in maps(item, (*pod, "imagePullSecrets")):
        yield from _exists(item, (*secret, "name"))
    for volume, _ in maps(item, (*pod, "volumes")):
        for name in _VOLUMES:
            yield from _exists(item, (*volume, *name))


def _of_container(item: Data, container: Path) -> Iterator[Problem]:
    for path, variable in maps(item, (*container, "env")):
        if variable.get("value") and isinstance(variable.get("valueFrom"), dict):
            also: Path = (*path, "value")
            message, hint = "a variable has one of value and valueFrom", "keep one of the two"
            yield TWO_VALUES.problem(message, path=(*path, "valueFrom"), hint=hint, also=(also,))
        for source in _VALUES:
            yield from _exists(item, (*path, "valueFrom", source, "name"))
    for path, _ in maps(item, (*container, "envFrom")):
        for source in _SOURCES:
            yield from _exists(item, (*path, source, "name"))


def _exists(item: Data, path: Path) -> Iterator[Problem]:
    name = text(item, path)
    if name and not is_subdomain(name) and at(item, (*path[:-1], "optional")) is not True:
        yield NO_NAME.problem(
            "there can be no object of this name", path=path, hint=placeholder(name) or _HINT
        )


RULES = pod_rules(_of_container, _of_pod)
