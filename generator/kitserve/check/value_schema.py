"""Merged values against their schema, in sentences."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from kitserve.check.fast_schema import accepts
from kitserve.problems import Problem
from kitserve.values.schema import Schema, schema


def check(values: dict[str, Any]) -> list[Problem]:
    """Return the schema's problems of values that are already merged with the defaults."""
    if accepts(_schema(), values):
        return []
    # The validator reports each missing key by itself; one violation stands for all of them.
    return list(dict.fromkeys(_refused(values)))


def _refused(values: dict[str, Any]) -> Iterator[Problem]:
    # It takes 70 ms to import, so only wrong values cost this time.
    from jsonschema import Draft7Validator  # noqa: PLC0415

    from kitserve.check import schema_messages  # noqa: PLC0415

    for error in Draft7Validator(_schema()).iter_errors(values):
        yield from schema_messages.problems(
            schema_messages.Violation(
                keyword=str(error.validator),
                wanted=error.validator_value,
                value=error.instance,
                schema=dict(error.schema) if isinstance(error.schema, dict) else {},
                path=tuple(error.absolute_path),
            )
        )


@cache
def _schema() -> Schema:
    anchored: Schema = _anchored(schema())
    return anchored


def _anchored(node: Any) -> Any:  # noqa: ANN401 - any JSON
    r"""Return the schema with every `$` that ends a pattern as `\Z`.

    In Python `$` also matches before a last newline; in Helm's engine it doesn't.
    """
    if isinstance(node, list):
        return [_anchored(item) for item in node]
    if not isinstance(node, dict):
        return node
    anchored: Schema = {}
    for key, inner in node.items():
        if key == "pattern":
            anchored[key] = _end(inner)
        elif key == "patternProperties":
            anchored[key] = {_end(pattern): _anchored(item) for pattern, item in inner.items()}
        else:
            anchored[key] = _anchored(inner)
    return anchored


def _end(pattern: str) -> str:
    return pattern.removesuffix("$") + r"\Z"
