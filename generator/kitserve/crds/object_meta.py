"""An object's metadata, checked as the API server does."""

import re
from collections.abc import Iterator
from typing import Any

from kitserve.crds.codes import BOUND, FORM, MISSING, TYPE, UNKNOWN
from kitserve.crds.node import Node
from kitserve.crds.wording import kind_of, known_here
from kitserve.forms import placeholder, shown
from kitserve.problems import Path, Problem

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
METADATA = Node(
    "object",
    {
        **{name: Node("string") for name in _METADATA},
        **{name: Node("object", extra=Node("string")) for name in ("labels", "annotations")},
    },
)
"""The structure of metadata, as far as a misplaced field needs it."""
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")
_KEY_HINT = "up to 63 letters, digits, `-`, `_` and `.`, behind a domain and a slash if need be"
_ANNOTATIONS_LIMIT = 256 * 1024
"""Bytes of keys and values (k8s.io/apimachinery, TotalAnnotationSizeLimitB)."""


def check_metadata(metadata: object) -> Iterator[Problem]:
    """Yield the problems of any object's names, labels and annotations."""
    if not isinstance(metadata, dict):
        yield MISSING.problem(
            "an object needs metadata with a name", path=("metadata",), hint=shown("metadata")
        )
        return
    for key in metadata:
        if key not in _METADATA:
            yield UNKNOWN.problem(
                "unknown field",
                path=("metadata", key),
                hint=known_here(key, sorted(_METADATA - metadata.keys())),
            )
    if not metadata.get("name") and not metadata.get("generateName"):
        yield MISSING.problem("needed here", path=("metadata", "name"), hint="such as `name: iris`")
    yield from _names(metadata)
    for field, what in (("labels", "a label"), ("annotations", "an annotation")):
        words = metadata.get(field)
        if isinstance(words, dict):
            yield from _words(words, field, what)
        elif words is not None:
            yield TYPE.problem(
                f"expected a map, got {kind_of(words)}", path=("metadata", field), hint=shown(field)
            )


def _words(words: dict[str, Any], field: str, what: str) -> Iterator[Problem]:
    path: Path = ("metadata", field)
    for key, word in words.items():
        # In annotations the API server also accepts capitals before the slash.
        if not _is_key(key.lower() if field == "annotations" else key):
            yield FORM.problem(f"this can't be {what}'s key", path=(*path, key), hint=_KEY_HINT)
        if isinstance(word, str):
            if field == "labels" and not (len(word) <= 63 and _LABEL.match(word)):
                hint = "up to 63 letters, digits, `-`, `_` and `.`"
                yield FORM.problem(
                    "this can't be a label's value", path=(*path, key), hint=placeholder(word) or hint
                )
        elif word is not None:
            message = f"expected text, got {kind_of(word)}"
            yield TYPE.problem(message, path=(*path, key), hint="write it in quotes")
    size = sum(len(f"{key}{word}".encode()) for key, word in words.items())
    if field == "annotations" and size > _ANNOTATIONS_LIMIT:
        yield BOUND.problem("all annotations together hold at most 256 KiB", path=path)


def is_subdomain(name: str) -> bool:
    """Return whether a text can be an object's name: a subdomain after RFC 1123."""
    return len(name) <= 253 and _SUBDOMAIN.match(name) is not None


def is_dns_label(name: str) -> bool:
    """Return whether a text can be a namespace's name: a label after RFC 1123."""
    return len(name) <= 63 and _DNS_LABEL.match(name) is not None


def _is_key(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    if slash and not is_subdomain(prefix):
        return False
    return bool(name) and len(name) <= 63 and bool(_LABEL.match(name))


def _names(metadata: dict[str, Any]) -> Iterator[Problem]:
    for field in ("name", "generateName", "namespace"):
        if metadata.get(field) is not None and not isinstance(metadata[field], str):
            message = f"expected text, got {kind_of(metadata[field])}"
            yield TYPE.problem(message, path=("metadata", field), hint="write it in quotes")
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if isinstance(name, str) and name and not is_subdomain(name):
        hint = "up to 253 lower-case letters, digits, `-` and `.`"
        yield FORM.problem("this can't be a name", path=("metadata", "name"), hint=placeholder(name) or hint)
    if isinstance(namespace, str) and namespace and not is_dns_label(namespace):
        hint = "up to 63 lower-case letters, digits and `-`"
        yield FORM.problem(
            "this can't be a namespace", path=("metadata", "namespace"), hint=placeholder(namespace) or hint
        )
