"""The places of a layer's files in the destination.

The layout `kit` is that of `kit unpack`: each path as the Kitfile has it. The layout `model` puts the model's own at
the top, where KServe's servers look for it: of the model and of each part that is a folder its contents, of one that
is a file the file itself. A part that lies in the model's folder, or in another part's, keeps its place in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitserve_initializer.config.options import MODEL
from kitserve_initializer.fs.paths import Parts, split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve_initializer.modelkit.kitfile import Entry
    from kitserve_initializer.modelkit.layers import Layer

_KIND = "model"
"""The Kitfile's word for the model and its parts."""


def place(layers: list[Layer], entries: Iterable[Entry], layout: str) -> list[Layer]:
    """Return the layers, each with the folder or file that goes to the top of the destination.

    Raises:
        UnsafeArchive: if a path in the Kitfile leaves the destination.
    """
    if layout != MODEL:
        return layers
    own = sorted((split(entry.path, marker=True) for entry in entries if entry.kind == _KIND), key=len)
    return [_at_the_top(layer, own) if layer.entry.kind == _KIND else layer for layer in layers]


def _at_the_top(layer: Layer, own: list[Parts]) -> Layer:
    return replace(layer, root=_outermost(split(layer.entry.path, marker=True), own))


def lift(parts: Parts, root: Parts, *, is_file: bool) -> Parts:
    """Return the place of `parts` if the content of `root`, or the file `root` itself, goes to the top.

    Directories above it come to nothing: they are the destination itself. Names stay what they are, so that one which
    is the initializer's own was refused before.
    """
    if not is_file and root[: len(parts)] == parts:
        return ()
    if not root or parts[: len(root)] != root:
        return parts
    return parts[len(root) :] or parts[-1:]


def _outermost(path: Parts, own: list[Parts]) -> Parts:
    return next((other for other in own if path[: len(other)] == other), path)
