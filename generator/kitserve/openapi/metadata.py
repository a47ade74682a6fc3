"""An object's metadata, as the API server judges it."""

import re
from collections.abc import Iterator
from typing import Any

from kitserve.openapi.codes import FORM, MISSING, TYPE, UNKNOWN
from kitserve.openapi.words import kind_of, known_here
from kitserve.problems import Problem

_METADATA = frozenset(
    {
        *(
            "annotations",
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "finalizers",
        ),
        *("generateName", "generation", "labels", "managedFields", "name", "namespace", "ownerReferences"),
        *("resourceVersion", "selfLink", "uid"),
    }
)
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")
Found = Iterator[Problem]


def check_metadata(metadata: object) -> Found:
    """What is wrong with the names, labels and annotations of any object."""
    if not isinstance(metadata, dict):
        yield MISSING.problem("an object needs metadata with a name", path=("metadata",))
        return
    for key in metadata:
        if key not in _METADATA:
            yield UNKNOWN.problem(
                "unknown field", path=("metadata", key), hint=known_here(key, sorted(_METADATA))
            )
    if not metadata.get("name") and not metadata.get("generateName"):
        yield MISSING.problem("needed here", path=("metadata", "name"))
    yield from _names(metadata)
    for field in ("labels", "annotations"):
        words = metadata.get(field)
        if words is not None and not isinstance(words, dict):
            yield TYPE.problem(f"expected a map, got {kind_of(words)}", path=("metadata", field))
        for key, word in words.items() if isinstance(words, dict) else ():
            if not isinstance(word, str) and word is not None:
                path = ("metadata", field, key)
                yield TYPE.problem(
                    f"expected text, got {kind_of(word)}", path=path, hint="write it in quotes"
                )


def _names(metadata: dict[str, Any]) -> Found:
    name = metadata.get("name")
    if isinstance(name, str) and name and not (len(name) <= 253 and _SUBDOMAIN.match(name)):
        hint = "up to 253 lower-case letters, digits, `-` and `.`"
        yield FORM.problem("this can't be a name", path=("metadata", "name"), hint=hint)
    for key, word in metadata["labels"].items() if isinstance(metadata.get("labels"), dict) else ():
        if isinstance(word, str) and not (len(word) <= 63 and _LABEL.match(word)):
            hint = "up to 63 letters, digits, `-`, `_` and `.`"
            yield FORM.problem("this can't be a label's value", path=("metadata", "labels", key), hint=hint)
