"""How Helm merges values (Helm 3.22 and 4.3; pkg/cli/values and the coalescing of pkg/chartutil).

Lists and scalars replace, maps merge. No function changes its arguments.
"""

from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]


def merge_files(base: Mapping[str, Any], over: Mapping[str, Any]) -> Values:
    """Merge two values files, the later `over` the earlier: a null replaces like any other scalar."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = (
            merge_files(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged


def merge_defaults(defaults: Mapping[str, Any], user: Mapping[str, Any]) -> Values:
    """Merge the user's values over the chart's defaults, as templates and the schema see them.

    A null of the user removes the default of its key, at every depth; without a default the null stays.
    The user's values win over any type: a map over a scalar, a scalar over a map.
    """
    merged = dict(user)
    for key, default in defaults.items():
        if key not in merged:
            merged[key] = default
        elif merged[key] is None:
            del merged[key]
        elif isinstance(merged[key], dict) and isinstance(default, dict):
            merged[key] = merge_defaults(default, merged[key])
    return merged
