"""An object's metadata, and functions that several kinds use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.labels import standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitserve.render.release import Release
    from kitserve.values.types import Named, Values

PLACEMENT = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName")
"""Values of a service that are fields of its pods."""


def metadata(  # noqa: PLR0913, PLR0917 - the parts of metadata
    values: Values,
    release: Release,
    name: str,
    namespace: str = "",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return an object's `metadata`: its own labels and annotations over those of all objects, without empty fields."""
    return {"name": name} | present(
        {
            "namespace": namespace,
            "labels": standard(values, release) | values.commonLabels | dict(labels or {}),
            "annotations": values.commonAnnotations | dict(annotations or {}),
        }
    )


def named(key: str, service: Mapping[str, Any]) -> str:
    """Return the name of a service's object: its key, unless it has another name."""
    return service.get("name") or key


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return `fields` without empty strings, lists and maps: empty means unset. 0 and false are values."""
    return {name: value for name, value in fields.items() if value not in ("", [], {})}


def names(references: Iterable[Named]) -> list[dict[str, str]]:
    """Return references to objects, as in Kubernetes."""
    return [{"name": reference.name} for reference in references]
