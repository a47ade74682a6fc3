"""All that is wrong with policies at once: helm and kitserve find the same, at the same places."""

from pathlib import Path
from typing import Any

import pytest

from tests.cases.policies import BROKEN, KEY, RULED, Rule, signed_by
from tests.parity.refusals import compared
from tests.parity.renderers import Helm

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


@pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)
def test_both_find_all_that_is_wrong_with_rules(rules: list[Rule], helms: list[Helm], tmp_path: Path) -> None:
    assert compared({"verification": {"rules": rules}}, helms, tmp_path) == len(rules)


@pytest.mark.parametrize("verification", OTHERS.values(), ids=OTHERS)
def test_both_find_what_is_wrong_with_the_rest(
    verification: dict[str, Any], helms: list[Helm], tmp_path: Path
) -> None:
    assert compared({"verification": verification}, helms, tmp_path) == 1
