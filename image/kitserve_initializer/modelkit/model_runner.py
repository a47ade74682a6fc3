"""Models of Docker Model Runner (`docker model package`, github.com/docker/model-runner), read as a ModelKit.

Each layer is a file, or a plain archive. Newer ones name it by ModelPack's annotations. Of older ones the type decides,
and the names are those that Docker's own runner gives them (pkg/distribution/internal/bundle/unpack.go).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.modelkit import file_annotations
from kitserve_initializer.modelkit.kitfile import Entry, Kitfile
from kitserve_initializer.modelkit.kitfile_yaml.emitter import Ordered
from kitserve_initializer.oci.media_types import RAW, TAR, LayerType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.manifest import Manifest

CONFIG_TYPE = re.compile(r"application/vnd\.docker\.ai\.model\.config\.v[0-9]+\.[0-9]+\+json")

_PREFIX = "application/vnd.docker.ai."


class _Kind(NamedTuple):
    """The kind of a layer, its form, and the two halves of the name that it gets if it has none."""

    kind: str
    form: str = RAW
    stem: str = "model"
    suffix: str = ""


_KINDS = {
    "gguf.v3": _Kind("model", suffix=".gguf"),
    "safetensors": _Kind("model", suffix=".safetensors"),
    "dduf": _Kind("model", suffix=".dduf"),
    "mmproj": _Kind("modelpart", suffix=".mmproj"),
    "chat.template.jinja": _Kind("modelpart", stem="template", suffix=".jinja"),
    "model.file": _Kind("modelpart", stem="file"),
    "vllm.config.tar": _Kind("modelpart", TAR),
    "dir.tar": _Kind("modelpart", TAR),
    "license": _Kind("docs", stem="LICENSE"),
}


def layer_type(layer: Descriptor) -> LayerType | None:
    """Return a layer's type; None if it isn't Docker's."""
    found = _kind(layer)
    return LayerType(found.kind, found.form, "") if found else None


def kitfile(found: Manifest) -> Kitfile:
    """Derive entries from the layers; the first weights are the model, all others that aren't licences are parts.

    Raises:
        InvalidModelKit: if a layer is of an unknown type.
    """
    return Kitfile(Ordered(), tuple(_entries(found)))


def _kind(layer: Descriptor) -> _Kind | None:
    return (
        _KINDS.get(layer.media_type.removeprefix(_PREFIX)) if layer.media_type.startswith(_PREFIX) else None
    )


def _entries(found: Manifest) -> Iterator[Entry]:
    of_a_type = Counter(layer.media_type for layer in found.layers)
    before: Counter[str] = Counter()
    for layer in found.layers:
        kind = _kind(layer)
        if not kind:
            raise InvalidModelKit(f"the layer {layer.digest} is of the unknown type {layer.media_type!r}")
        word = "modelpart" if kind.kind == "model" and before["model"] else kind.kind
        before.update((layer.media_type, word))
        path = file_annotations.path(layer) or _name(
            kind, before[layer.media_type], of_a_type[layer.media_type]
        )
        yield Entry("docs" if word == "docs" else "model", word, layer.digest, path, layer.digest)


def _name(kind: _Kind, number: int, of: int) -> str:
    """Return the name of a file without one; an archive has its own names in it."""
    if kind.form != RAW:
        return ""
    return f"{kind.stem}{f'-{number:05}-of-{of:05}' if of > 1 else ''}{kind.suffix}"
