"""Structures of Kubernetes' own kinds that accompany KServe's, in the same form as those of the CRDs.

They follow the types of k8s.io/api/core/v1 (v0.34); `codegen/crds.py` explains a node's keys.
"""

from kitserve.crds.structures import Node

NODES: list[Node] = [
    {"t": "string", "n": True},
    {"t": "boolean", "n": True},
    {"t": "object", "a": 0, "n": True},
    {"t": "object", "p": {"data": 2, "stringData": 2, "type": 0, "immutable": 1}},
    {"t": "object", "p": dict.fromkeys(("apiVersion", "fieldPath", "kind", "name"), 0), "n": True},
    {"t": "object", "p": {"name": 0}, "n": True},
    {"t": "array", "i": 4, "n": True},
    {"t": "array", "i": 5, "n": True},
    {"t": "object", "p": {"secrets": 6, "imagePullSecrets": 7, "automountServiceAccountToken": 1}},
]
NODES[4]["p"] |= dict.fromkeys(("namespace", "resourceVersion", "uid"), 0)
KINDS = {"v1/Secret": 3, "v1/ServiceAccount": 8}
