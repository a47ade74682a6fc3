"""An image's reference; the chart's twin is _image.tpl."""

from kitserve.values import Image
from kitserve.version import VERSION


def reference(image: Image) -> str:
    """`[registry/]repository[:tag][@digest]`; without tag and digest the tag is our version, the chart's appVersion."""
    tag = image.tag or ("" if image.digest else VERSION)
    return "".join(
        [
            f"{image.registry}/" if image.registry else "",
            image.repository,
            f":{tag}" if tag else "",
            f"@{image.digest}" if image.digest else "",
        ]
    )
