"""The values' JSON schema, derived from their definition."""

import json
from typing import Any

from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.schema import FILE, Schema
from kitserve.version import VERSION
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from codegen.annotations.examples import exemplify
from codegen.annotations.places import annotate
from codegen.definition.values import Values

_ID = f"https://{DOMAIN}/schemas/{VERSION}/{FILE}"
"""A name of the schema, under which nothing is served: the project has no public address."""

# Keywords of pydantic that this schema replaces or leaves out.
_DROPPED = frozenset({"$defs", "default", "title"})


class _Closed(GenerateJsonSchema):
    """Pydantic's generator, but keys that don't match a map's pattern are denied.

    `patternProperties` alone lets them through.
    """

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Return a map's schema."""
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found


def schema() -> Schema:
    """Return the draft-07 schema of a values file, which refers to no other schema and denies unknown keys.

    Titles, examples, and what it says of KServe's own fields are for editors, and refuse nothing.
    """
    generated = Values.model_json_schema(schema_generator=_Closed)
    root: Schema = _inlined(generated, generated.get("$defs", {}))
    root["$id"] = _ID
    root["$schema"] = "http://json-schema.org/draft-07/schema#"
    root["$comment"] = (
        "Generated from generator/codegen/definition/values.py by `make generate`. Do not edit."
    )
    _add_defaults(root, _defaults(Values))
    annotate(root)
    exemplify(root)
    return root


def text() -> str:
    """Return the text of chart/values.schema.json, sorted, so that a change makes a small diff."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _defaults(section: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        if field.alias:  # `global` is a parent chart's
            continue
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found[name] = _defaults(field.annotation)
        elif isinstance(field.json_schema_extra, dict):
            found[name] = json.loads(json.dumps(field.json_schema_extra["default"]))
    return found


def _inlined(node: Any, definitions: Schema) -> Any:  # noqa: ANN401 - any JSON
    """Return `node` with its references resolved: a flat schema gives readable paths in Helm's errors."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    target = definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
    merged = {**target, **{key: item for key, item in node.items() if key != "$ref"}}
    return {
        key: {name: _inlined(item, definitions) for name, item in inner.items()}
        if key == "properties"
        else _inlined(inner, definitions)
        for key, inner in merged.items()
        if key not in _DROPPED
    }


def _add_defaults(node: Schema, values: dict[str, Any]) -> None:
    for name, default in values.items():
        child = node["properties"][name]
        if "properties" in child:
            _add_defaults(child, default)
        else:
            child["default"] = default
