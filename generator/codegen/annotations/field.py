"""A field of KServe's as an editor is told of it: described here, with the type that KServe's structure has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kitserve.crds.node import Node
from kitserve.values.schema import Schema

Fields = Mapping[str, "Field"]


@dataclass(frozen=True)
class Field:
    """A description, and what is told of the map or the list's items that stand here, or examples of a scalar.

    `like` names a definition whose fields these are.
    """

    description: str
    fields: Fields = field(default_factory=dict)
    examples: tuple[str | int, ...] = ()
    like: str = ""


def annotation(told: Field, node: Node) -> Schema:
    """Return the schema that tells editors of a field, and refuses nothing.

    A scalar's type is one of two alternatives, and the other one accepts anything: editors complete by the first, and
    KServe's own structure judges what KServe refuses (docs/decisions/0038).
    """
    examples = {"examples": list(told.examples)} if told.examples else {}
    return {"description": told.description, **examples, **_known(told, node)}


def shape(fields: Fields, node: Node, like: str = "") -> Schema:
    """Return the schema that tells editors of a map's fields.

    Raises:
        ValueError: if KServe's structure has no such field.
    """
    if strange := fields.keys() - node.properties.keys():
        raise ValueError(f"KServe's structure has no {' and no '.join(sorted(strange))} here")
    # Editors complete a key as a map's if there are properties, be they none.
    told = {name: annotation(each, node.properties[name]) for name, each in fields.items()}
    return {"properties": told, **(reference(like) if like else {})}


def reference(name: str) -> Schema:
    """Return a reference to a definition; draft-07 ignores what stands beside a bare one."""
    return {"allOf": [{"$ref": f"#/definitions/{name}"}]}


def _known(told: Field, node: Node) -> Schema:
    if node.items:
        return {"items": _known(told, node.items)}
    if node.type == "object":
        return shape(told.fields, node, told.like)
    known: Schema = {"enum": list(node.choices)} if node.choices else {"type": node.type}
    return {"anyOf": [known, {}]} if node.type else {}
