"""What kitserve says a cluster refuses is what a cluster refuses, on objects mutated one field at a time."""

from typing import Any

import pytest

from tests.e2e.verdict_cases import CASES, MORE_CASES
from tests.e2e.verdicts import DryRun, refusals
from tests.generator.check.manifests import mutated


@pytest.mark.parametrize(("item", "path", "value"), [*CASES, *MORE_CASES])
def test_verdict_is_the_clusters(item: dict[str, Any], path: str, value: object, dry: DryRun) -> None:
    sent = mutated(item, path, value)
    told, refused = refusals(sent), dry.refuses(sent)

    assert bool(told) == bool(refused), told or refused
