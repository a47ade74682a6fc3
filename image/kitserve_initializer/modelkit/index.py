"""Indexes of ModelKits, as kit 1.17 makes them: one entry is chosen by its labels, which stand in `modelMetadata`.

Any other OCI index of ModelKits will do too. What entries say of a platform doesn't matter: models have none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import NotAModelKit
from kitserve_initializer.oci import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.labels import Label
    from kitserve_initializer.oci.digest import Descriptor

MEDIA_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)

# Limits of an error's text about an index: the number of entries, and the characters of each.
_LISTED, _DIGEST, _LABELS = 10, 80, 100
_TAG = "ml.kitops.modelkit.original-tag"

_CHOOSE = (
    "choose one by its labels (--label KEY=VALUE in KIT_UNPACK_FLAGS, or the annotation kitserve.io/label), "
    "or refer to it by its digest"
)
_BY_DIGEST = "none of them has a label to choose by: refer to a ModelKit by its own tag or digest"

IMAGE_SOURCE = "io.kitserve.image.source"
"""The annotation of an index that is the image of a ModelKit, with the digest of the ModelKit's manifest."""
_THE_MODELKIT = "refer to the ModelKit: nodes mount its image for a service with `delivery: imageVolume`, or by oci+native://"


def entries(document: dict[str, Any]) -> list[Any] | None:
    """Return the entries of an index; None if it is none."""
    found = document.get("manifests")
    return found if isinstance(found, list) else None


def refuse_image(document: dict[str, Any]) -> None:
    """Raise NotAModelKit if an index is the image that `kitserve image` made of a ModelKit."""
    told = document.get("annotations")
    source = told.get(IMAGE_SOURCE) if isinstance(told, dict) else None
    if isinstance(source, str):
        raise NotAModelKit(
            f"the reference exists and isn't a ModelKit but the image of one, {source[:_DIGEST]}",
            _THE_MODELKIT,
        )


def choose(found: list[Any], labels: Sequence[Label]) -> Descriptor:
    """Return the one entry that has all these labels; one that stands there twice counts once.

    Raises:
        NotAModelKit: if none or several have them, or the entry is an index itself; it tells the entries' labels.
        InvalidModelKit: if the entry can't be read.
    """
    fitting = [entry for entry in found if _has(entry, labels)]
    distinct = {json.dumps([_field(entry, "digest"), _labels(entry)]): entry for entry in fitting}
    if not found:
        raise NotAModelKit("the reference is an index, and it holds no ModelKit")
    wanted = ", ".join(map(str, labels))
    if not fitting:
        raise NotAModelKit(
            f"no ModelKit in the index has {wanted}; it holds {_listed(found)}", _way_out(found)
        )
    if len(distinct) > 1:
        having = f" have {wanted}" if labels else ""
        raise NotAModelKit(
            f"the reference exists and isn't a ModelKit but an index of {len(found)} manifests"
            f"{f', of which {len(distinct)}' if labels else ''}{having}: {_listed(fitting)}",
            _way_out(fitting),
        )
    entry = manifest.read_entry(fitting[0])
    if entry.media_type in MEDIA_TYPES:
        raise NotAModelKit(f"the index's entry {entry.digest} is an index itself", "refer to that one")
    return entry


def _way_out(found: list[Any]) -> str:
    return _CHOOSE if any(map(_labels, found)) else _BY_DIGEST


def _has(entry: object, labels: Sequence[Label]) -> bool:
    told = _labels(entry)
    return all(told.get(label.key) == label.value for label in labels)


def _labels(entry: object) -> dict[str, str]:
    """Return an entry's labels, as kit shows and compares them: values that aren't texts by their JSON."""
    found = _field(entry, "modelMetadata")
    return {key: _shown(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _field(entry: object, key: str) -> object:
    return entry.get(key) if isinstance(entry, dict) else None


def _listed(found: list[Any]) -> str:
    return ", ".join(map(_told, found[:_LISTED])) + (", ..." if len(found) > _LISTED else "")


def _told(entry: object) -> str:
    """Return an entry's digest, with the tag that it was added by and its labels."""
    annotations = _field(entry, "annotations")
    tag = annotations.get(_TAG) if isinstance(annotations, dict) else None
    labels = ", ".join(f"{key}={value}" for key, value in sorted(_labels(entry).items()))
    told = ": ".join(text for text in (f"tag {tag}" if tag else "", labels) if text)
    return f"{str(_field(entry, 'digest'))[:_DIGEST]} ({told[:_LABELS] or 'no labels'})"
