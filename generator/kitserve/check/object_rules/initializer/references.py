"""Model URIs: logins in them, and references that the initializer can't read."""

from collections.abc import Iterator, Sequence

from kitserve.check.initializer import HINT, MESSAGE, SCHEME, Fault, has_login, reference_fault
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import MODEL, model, service
from kitserve.crds.lookup import Data
from kitserve.problems import Code, Path, Problem

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
REFERENCE = Code(
    "KS170",
    "error",
    "A kit:// URI isn't a reference that the initializer can read.",
    why="The initializer ends with exit code 5 before it asks a registry, so no pod starts "
    "(image/kitserve_initializer/oci/reference.py). A pod has no local store of KitOps: a reference needs a registry "
    "with a dot or a port, a repository in lower case, and a tag or a whole digest.",
    example=service(model=MODEL.replace("registry.example.com/", "")),
    remedy="Write `kit://REGISTRY/REPOSITORY:TAG`, or `@sha256:DIGEST` instead of the tag, as `kit push` takes it.",
)

_KEYS = frozenset({"storageUri", "uri", "sourceModelUri"})
_PREFIX = "prefix"
"""The key of a ClusterStorageContainer's formats: it may hold a login, and is no reference."""


def is_template(text: str) -> bool:
    """Return whether a tool such as Helm, kustomize or envsubst has still to fill in a text."""
    return "{{" in text or "$" in text


def references(part: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each text below a key for a model's URI, and each value of a variable for one, with its path."""
    if isinstance(part, dict):
        names_one = part.get("name") == "STORAGE_URI"
        for key, value in part.items():
            if isinstance(value, str):
                if key in _KEYS or key == _PREFIX or (names_one and key == "value"):
                    yield (*path, key), value
            elif isinstance(value, (dict, list)):
                yield from references(value, (*path, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from references(value, (*path, index))


def of_tests(uris: Sequence[str]) -> Iterator[Problem]:
    """Yield those of the values' `test.uris` that `helm test` can't resolve: the initializer gets them all."""
    for index, uri in enumerate(uris):
        if not has_login(uri) and not is_template(uri) and (fault := reference_fault(uri)):
            yield REFERENCE.problem(fault.message, path=("test", "uris", index), hint=fault.hint)


def _uris_can_be_read(item: Data) -> Iterator[Problem]:
    for path, uri in references(item.get("spec"), ("spec",)):
        if has_login(uri.strip()):
            yield URI_LOGIN.problem(MESSAGE, path=path, hint=HINT)
        elif path[-1] != _PREFIX and (fault := _fault(uri)):
            yield REFERENCE.problem(fault.message, path=path, hint=fault.hint)


def _fault(uri: str) -> Fault | None:
    return reference_fault(uri) if uri.startswith(SCHEME) and not is_template(uri) else None


RULES = (ObjectRule(_uris_can_be_read),)
