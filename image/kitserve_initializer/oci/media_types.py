"""Media types of layers: KitOps' own and those of CNCF's ModelPack (model-spec, docs/spec.md, "layers")."""

from __future__ import annotations

import re
from typing import NamedTuple

RAW = "raw"
"""The form of a layer that is one file's bytes."""
TAR = "tar"
"""The form of a layer that is an archive with paths in it."""

_KITOPS = re.compile(
    r"application/vnd\.kitops\.modelkit\.(?P<kind>[a-z]+)\.v1\.(?P<form>tar|raw)(?:\+(?P<compression>gzip|zstd))?"
)
# Until 0.0.6 of the specification it was cnai. Docker's tools wrote a weight's format for "raw" (docker/model-runner).
_MODELPACK = re.compile(
    r"application/vnd\.(?:cncf|cnai)\.model\.(?P<kind>weight|weight\.config|dataset|code|doc)\.v1\."
    r"(?P<form>raw|(?<=weight\.v1\.)(?:gguf|safetensors)|tar(?:\+(?P<compression>gzip|zstd))?)"
)
_KINDS = {"weight": "model", "weight.config": "modelpart", "doc": "docs"}
"""ModelPack's words for types that have other names in KitOps."""


class LayerType(NamedTuple):
    """A layer's type in KitOps' words, and its form; `compression` is gzip, zstd or empty."""

    kind: str
    form: str
    compression: str


def parse(media_type: str) -> LayerType | None:
    """Parse a layer's media type; None if it isn't a model's."""
    match = _KITOPS.fullmatch(media_type) or _MODELPACK.fullmatch(media_type)
    if not match:
        return None
    kind, form, compression = match.group("kind", "form", "compression")
    return LayerType(_KINDS.get(kind, kind), TAR if form.startswith(TAR) else RAW, compression or "")
