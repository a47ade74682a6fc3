"""Objects that one file has twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kitserve.check.reading.manifest_reader import Object
from kitserve.crds import validate
from kitserve.crds.examples import service
from kitserve.crds.lookup import text
from kitserve.problems import Code, Path, Problem

REPEATED = Code(
    "KS183",
    "warning",
    "A file has two objects of one kind, namespace and name.",
    why="`kubectl apply` writes the second over the first, so only one of them is in the cluster.",
    example=f"{service()}---\n{service()}",
    remedy="Give one of them another name, or leave it out.",
)
CODES = (REPEATED,)
_NAME: Path = ("metadata", "name")


def problems(found: Sequence[Object]) -> Iterator[Problem]:
    """Yield the objects of a file that have the identity of one before them."""
    known: dict[tuple[str, ...], Object] = {}
    for item in found:
        name = text(item.data, _NAME)
        if not name or not validate.is_known(item.data):
            continue
        group = str(item.data["apiVersion"]).rpartition("/")[0]
        identity = (group, item.data["kind"], text(item.data, ("metadata", "namespace")), name)
        earlier = known.setdefault(identity, item)
        if earlier is not item:
            yield _repeated(item, earlier)


def _repeated(item: Object, earlier: Object) -> Problem:
    message = "the file has an object of this kind and name already"
    said = REPEATED.problem(message, path=_NAME, hint="give one of them another name", also=(_NAME,))
    private = item.data["kind"] == "Secret"
    return replace(said, position=item.locate(_NAME), others=(earlier.locate(_NAME),), private=private)
