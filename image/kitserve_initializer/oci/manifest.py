"""An OCI image manifest (image-spec, manifest.md) as ModelKits use it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.oci.digest import Descriptor
from kitserve_initializer.oci.reference import is_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE_LIMIT = 1 << 60
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Manifest:
    """The content of a manifest; `artifact_type` is empty for kit before 1.10."""

    artifact_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = field(default_factory=dict, compare=False)


def parse(body: bytes) -> dict[str, Any]:
    """Decode a manifest, an index or a config, as KitOps does: the last of repeated keys wins.

    Raises:
        InvalidModelKit: if it isn't a JSON object, or an index and a manifest in one, which clients read differently.
    """
    try:
        document = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
        if _SURROGATE.search(body):
            document = _without_halves(document)
    except (ValueError, RecursionError) as error:
        raise InvalidModelKit("the manifest or config isn't JSON") from error
    if not isinstance(document, dict):
        raise InvalidModelKit("the manifest or config isn't a JSON object")
    if "manifests" in document and {"config", "layers"} & document.keys():
        raise InvalidModelKit("the manifest is an index and a manifest in one")
    return document


def read(document: dict[str, Any]) -> Manifest:
    """Read a decoded manifest.

    Raises:
        InvalidModelKit: naming the field that is wrong.
    """
    layers = document.get("layers") or []
    if not isinstance(layers, list):
        raise InvalidModelKit("the manifest's layers aren't a list")
    artifact_type = document.get("artifactType", "")
    return Manifest(
        artifact_type if isinstance(artifact_type, str) else "",
        _descriptor(document.get("config"), "config"),
        tuple(_descriptor(layer, f"layers[{index}]") for index, layer in enumerate(layers)),
        _annotations(document, "annotations"),
    )


def read_entry(document: object) -> Descriptor:
    """Read the one manifest of an index.

    Raises:
        InvalidModelKit: naming the field that is wrong.
    """
    return _descriptor(document, "manifests[0]")


def _descriptor(document: object, place: str) -> Descriptor:
    fields = document if isinstance(document, dict) else {}
    media_type, digest, size = (fields.get(key) for key in ("mediaType", "digest", "size"))
    if not isinstance(media_type, str):
        raise InvalidModelKit(f"the manifest's {place} has no mediaType")
    if not isinstance(digest, str) or not is_digest(digest):
        raise InvalidModelKit(f"the manifest's {place} has no digest that can be checked")
    if type(size) is not int or not 0 <= size < _SIZE_LIMIT:
        raise InvalidModelKit(f"the manifest's {place} has no size")
    return Descriptor(media_type, digest, size, _annotations(fields, f"{place}.annotations"))


def _annotations(fields: dict[str, Any], place: str) -> dict[str, str]:
    found = fields.get("annotations") or {}
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InvalidModelKit(f"the manifest's {place} aren't texts by name")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def _without_halves(document: object) -> object:
    """Replace halves of surrogate pairs, which UTF-8 can't hold, as Go's decoder does."""
    text = json.dumps(document, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
