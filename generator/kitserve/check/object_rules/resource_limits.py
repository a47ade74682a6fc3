"""Requests of resources above their limits, after what KServe merges with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.object_rules.quantities import amount, amounts
from kitserve.crds.examples import model
from kitserve.crds.lookup import Data, at, mapping, text
from kitserve.problems import Code, Path, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

OVER_LIMIT = Code(
    "KS139",
    "error",
    "A request is above its limit.",
    why="Kubernetes refuses such pods. A limit that isn't written here comes from the runtime (1 CPU "
    "and 2Gi in KServe's own), and an initializer's from the ConfigMap inferenceservice-config, 1 "
    "CPU and 1Gi (MergeContainerWithPatch in pkg/utils/container_merge.go).",
    example=model("resources:\n  requests: {memory: 4Gi}\n"),
    remedy="Write the limit too.",
)
_INITIALIZER = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}


def over_limit(item: Data, path: Path, defaults: dict[str, Fraction]) -> Iterator[Problem]:
    """Yield requests that are above the limit with any of the runtimes."""
    for name, request in mapping(item, (*path, "resources", "requests")).items():
        own = at(item, (*path, "resources", "limits", name))
        limit = defaults.get(name) if own is None else amount(own)
        asked = amount(request)
        if asked is not None and limit is not None and limit < asked:
            yield _above_limit(item, path, name)


def _above_limit(item: Data, path: Path, name: str) -> Problem:
    place, limit = (*path, "resources", "requests", name), (*path, "resources", "limits", name)
    if at(item, limit) is not None:
        return OVER_LIMIT.problem("is more than its limit", path=place, hint="raise the limit", also=(limit,))
    message = "is more than the limit that it gets, because none is written here"
    return OVER_LIMIT.problem(message, path=place, hint=f"write limits.{name} too")


def initializer_fits(item: Data) -> Iterator[Problem]:
    """Yield requests of a ClusterStorageContainer above its limits, after the merge with KServe's."""
    downloads = text(item, ("spec", "workloadType")) == "localModelDownloadJob"
    path: Path = ("spec", "container")
    yield from over_limit(item, path, {} if downloads else amounts(_INITIALIZER["limits"]))
    if downloads:
        return
    for name, limit in mapping(item, (*path, "resources", "limits")).items():
        asked, most = amount(at(_INITIALIZER, ("requests", name))), amount(limit)
        unsaid = at(item, (*path, "resources", "requests", name)) is None
        if unsaid and asked is not None and most is not None and most < asked:
            place = (*path, "resources", "limits", name)
            message = f"is less than the request that KServe sets, {_INITIALIZER['requests'][name]}"
            yield OVER_LIMIT.problem(message, path=place, hint=f"write requests.{name} too")
