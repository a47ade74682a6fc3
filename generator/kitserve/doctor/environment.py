"""What a container's environment says: flags, and the objects that variables come from."""

from __future__ import annotations

import base64
import binascii
import shlex
from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import mapping, maps, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    Data = dict[str, Any]

_CHOOSING = ("--plain-http", "--tls-verify", "--filter", "-f", "--label")
"""Flags of `kit unpack` that say how a registry is asked, and what for."""
_LONE = ("--plain-http", "--tls-verify")
"""Those of them behind which no value must stand."""


def chosen_flags(flags: str) -> tuple[str, ...]:
    """Return those of the initializer's flags that count on another machine too: files and logs are a pod's."""
    try:
        words = shlex.split(flags)
    except ValueError:
        return ()
    found: list[str] = []
    for number, word in enumerate(words):
        name, has_value, _ = word.partition("=")
        if name in _CHOOSING:
            found.append(word)
            if name not in _LONE and not has_value:
                found += words[number + 1 : number + 2]
    return tuple(found)


def decoded(value: str) -> str:
    """Return a value of a Secret; empty for one that is no text."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def references(container: Data) -> Iterator[tuple[str, str, str, str]]:
    """Yield each variable of a container that comes from an object, with the object's kind, its name and the key."""
    for _, each in maps(container, ("env",)):
        for field_, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            reference = mapping(each, ("valueFrom", field_))
            if name := text(reference, ("name",)):
                yield text(each, ("name",)), kind, name, text(reference, ("key",))
