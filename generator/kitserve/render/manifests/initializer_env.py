"""The initializer's environment; the chart's twin is _environment.tpl."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import present
from kitserve.render.manifests.policy import policy
from kitserve.values.variables import variables
from kitserve.values.view import given

if TYPE_CHECKING:
    from kitserve.values.types import Values
    from kitserve.values.variables import Variable

Variables = list[dict[str, Any]]

DOMAIN = "kitserve.io"
_ALWAYS = "KIT_UNPACK_FLAGS"
"""KitOps' guide shows it without flags too."""
_POLICY = "KITSERVE_VERIFICATION"


def environment(values: Values) -> Variables:
    """Return `env` of the container: the variables of values, then those of `extraEnv`."""
    return own(values) + [present(given(variable)) for variable in values.extraEnv]


def own(values: Values) -> Variables:
    """Return the variables that values set, each only if its value is set."""
    found = ((each, _given(values, each)) for each in variables() if each.kind != "annotation")
    return [_rendered(each, value, values) for each, value in found if value or each.name == _ALWAYS]


def service_annotations_env(values: Values) -> Variables:
    """Return the variables of a service's annotations, by the downward API; an absent annotation gives an empty one."""
    return [
        {
            "name": each.name,
            "valueFrom": {"fieldRef": {"fieldPath": f"metadata.annotations['{DOMAIN}/{each.key}']"}},
        }
        for each in variables()
        if each.kind == "annotation" and each.key in _value(values, each.value)
    ]


def _rendered(variable: Variable, value: Any, values: Values) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return a variable; a reference is optional, so pods also start in a namespace without the object."""
    if not variable.kind:
        return {"name": variable.name, "value": _text(value)}
    key = variable.key or _value(values, (*variable.value[:-1], variable.key_value))
    reference = {"name": value, "key": key, "optional": True}
    return {"name": variable.name, "valueFrom": {variable.kind: reference}}


def _given(values: Values, variable: Variable) -> Any:  # noqa: ANN401 - any JSON
    """Return what a variable's value holds; of the only section among them, its text."""
    return policy(values.verification) if variable.name == _POLICY else _value(values, variable.value)


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return ",".join(value)
    return "true" if value is True else str(value)


def _value(values: Values, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    return reduce(getattr, path, values)
