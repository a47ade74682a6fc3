"""Rules for the caches of local models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.initializer import HINT, MESSAGE, has_login
from kitserve.check.value_rules.rule import LOGIN
from kitserve.problems import Code, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.values.types import Values

NO_NODE_GROUP = Code(
    "KS205",
    "error",
    "A LocalModelCache has no node group, and its CRD requires one.",
    why="The CRD has `minItems: 1` (LocalModelCacheSpec in pkg/apis/serving/v1alpha1/local_model_cache_types.go).",
    example="localModels: {caches: {chat: {uri: 'kit://registry.example.com/chat:v1', size: 20Gi, nodeGroups: []}}}\n",
    remedy="Name a LocalModelNodeGroup.",
)
SAME_URI = Code(
    "KS206",
    "error",
    "Two LocalModelCaches have one URI: KServe's webhook refuses the second.",
    why="KServe finds a service's cache by the URI (validateUniqueStorageURI in "
    "pkg/webhook/admission/localmodelcache/localmodelcache_validator.go).",
    example="localModels:\n  caches:\n"
    "    a: {uri: 'kit://registry.example.com/chat:v1', size: 20Gi, nodeGroups: [gpu]}\n"
    "    b: {uri: 'kit://registry.example.com/chat:v1', size: 20Gi, nodeGroups: [gpu]}\n",
    remedy="Keep one of them, with the node groups of both.",
)


def _caches_are_whole(values: Values) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, cache in sorted(values.localModels.caches.items()):
        path = ("localModels", "caches", name)
        if not cache.nodeGroups:
            yield NO_NODE_GROUP.problem(
                "the cache needs a node group", path=(*path, "nodeGroups"), hint="name a LocalModelNodeGroup"
            )
        if has_login(cache.uri):
            yield LOGIN.problem(MESSAGE, path=(*path, "uri"), hint=HINT)
        other = first.setdefault(cache.uri, name)
        if other != name:
            yield SAME_URI.problem(
                f"the cache {other} has this URI",
                path=(*path, "uri"),
                hint="keep one of them",
                also=(("localModels", "caches", other, "uri"),),
            )


CODES = (NO_NODE_GROUP, SAME_URI)
RULES: tuple[ValueRule, ...] = (_caches_are_whole,)
