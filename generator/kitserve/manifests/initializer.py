"""The initializer's environment; the chart's twin is _environment.tpl."""

from typing import Any

from kitserve.values import Credentials, Values

Variables = list[dict[str, Any]]


def environment(values: Values) -> Variables:
    """`env` of the container, in the order of KitOps' guide: flags, credentials, then our own."""
    flags: Variables = [{"name": "KIT_UNPACK_FLAGS", "value": values.unpackFlags}]
    engine: Variables = [{"name": "KITSERVE_ENGINE", "value": values.engine}] if values.engine else []
    return flags + _credentials(values.credentials) + engine


def _credentials(credentials: Credentials) -> Variables:
    """Optional references: a namespace without the Secret pulls anonymously, instead of pods that never start."""
    if not credentials.secretName:
        return []
    keys = {"KIT_USER": credentials.usernameKey, "KIT_PASSWORD": credentials.passwordKey}
    return [
        {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": credentials.secretName, "key": key, "optional": True}},
        }
        for name, key in keys.items()
    ]
