"""Clusters of objects, drawn by a seed: what KServe and kitserve are asked about."""

import random

from tests.generator.verdicts.mutants import Data, mutant
from tests.generator.verdicts.whole import whole

TOGETHER = frozenset(
    {"ClusterServingRuntime", "LocalModelCache", "LocalModelNamespaceCache", "ServingRuntime"}
)
"""Kinds whose objects KServe compares with those that are there."""


def kinds(version: str) -> list[tuple[str, str]]:
    """The kinds of a version that have whole objects, each with the version of its API."""
    return sorted({(item["kind"], item["apiVersion"]) for item in _kserves(version)})


def alone(version: str, count: int, seed: str) -> list[list[Data]]:
    """Clusters of one object: the whole ones of a version, and mutants, of each kind about as many."""
    chosen = random.Random(seed)  # noqa: S311 - shapes, no secrets
    every = _kserves(version)
    by_kind: dict[tuple[str, str], list[Data]] = {}
    for item in every:
        by_kind.setdefault((item["kind"], item["apiVersion"]), []).append(item)
    of_kinds = list(by_kind.values())
    mutants = [mutant(chosen.choice(chosen.choice(of_kinds)), version, chosen) for _ in range(count)]
    return [[item] for item in (*every, *mutants)]


def together(version: str, count: int, seed: str) -> list[list[Data]]:
    """Clusters of two or three mutants of a kind whose objects KServe compares, most of one object."""
    chosen = random.Random(seed)  # noqa: S311 - shapes, no secrets
    every = [item for item in _kserves(version) if item["kind"] in TOGETHER]
    return [_cluster(version, every, chosen) for _ in range(count)]


def _cluster(version: str, every: list[Data], chosen: random.Random) -> list[Data]:
    base = chosen.choice(every)
    found = []
    for name in chosen.sample(("a", "b", "c"), chosen.choice((2, 3))):
        item = mutant(base if chosen.random() < 0.8 else chosen.choice(every), version, chosen)
        if isinstance(item.get("metadata"), dict):
            item["metadata"]["name"] = name
        found.append(item)
    return found


def _kserves(version: str) -> list[Data]:
    return [item for item in whole(version) if item["apiVersion"].startswith("serving.kserve.io/")]
