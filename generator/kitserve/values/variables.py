"""The environment variables of the initializer that values set, generated from the values' definition."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Variable:
    """A variable, and the path of the value that sets it.

    Without a `kind` the value is its text. For a `secretKeyRef` or a `configMapKeyRef` the value names the object, and
    `key`, or the value `key_value` beside it, the key in it. For an `annotation` the value lists those to read.
    """

    name: str
    value: tuple[str, ...]
    kind: str = ""
    key: str = ""
    key_value: str = ""


@cache
def variables() -> tuple[Variable, ...]:
    """Return all variables, in the order of rendering."""
    rows = json.loads(Path(__file__).with_name("variables.json").read_text(encoding="utf-8"))
    return tuple(Variable(**{**row, "value": tuple(row["value"])}) for row in rows)
