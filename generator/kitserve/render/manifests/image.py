"""An image's reference; the chart's twin is _image.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.render.manifests.mirror import mirrored
from kitserve.values.schema import defaults
from kitserve.version import VERSION

if TYPE_CHECKING:
    from kitserve.values.types import Image, PauseImage, Values


def initializer(values: Values) -> str:
    """Return the reference of the initializer's image; the default tag is our version, the chart's appVersion."""
    image = values.image
    return reference(values, image, "" if image.digest else VERSION)


def reference(values: Values, image: Image | PauseImage, default_tag: str = "") -> str:
    """Return `[registry/]repository[:tag][@digest]`, at the mirror of its registry."""
    registry = values.global_.imageRegistry or image.registry
    tag = image.tag or default_tag
    whole = "".join(
        [
            f"{registry}/" if registry else "",
            image.repository,
            f":{tag}" if tag else "",
            f"@{image.digest}" if image.digest else "",
        ]
    )
    return mirrored(whole, values.imageMirrors)


def default_repository() -> str:
    """Return the image that the values have by default, without tag and digest."""
    image = defaults()["image"]
    return f"{image['registry']}/{image['repository']}"
