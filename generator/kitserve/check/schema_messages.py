"""A schema's verdicts in sentences, each with what to do about it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kitserve.problems import Code, Path, Problem, nearest

UNKNOWN = Code(
    "KS020",
    "error",
    "A key that the values don't have.",
    why="The schema denies keys that it doesn't have, so that a misspelt one isn't ignored.",
    example="image: {tga: v1}\n",
    mend="Look at the hint and at [values](values.md).",
)
TYPE = Code(
    "KS021",
    "error",
    "A value of another type than the schema wants.",
    why="Templates would print something else than what is meant: the tag 1.10 is the number 1.1.",
    example="image: {tag: 1.10}\n",
    mend="Quote text that looks like a number or a boolean.",
)
CHOICE = Code(
    "KS022",
    "error",
    "A value that is none of those allowed.",
    why="Kubernetes or kitserve knows the listed words only, and capitals count.",
    example="image: {pullPolicy: always}\n",
    mend="Write one of those listed.",
)
FORM = Code(
    "KS023",
    "error",
    "A text, list or map that isn't of the form that is needed.",
    why="The value ends up in a name, a label or a URI, for which Kubernetes, KServe or the OCI specification "
    "has rules.",
    example="inferenceServices:\n  Iris:\n    modelFormat: {name: sklearn}\n    storageUri: kit://registry.example.com/iris:v1\n",
    mend="Write it in the form that the message says.",
)
MISSING = Code(
    "KS024",
    "error",
    "A key that is needed is missing.",
    why="Without it the object that is made of the entry would be refused.",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n"
    "    storageUris: [{mountPath: /mnt/models}]\n",
    mend="Write the key.",
)

CODES = (UNKNOWN, TYPE, CHOICE, FORM, MISSING)

_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a map",
    "array": "a list",
}


@dataclass(frozen=True)
class Verdict:
    """What a validator found: the keyword that fails, what it wants, on which value, and the schema around it."""

    keyword: str
    wanted: Any
    value: Any
    schema: dict[str, Any]
    path: Path


def problems(verdict: Verdict) -> Iterator[Problem]:
    """A verdict as problems: of several unknown keys in one map each is its own.

    A sentence never repeats a value: it may be a password that lacks its quotes.
    """
    return _SENTENCES.get(verdict.keyword, _other)(verdict)


def _unknown_keys(verdict: Verdict) -> Iterator[Problem]:
    known = sorted(verdict.schema.get("properties", {}))
    patterns = verdict.schema.get("patternProperties", {})
    for key in sorted(verdict.value):
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        yield _bad_name(verdict, key) if patterns else _unknown_key(verdict, key, known)


def _unknown_key(verdict: Verdict, key: str, known: list[str]) -> Problem:
    close = nearest(key, known)
    hint = f"did you mean {close}?" if close else f"known here: {', '.join(known)}"
    return UNKNOWN.problem("unknown key", path=(*verdict.path, key), hint=hint)


def _bad_name(verdict: Verdict, key: str) -> Problem:
    (pattern,) = verdict.schema["patternProperties"]
    return FORM.problem(
        "this can't be a name here",
        path=(*verdict.path, key),
        hint="up to 53 lower-case letters, digits and `-`, beginning with a letter"
        if verdict.path == ("inferenceServices",)
        else f"must match {_shown(pattern)}",
    )


def _wrong_type(verdict: Verdict) -> Iterator[Problem]:
    scalar = isinstance(verdict.value, bool | int | float)
    hint = "quote it; on the command line, use --set-string" if verdict.wanted == "string" and scalar else ""
    yield TYPE.problem(
        f"expected {_TYPES[verdict.wanted]}, got {_kind(verdict.value)}", path=verdict.path, hint=hint
    )


def _not_allowed(verdict: Verdict) -> Iterator[Problem]:
    allowed = [choice for choice in verdict.wanted if choice]
    close = nearest(str(verdict.value), allowed, cutoff=0.5)
    hint = f"did you mean {close}?" if close else ""
    yield CHOICE.problem(f"expected one of {', '.join(allowed)}, or nothing", path=verdict.path, hint=hint)


def _wrong_form(verdict: Verdict) -> Iterator[Problem]:
    yield FORM.problem(f"must match {_shown(verdict.wanted)}", path=verdict.path)


def _shown(pattern: str) -> str:
    """As the schema has it, of which `check.py` makes what Python understands alike."""
    return pattern.removesuffix(r"\Z") + "$"


def _too_long(verdict: Verdict) -> Iterator[Problem]:
    yield FORM.problem(
        f"is {len(verdict.value)} characters long, at most {verdict.wanted} are allowed", path=verdict.path
    )


def _out_of_range(verdict: Verdict) -> Iterator[Problem]:
    bounds = f"{verdict.schema.get('minimum')} to {verdict.schema.get('maximum')}"
    yield FORM.problem(f"must be a number from {bounds}", path=verdict.path)


def _repeated(verdict: Verdict) -> Iterator[Problem]:
    yield FORM.problem("has one item twice", path=verdict.path, hint="keep one of them")


def _missing(verdict: Verdict) -> Iterator[Problem]:
    for key in verdict.wanted:
        if key not in verdict.value:
            yield MISSING.problem("needed here", path=(*verdict.path, key))


def _other(verdict: Verdict) -> Iterator[Problem]:
    yield FORM.problem(f"doesn't satisfy the schema's {verdict.keyword}", path=verdict.path)


def _kind(value: object) -> str:
    kinds = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")


_SENTENCES: dict[str, Callable[[Verdict], Iterator[Problem]]] = {
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
