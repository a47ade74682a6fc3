"""What kitserve says a cluster refuses of models that nodes keep, and of a cache beside those that it has."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.features import needs
from tests.e2e.kubectl import Kubectl
from tests.e2e.local_model_cases import CACHE, CASES, NAMESPACED, URI
from tests.e2e.verdicts import DryRun, refusals
from tests.generator.check.manifests import mutated

SEEN_SECONDS = 10


@pytest.mark.parametrize(("item", "path", "value"), CASES)
def test_verdict_is_the_clusters(item: dict[str, Any], path: str, value: object, dry: DryRun) -> None:
    sent = mutated(item, path, value)
    told, refused = refusals(sent), dry.refuses(sent)

    assert bool(told) == bool(refused), told or refused


@pytest.fixture
def kept(kubectl: Kubectl) -> Iterator[dict[str, Any]]:
    """A cache that the cluster has and its webhook knows of, on nodes that there are none of."""
    name = kubectl.namespace
    made = mutated(mutated(CACHE, "metadata.name", name), URI, f"kit://registry.example.com/{name}:v1")
    kubectl.apply(made)
    yield made
    kubectl.run("delete", f"localmodelcache/{name}", "--timeout=60s")


@needs("LocalModelNamespaceCaches")
def test_of_two_caches_of_a_model_the_second_is_refused(kept: dict[str, Any], dry: DryRun) -> None:
    again = mutated(kept, "metadata.name", f"{kept['metadata']['name']}-again")
    other = mutated(again, URI, f"{kept['spec']['sourceModelUri']}.1")
    end = time.monotonic() + SEEN_SECONDS

    # The webhook looks at what it has heard of, a moment after the API server stored it.
    while not dry.refuses(again) and time.monotonic() < end:
        time.sleep(0.1)

    assert f"has the same StorageURI {kept['spec']['sourceModelUri']}" in dry.refuses(again)
    assert refusals(kept, again) == ["KS245"]
    for admitted in (other, again | NAMESPACED):
        assert (dry.refuses(admitted), refusals(kept, admitted)) == ("", [])
