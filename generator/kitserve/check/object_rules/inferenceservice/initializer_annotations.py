"""The initializer's own annotations of an InferenceService: their names, and who reads them."""

from collections.abc import Iterator
from functools import lru_cache

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.object_rules.storagecontainer.overlap import is_for_pods, takes
from kitserve.crds.examples import annotated, storage
from kitserve.crds.lookup import Data, at, components, mapping, maps, text, uris
from kitserve.problems import Code, Path, Problem, nearest
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.variables import variables

UNKNOWN_ANNOTATION = Code(
    "KS127",
    "warning",
    "The initializer has no annotation of this name.",
    why="The initializer reads annotations by their exact names, each through a variable of the "
    "ClusterStorageContainer, and ignores others (image/kitserve_initializer/config/environment.py).",
    example=annotated("kitserve.io/layuot: model"),
    remedy="Write the name that is in the hint.",
)
UNREAD_ANNOTATION = Code(
    "KS128",
    "warning",
    "No ClusterStorageContainer passes an annotation to the initializer.",
    why="A service's annotation reaches the initializer only through a variable with a `fieldRef` to it. The "
    "ClusterStorageContainers in these files that take the service's URI have none, so the initializer uses its "
    "settings for all services.",
    example=f"{storage()}---\n{annotated('kitserve.io/layout: model')}",
    remedy="Add the annotation to `serviceAnnotations`, or the variable to the ClusterStorageContainer.",
)

_NAMES = tuple(each.key for each in variables() if each.kind == "annotation")
_OWN: Path = ("metadata", "annotations")
_ENV: Path = ("spec", "container", "env")
_FIELD: Path = ("valueFrom", "fieldRef", "fieldPath")
_NEAR = 0.8


def _annotations(item: Data) -> Iterator[tuple[Path, str]]:
    """Yield the place and the key of each annotation that the pods get."""
    for path in (_OWN, *((*component, "annotations") for component in components(item))):
        for key in mapping(item, path):
            yield (*path, key), key


@lru_cache
def _is_meant(domain: str) -> bool:
    return domain == DOMAIN or bool(nearest(domain, (DOMAIN,), _NEAR))


def _names_are_right(item: Data) -> Iterator[Problem]:
    for path, key in _annotations(item):
        domain, slash, name = key.partition("/")
        if not slash or not _is_meant(domain) or (domain == DOMAIN and name in _NAMES):
            continue
        close = nearest(name, _NAMES)
        hint = f"did you mean {DOMAIN}/{close}?" if close else f"known here: {', '.join(_NAMES)}"
        yield UNKNOWN_ANNOTATION.problem("the initializer has no such annotation", path=path, hint=hint)


def unread(found: list[Data]) -> Iterator[tuple[int, Problem]]:
    """Yield the annotations that no initializer among the objects reads, each with the index of its service."""
    containers = [item for item in found if is_for_pods(item)]
    read = {id(item): _read_by(item) for item in containers}
    for number, item in enumerate(found if containers else ()):
        if item["kind"] != "InferenceService":
            continue
        named = [(path, key.removeprefix(f"{DOMAIN}/")) for path, key in _annotations(item)]
        own = [(path, name) for path, name in named if path[-1] != name and name in _NAMES]
        takers = (
            [each for each in containers if any(takes(each, uri) for _, uri in uris(item))] if own else []
        )
        for path, name in own:
            if takers and not any(name in read[id(each)] for each in takers):
                message = f"the ClusterStorageContainer {text(takers[0], ('metadata', 'name'))} doesn't pass this on"
                hint = f"add {name} to serviceAnnotations of its values"
                yield number, UNREAD_ANNOTATION.problem(message, path=path, hint=hint)


def _read_by(item: Data) -> frozenset[str]:
    """Return the annotations that a ClusterStorageContainer's variables refer to."""
    fields = [at(variable, _FIELD) for _, variable in maps(item, _ENV)]
    return frozenset(
        name for name in _NAMES for field in fields if field == f"metadata.annotations['{DOMAIN}/{name}']"
    )


RULES = (ObjectRule(_names_are_right),)
