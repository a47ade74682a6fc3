"""CRDs of a KServe whose Go module nobody serves: those of an earlier one, with what changed in the Python models."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from codegen.python_models import Model, Models, is_list, item

Schema = dict[str, Any]
"""The OpenAPI schema of a place in a CRD."""
Difference = tuple[str, str]
"""A place, as in `spec.predictor.containers[].name`, and `only in the CRD` or `only in the models`."""

_ENVELOPE = frozenset({"apiVersion", "kind", "metadata", "status"})
_PRIMITIVES = {
    "str": "string",
    "int": "integer",
    "bool": "boolean",
    "float": "number",
    "datetime": "string",
}


def root(kind: str) -> str:
    """Return the class of a kind, `GROUP/VERSION/KIND`."""
    _, version, name = kind.split("/")
    return f"{version.capitalize()}{name}"


def is_derivable(kind: str, models: Models) -> bool:
    """Return whether the package has the class of a kind's specification."""
    return models[root(kind)].fields["spec"] in models


@dataclass(frozen=True)
class Step:
    """The models of two versions, and the CRD's schemas of the first by a field's name and type."""

    old: Models
    new: Models
    known: dict[tuple[str, str], Schema] = field(default_factory=dict)

    def remember(self, schema: Schema, kind: str) -> None:
        """Keep the schema of each field below a place of a type."""
        for name, child, below in _fields(schema, kind, self.old):
            if name:
                self.known.setdefault((name, below), child)
            self.remember(child, below)

    def changed(self, schema: Schema, before: str, after: str) -> Schema:
        """Return a place's schema in the second version, by its types in both."""
        if inner := item(before):
            key = "items" if is_list(before) else "additionalProperties"
            below = schema.get(key)
            return (
                {**schema, key: self.changed(below, inner, item(after))}
                if isinstance(below, dict)
                else schema
            )
        old, new = self.old.get(before), self.new.get(after)
        if old is None or new is None or "properties" not in schema:
            return schema
        properties = dict(self._properties(schema["properties"], old, new))
        added = new.fields.keys() - old.fields.keys()
        required = [name for name in schema.get("required", ()) if name in properties]
        return {
            **schema,
            "properties": properties,
            "required": sorted({*required, *(new.required & added)}),
        }

    def _properties(
        self, properties: dict[str, Schema], old: Model, new: Model
    ) -> Iterator[tuple[str, Schema]]:
        for name, child in properties.items():
            if name not in old.fields:
                yield name, child
            elif name in new.fields:
                yield name, self.changed(child, old.fields[name], new.fields[name])
        for name in new.fields.keys() - old.fields.keys() - properties.keys():
            yield name, self._made(name, new.fields[name])

    def _made(self, name: str, kind: str) -> Schema:
        """Return a new field's schema: that of a field of this name and type elsewhere, else its types alone."""
        if found := self.known.get((name, kind)):
            return self.changed(found, kind, kind)
        if inner := item(kind):
            below = self._made("", inner)
            return {"type": "array", "items": below} if is_list(kind) else _map(below)
        if kind in _PRIMITIVES:
            return {"type": _PRIMITIVES[kind]}
        if kind not in self.new:
            return {"x-kubernetes-preserve-unknown-fields": True}
        model = self.new[kind]
        properties = {name: self._made(name, below) for name, below in model.fields.items()}
        return {"type": "object", "properties": properties, "required": sorted(model.required)}


def _map(below: Schema) -> Schema:
    return {"type": "object", "additionalProperties": below}


def _fields(schema: Schema, kind: str, models: Models) -> Iterator[tuple[str, Schema, str]]:
    """Yield what a CRD and the models both have right below a place: name (empty for items), schema and type."""
    if inner := item(kind):
        below = schema.get("items" if is_list(kind) else "additionalProperties")
        if isinstance(below, dict):
            yield "", below, inner
    elif kind in models:
        for name, child in schema.get("properties", {}).items():
            if name in models[kind].fields:
                yield name, child, models[kind].fields[name]


def differences(schema: Schema, kind: str, models: Models, place: str = "") -> Iterator[Difference]:
    """Yield the fields that only a CRD or only the models have, below a place of a type."""
    ignored = frozenset() if place else _ENVELOPE
    if kind in models and "properties" in schema:
        fields, properties = models[kind].fields.keys() - ignored, schema["properties"].keys() - ignored
        yield from ((f"{place}{name}", "only in the CRD") for name in sorted(properties - fields))
        yield from ((f"{place}{name}", "only in the models") for name in sorted(fields - properties))
    for name, child, below in _fields(schema, kind, models):
        if name not in ignored:
            step = f"{name}{'[]' if is_list(below) else ''}." if name else ""
            yield from differences(child, below, models, f"{place}{step}")
