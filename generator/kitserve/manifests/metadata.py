"""An object's metadata."""

from collections.abc import Mapping
from typing import Any


def metadata(
    name: str,
    namespace: str = "",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`metadata` of an object; what is empty is left out."""
    return {"name": name} | present(
        {"namespace": namespace, "labels": dict(labels or {}), "annotations": dict(annotations or {})}
    )


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` less those that are an empty string, list or map: empty means unset. 0 and false are values."""
    return {name: value for name, value in fields.items() if value not in ("", [], {})}
