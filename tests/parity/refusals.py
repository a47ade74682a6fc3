"""How helm names what kitserve names."""

import json
from collections.abc import Iterable
from pathlib import Path as File
from typing import Any

from kitserve.problems import Path, Problem

from tests.parity.renderers import Helm
from tests.rendering import checked

_SHORT = dict(zip("\a\b\f\n\r\t\v", "abfnrtv", strict=True))


def compared(values: dict[str, Any], helms: list[Helm], folder: File) -> int:
    """How many problems values have, of which every helm tells each."""
    case = folder / "values.json"
    case.write_text(json.dumps(values))
    problems = checked(values).problems
    for theirs in (helm.render([case]) for helm in helms):
        assert theirs.manifests is None
        assert_told(problems, theirs.complaint)
    return len(problems)


def assert_told(problems: Iterable[Problem], complaint: str) -> None:
    for problem in problems:
        places = places_in_helm(problem.path, problem.message)
        assert any(place in complaint for place in places), (problem, complaint)


def places_in_helm(path: Path, sentence: str) -> list[str]:
    """What of helm's complaint shows that it refuses the same: one of these is in it.

    A rule's sentence stands there as it is. Of a schema's verdict it is the place, as a JSON pointer, or the map of a
    key that is too much or missing.
    """
    dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
    *above, last = path
    return [
        f"{dotted}: {sentence}",
        f"at '{_pointer(path)}':",
        f"at '{_pointer(tuple(above))}': additional properties {_quoted(last)} not allowed",
        f"at '{_pointer(tuple(above))}': missing property {_quoted(last)}",
    ]


def _pointer(path: Path) -> str:
    return _escaped("".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path))


def _quoted(key: str | int) -> str:
    return f"'{_escaped(str(key))}'"


def _escaped(text: str) -> str:
    """As strconv.Quote of Go escapes it, for single quotes."""
    return "".join(map(_escape, text.replace("\\", "\\\\"))).replace("'", "\\'")


def _escape(character: str) -> str:
    code = ord(character)
    if short := _SHORT.get(character):
        return f"\\{short}"
    if character.isprintable():
        return character
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
