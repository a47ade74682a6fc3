"""Kubernetes' own kinds that accompany KServe's, after the types of k8s.io/api/core/v1 (v0.34)."""

from kitserve.crds.node import Node

_TEXT = Node("string", nullable=True)
_FLAG = Node("boolean", nullable=True)
_TEXTS = Node("object", extra=_TEXT, nullable=True)


def _texts(*names: str) -> Node:
    """Return a map with some fields, all of them text."""
    return Node("object", dict.fromkeys(names, _TEXT), nullable=True)


def _list(items: Node) -> Node:
    return Node("array", items=items, nullable=True)


_SECRET = Node("object", {"data": _TEXTS, "stringData": _TEXTS, "type": _TEXT, "immutable": _FLAG})
_REFERENCE = _texts("apiVersion", "fieldPath", "kind", "name", "namespace", "resourceVersion", "uid")
_SERVICE_ACCOUNT = Node(
    "object",
    {
        "secrets": _list(_REFERENCE),
        "imagePullSecrets": _list(_texts("name")),
        "automountServiceAccountToken": _FLAG,
    },
)
KINDS = {"v1/Secret": _SECRET, "v1/ServiceAccount": _SERVICE_ACCOUNT}
