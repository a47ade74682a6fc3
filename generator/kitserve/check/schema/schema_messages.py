"""Violations of the schema as problems, each with a hint."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kitserve.check.schema.elsewhere import is_kind
from kitserve.crds.lookup import at
from kitserve.crds.wording import choice_here, kind_of, known_here
from kitserve.forms import form_of, list_like, map_like, shown, unquoted
from kitserve.problems import Code, Path, Problem
from kitserve.values.schema import defaults

UNKNOWN = Code(
    "KS020",
    "error",
    "The values have no such key.",
    why="The schema denies unknown keys. Otherwise Helm would ignore a misspelt key silently.",
    example="image: {tga: v1}\n",
    remedy="Look at the hint and at [values](values.md).",
)
TYPE = Code(
    "KS021",
    "error",
    "A value doesn't have the type that the schema requires.",
    why="Templates would print something else than the text in the file: the tag 1.10 is the number 1.1.",
    example="image: {tag: 1.10}\n",
    remedy="Quote text that looks like a number or a boolean.",
)
CHOICE = Code(
    "KS022",
    "error",
    "A value isn't one of those allowed.",
    why="Kubernetes or kitserve knows only the listed words, in exactly this spelling of upper and "
    "lower case.",
    example="image: {pullPolicy: always}\n",
    remedy="Write one of the words in the message.",
)
FORM = Code(
    "KS023",
    "error",
    "A text, list or map doesn't have the required form.",
    why="The value becomes a name, a label or a URI, for which Kubernetes, KServe or the OCI "
    "specification has rules.",
    example="inferenceServices:\n  Iris:\n    modelFormat: {name: sklearn}\n    storageUri: kit://registry.example.com/iris:v1\n",
    remedy="Write it in the form that the message names.",
)
MISSING = Code(
    "KS024",
    "error",
    "A required key is missing.",
    why="A cluster would refuse the object that is made from the entry.",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n"
    "    storageUris: [{mountPath: /mnt/models}]\n",
    remedy="Write the key.",
)

CODES = (UNKNOWN, TYPE, CHOICE, FORM, MISSING)

_FOREIGN = "kitserve makes no such objects: write yours into extraObjects"
QUOTED = "quote it"
"""The hint at a text without quotes in a file."""
_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a map",
    "array": "a list",
}


@dataclass(frozen=True)
class Violation:
    """What a validator found: the keyword that fails, its argument, the value, and the schema around it."""

    keyword: str
    wanted: Any
    value: Any
    schema: dict[str, Any]
    path: Path


def problems(violation: Violation) -> Iterator[Problem]:
    """Yield a violation's problems: one for each of several unknown keys in one map.

    A sentence never repeats a value, which may be a password without its quotes.
    """
    return _MESSAGES.get(violation.keyword, _other)(violation)


def _unknown_keys(violation: Violation) -> Iterator[Problem]:
    words = sorted(violation.schema.get("properties", {}))
    patterns = violation.schema.get("patternProperties", {})
    strange = [
        key
        for key in sorted(violation.value)
        if key not in words and not any(re.search(pattern, key) for pattern in patterns)
    ]
    if patterns and (inside := [key for key in strange if key in _entry_keys(violation.schema)]):
        yield _outdented(violation, inside)
        strange = [key for key in strange if key not in inside]
    held = _held(violation, words) if strange else []
    free = [word for word in words if word not in held]
    for key in strange:
        yield _bad_name(violation, key) if patterns else _unknown_key(violation, key, free, held)


def _entry_keys(schema: dict[str, Any]) -> set[str]:
    """Return the keys of what stands below a name."""
    (entry,) = schema["patternProperties"].values()
    return set(entry.get("properties", {}))


def _outdented(violation: Violation, keys: list[str]) -> Problem:
    """Return the problem of an entry whose name is left out, so that its keys stand where names do."""
    hint = f"write a name above {' and '.join(keys)}, such as `iris:`, and indent them"
    return FORM.problem("this is a key of an entry, and no name", path=(*violation.path, keys[0]), hint=hint)


def _unknown_key(violation: Violation, key: str, free: list[str], held: list[str]) -> Problem:
    path = (*violation.path, key)
    hint = _FOREIGN if is_kind(path) else known_here(key, free, held)
    return UNKNOWN.problem("unknown key", path=path, hint=hint)


def _held(violation: Violation, words: list[str]) -> list[str]:
    """Return the keys that have a value of the user's: the chart's defaults are merged into all values."""
    chart, value = at(defaults(), violation.path), violation.value
    own = chart if isinstance(chart, dict) else {}
    return [word for word in words if word in value and not (word in own and own[word] == value[word])]


def _bad_name(violation: Violation, key: str) -> Problem:
    (pattern,) = violation.schema["patternProperties"]
    hint = form_of(key, _written(pattern))
    return FORM.problem("this can't be a name here", path=(*violation.path, key), hint=hint)


def _wrong_type(violation: Violation) -> Iterator[Problem]:
    message = f"expected {_TYPES[violation.wanted]}, got {_kind(violation)}"
    yield TYPE.problem(message, path=violation.path, hint=_right_type(violation))


def _right_type(violation: Violation) -> str:
    """Return how a value of the right type is written."""
    value, path = violation.value, violation.path
    if violation.wanted == "string":
        return QUOTED if isinstance(value, bool | int | float) else ""
    if violation.wanted == "object":
        if value is None and path[:-1] == ("inferenceServices",):
            return shown("inferenceServices")
        return map_like(path, value, sorted(violation.schema.get("properties", {})))
    if violation.wanted == "array":
        return list_like(path)
    return unquoted(value, violation.wanted) if isinstance(value, str) else ""


def _not_allowed(violation: Violation) -> Iterator[Problem]:
    allowed = [choice for choice in violation.wanted if choice]
    message = f"expected one of {', '.join(allowed)}, or nothing"
    yield CHOICE.problem(message, path=violation.path, hint=choice_here(violation.value, allowed))


def _wrong_form(violation: Violation) -> Iterator[Problem]:
    hint = form_of(violation.value, _written(violation.wanted))
    yield FORM.problem("doesn't have the form that is needed here", path=violation.path, hint=hint)


def _written(pattern: str) -> str:
    """Return the pattern as in the schema, before check/schema/value_schema.py adapts it to Python."""
    return pattern.removesuffix(r"\Z") + "$"


def _too_long(violation: Violation) -> Iterator[Problem]:
    yield FORM.problem(
        f"is {len(violation.value)} characters long, at most {violation.wanted} are allowed",
        path=violation.path,
    )


def _out_of_range(violation: Violation) -> Iterator[Problem]:
    bounds = f"{violation.schema.get('minimum')} to {violation.schema.get('maximum')}"
    yield FORM.problem(f"must be a number from {bounds}", path=violation.path)


def _repeated(violation: Violation) -> Iterator[Problem]:
    yield FORM.problem("has one item twice", path=violation.path, hint="keep one of them")


def _missing(violation: Violation) -> Iterator[Problem]:
    for key in violation.wanted:
        if key not in violation.value:
            yield MISSING.problem("needed here", path=(*violation.path, key), hint=shown(key))


def _other(violation: Violation) -> Iterator[Problem]:
    yield FORM.problem(f"doesn't satisfy the schema's {violation.keyword}", path=violation.path)


def _kind(violation: Violation) -> str:
    if violation.wanted == "integer" and isinstance(violation.value, float):
        return "one with a fraction"
    return kind_of(violation.value)


_MESSAGES: dict[str, Callable[[Violation], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "type": _wrong_type,
    "enum": _not_allowed,
    "pattern": _wrong_form,
    "maxLength": _too_long,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "uniqueItems": _repeated,
    "required": _missing,
}
