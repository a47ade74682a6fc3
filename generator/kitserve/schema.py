"""The values' JSON schema and defaults, as the chart and the CLI use them.

The schema is a file of the package, generated from values.py by derive.py: a command that reads values must not pay for
what makes a schema of a model.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

FILE = "values.schema.json"


def text() -> str:
    """The schema as chart/values.schema.json has it."""
    return Path(__file__).with_name(FILE).read_text(encoding="utf-8")


@cache
def schema() -> Schema:
    """Draft-07 schema of a values file: self-contained, unknown keys denied. It is everybody's: not to be changed."""
    read: Schema = json.loads(text())
    return read


def defaults() -> dict[str, Any]:
    """The chart's default values: chart/values.yaml as data."""
    return defaults_of(schema())


def defaults_of(node: Schema) -> dict[str, Any]:
    """The defaults in a schema of a map."""
    found: dict[str, Any] = {}
    for name, child in node["properties"].items():
        if "default" in child:
            found[name] = child["default"]
        elif "properties" in child and (inner := defaults_of(child)):
            found[name] = inner
    return found
