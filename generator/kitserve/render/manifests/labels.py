"""Labels that every object carries; the chart's twin is _labels.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.version import VERSION

if TYPE_CHECKING:
    from kitserve.render.release import Release
    from kitserve.values.types import Values


def standard(values: Values, release: Release) -> dict[str, str]:
    """Return the recommended labels of Kubernetes, or none if the values turn them off."""
    if not values.standardLabels:
        return {}
    return {
        "app.kubernetes.io/name": values.nameOverride or "kitserve",
        "app.kubernetes.io/instance": release.name,
        "app.kubernetes.io/version": VERSION,
        "app.kubernetes.io/part-of": "kitserve",
        "app.kubernetes.io/managed-by": "kitserve",
    }
