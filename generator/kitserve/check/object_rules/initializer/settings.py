"""Settings of the initializer: variables of its ClusterStorageContainer, and a service's annotations."""

from collections.abc import Iterator

from kitserve.check.initializer import SCHEME, variable_fault
from kitserve.check.object_rules.initializer.references import is_template
from kitserve.check.object_rules.initializer.schemes import FETCHED
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.object_rules.storagecontainer.matching import FORMATS
from kitserve.check.object_rules.storagecontainer.overlap import takes
from kitserve.crds.examples import annotated, storage
from kitserve.crds.lookup import Data, components, mapping, maps, text
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.variables import variables

VARIABLE = Code(
    "KS173",
    "error",
    "A ClusterStorageContainer has a variable that the initializer refuses.",
    why="The initializer ends with exit code 3 or 4 before it asks a registry, so no pod with a kit:// URI starts "
    "(image/kitserve_initializer/config/environment.py and flags.py).",
    example=storage("env:\n  - {name: KIT_UNPACK_FLAGS, value: --fliter model}\n"),
    remedy="Correct the variable: docs/reference/environment.md has all of them. KIT_UNPACK_FLAGS has the flags of "
    "`kit unpack`.",
)
ANNOTATION = Code(
    "KS174",
    "error",
    "A service's annotation has a value that the initializer refuses.",
    why="The initializer ends with exit code 4 before it asks a registry, so the service's pods don't start. A service "
    "chooses what of its model is unpacked, but nothing that concerns the cluster: no TLS, no plain HTTP, no proxy "
    "(image/kitserve_initializer/config/service_annotations.py).",
    example=annotated("kitserve.io/unpack-flags: --plain-http"),
    remedy="Correct the annotation. What a service may not set belongs into `unpackFlags` of the initializer's values.",
)

OTHER_URIS = Code(
    "KS176",
    "warning",
    "A ClusterStorageContainer hands the initializer URIs that it doesn't read.",
    why="The initializer reads kit:// only, and ends with exit code 5 for any other scheme "
    "(image/kitserve_initializer/oci/reference.py).",
    example=storage(
        "env:\n  - {name: KIT_UNPACK_FLAGS, value: ''}\n",
        "  supportedUriFormats:\n    - prefix: models://\n",
    ),
    remedy="Write `prefix: kit://`.",
)

_ENV: Path = ("spec", "container", "env")
_KIT = SCHEME.rstrip("/")
_OWN = ("KIT_", "KITSERVE_")
_ANNOTATIONS = {f"{DOMAIN}/{each.key}": each.name for each in variables() if each.kind == "annotation"}


def _variables_are_accepted(item: Data) -> Iterator[Problem]:
    named = [(path, text(variable, ("name",)), variable) for path, variable in maps(item, _ENV)]
    if not _is_an_initializer(item, [name for _, name, _ in named]):
        return
    beside = frozenset(name for _, name, _ in named)
    for path, name, variable in named:
        value = text(variable, ("value",))
        if value and not is_template(value) and (fault := variable_fault(name, value, beside)):
            hint = fault.hint or f"correct {name}"
            yield VARIABLE.problem(fault.message, path=(*path, "value"), hint=hint)


def _is_an_initializer(item: Data, names: list[str]) -> bool:
    """Return whether an object is for ModelKits: others have variables of their own, perhaps of these names."""
    return any(name.startswith(_OWN) for name in names) or takes(item, f"{SCHEME}registry.example.com/a:v1")


def _formats_are_read(item: Data) -> Iterator[Problem]:
    is_own = any(text(variable, ("name",)).startswith(_OWN) for _, variable in maps(item, _ENV))
    for path, form in maps(item, FORMATS):
        prefix = text(form, ("prefix",))
        if prefix.startswith(SCHEME) or SCHEME.startswith(prefix):
            continue
        is_meant = is_own and prefix.partition("://")[0] not in FETCHED  # those are KS129's
        if is_meant or prefix.lower().startswith(_KIT):
            message = f"the initializer reads {SCHEME} only"
            yield OTHER_URIS.problem(message, path=(*path, "prefix"), hint=f"write {SCHEME}")


def _annotations_are_accepted(item: Data) -> Iterator[Problem]:
    places: tuple[Path, ...] = (
        ("metadata", "annotations"),
        *((*component, "annotations") for component in components(item)),
    )
    for path in places:
        for key, value in mapping(item, path).items():
            variable = _ANNOTATIONS.get(key, "")
            if not variable or not isinstance(value, str) or is_template(value):
                continue
            if fault := variable_fault(variable, value):
                message = fault.message.replace(variable, f"the annotation {key}")
                hint = fault.hint or f"correct {key} of the InferenceService"
                yield ANNOTATION.problem(message, path=(*path, key), hint=hint)


STORAGE_RULES = (ObjectRule(_variables_are_accepted), ObjectRule(_formats_are_read))
RULES = (ObjectRule(_annotations_are_accepted),)
