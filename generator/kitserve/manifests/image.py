"""An image's reference; the chart's twin is _image.tpl."""

from kitserve.values import Values
from kitserve.version import VERSION


def reference(values: Values) -> str:
    """`[registry/]repository[:tag][@digest]`; without tag and digest the tag is our version, the chart's appVersion."""
    image = values.image
    registry = values.shared.imageRegistry or image.registry
    tag = image.tag or ("" if image.digest else VERSION)
    return "".join(
        [
            f"{registry}/" if registry else "",
            image.repository,
            f":{tag}" if tag else "",
            f"@{image.digest}" if image.digest else "",
        ]
    )
