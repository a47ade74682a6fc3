"""Merged values against their schema, in sentences."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from kitserve.check.schema.fast_schema import accepts, repeats
from kitserve.helm.codes import SIZE
from kitserve.problems import Path, Problem, first
from kitserve.values import size
from kitserve.values.schema import Schema, schema


def check(values: dict[str, Any]) -> list[Problem]:
    """Return the schema's problems of values that are already merged with the defaults."""
    return list(_amplified(values)) if accepts(_schema(), values) else list(first(_refused(values)))


def _amplified(values: dict[str, Any]) -> Iterator[Problem]:
    """Yield a problem if many services would repeat too much of what they share, before anything merges it."""
    entries = (values.get("inferenceServices") or {}).values()
    members = Counter(
        entry.get("group", "") for entry in (*entries, *(values.get("llmInferenceServices") or {}).values())
    )
    groups = (values.get("serviceGroups") or {}).items()
    shared: list[tuple[Path, int, object]] = [
        (("inferenceServiceDefaults",), len(entries) + len(groups), values.get("inferenceServiceDefaults")),
        *((("serviceGroups", name), members[name], group) for name, group in groups),
    ]
    for path, times, part in shared:
        if times * size.parts(part) > size.MOST:
            message = f"services and groups repeat this {times} times: more than {size.MOST} keys and values"
            yield SIZE.problem(message, path=path, hint="make releases of them")


def _refused(values: dict[str, Any]) -> Iterator[Problem]:
    from kitserve.check.schema import schema_messages  # noqa: PLC0415

    for error in _validator().iter_errors(values):
        yield from schema_messages.problems(
            schema_messages.Violation(
                keyword=str(error.validator),
                wanted=error.validator_value,
                value=error.instance,
                schema=dict(error.schema) if isinstance(error.schema, dict) else {},
                path=tuple(error.absolute_path),
            )
        )


def _validator() -> Any:  # noqa: ANN401 - jsonschema's, which says no type for an extended one
    """Return jsonschema's validator, linear in a list's length, and with one error for all missing keys of a map."""
    # Takes 70 ms to import: only values that are wrong pay for it.
    from jsonschema import Draft7Validator, ValidationError  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    def unique(_validator: object, wanted: bool, value: object, _schema: object) -> Iterator[ValidationError]:
        if wanted and isinstance(value, list) and repeats(value):
            yield ValidationError("")

    def required(
        _validator: object, wanted: list[str], value: object, _schema: object
    ) -> Iterator[ValidationError]:
        if isinstance(value, dict) and not value.keys() >= set(wanted):
            yield ValidationError("")

    linear = extend(Draft7Validator, {"uniqueItems": unique, "required": required})  # type: ignore[no-untyped-call]
    return linear(_schema())


_FOR_EDITORS = frozenset({"definitions", "allOf", "examples"})
"""Keywords that tell editors something, and refuse nothing."""


@cache
def _schema() -> Schema:
    anchored: Schema = _anchored(schema())
    return anchored


def _anchored(node: Any) -> Any:  # noqa: ANN401 - any JSON
    r"""Return the schema with every `$` that ends a pattern as `\Z`, and without what is for editors alone.

    In Python `$` also matches before a last newline; in Helm's engine it doesn't.
    """
    if isinstance(node, list):
        return [_anchored(item) for item in node]
    if not isinstance(node, dict):
        return node
    anchored: Schema = {}
    for key, inner in node.items():
        if key in _FOR_EDITORS:
            continue
        if key == "pattern":
            anchored[key] = _end(inner)
        elif key == "patternProperties":
            anchored[key] = {_end(pattern): _anchored(item) for pattern, item in inner.items()}
        else:
            anchored[key] = _anchored(inner)
    return anchored


def _end(pattern: str) -> str:
    return pattern.removesuffix("$") + r"\Z"
