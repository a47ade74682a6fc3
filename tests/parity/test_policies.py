"""All that is wrong with policies at once: helm and kitserve find the same, at the same places."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from kitserve.problems import Problem

from tests.cases.policies import BROKEN, KEY, RULED, Rule, signed_by
from tests.parity.refusals import places_in_helm
from tests.parity.renderers import Helm
from tests.rendering import checked

TABLES: dict[str, list[Rule]] = {
    "rules": [rule for rule, *_ in RULED.values()],
    "schema": [rule for rule, _ in BROKEN.values()],
}
ROOT = '{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"'
OTHERS: dict[str, dict[str, Any]] = {
    "cut": {"trustedRoot": f"{ROOT}, }}"},
    "endless": {"trustedRoot": f'{ROOT}, "a": 1e999}}'},
    "type that is no text": {"trustedRoot": '{"mediaType": 1}'},
    "too large": {"rules": [signed_by(KEY)], "trustedRoot": f'{ROOT}, "a": "{"é$" * 30_000}"}}'},
}


def compared(values: dict[str, Any], helms: list[Helm], folder: Path) -> int:
    case = folder / "values.json"
    case.write_text(json.dumps(values))
    problems = checked(values).problems
    for theirs in (helm.render([case]) for helm in helms):
        assert theirs.manifests is None
        assert_told(problems, theirs.complaint)
    return len(problems)


def assert_told(problems: Iterable[Problem], complaint: str) -> None:
    for problem in problems:
        places = places_in_helm(problem.path, problem.message)
        assert any(place in complaint for place in places), (problem, complaint)


@pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)
def test_both_find_all_that_is_wrong_with_rules(rules: list[Rule], helms: list[Helm], tmp_path: Path) -> None:
    assert compared({"verification": {"rules": rules}}, helms, tmp_path) == len(rules)


@pytest.mark.parametrize("verification", OTHERS.values(), ids=OTHERS)
def test_both_find_what_is_wrong_with_the_rest(
    verification: dict[str, Any], helms: list[Helm], tmp_path: Path
) -> None:
    assert compared({"verification": verification}, helms, tmp_path) == 1
