"""The renderers on values that nobody thought of."""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kitserve.check.schema.schema_messages import CODES
from kitserve.problems import Problem
from kitserve.render.manifests import render
from kitserve.render.release import Release

from tests.parity.objects import comparable, strictly_read
from tests.parity.refusals import places_in_helm
from tests.parity.renderers import RELEASE, Helm
from tests.parity.values_strategy import damaged, whole
from tests.rendering import checked

UNPRINTABLE = re.compile("[\x7f-\x9f\ufffe\uffff]")

# Each example is two processes: what fails is small enough as it is drawn.
drawn = settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.mark.hypothesis
@pytest.mark.parametrize("strategy", [whole(), damaged()], ids=["whole", "damaged"])
def test_both_give_the_same(
    strategy: st.SearchStrategy[dict[str, Any]],
    helms: list[Helm],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    accepted: list[bool] = []

    @drawn
    @given(strategy)
    def compare(values: dict[str, Any]) -> None:
        accepted.append(_compare(values, helms, tmp_path / "values.json"))

    compare()
    assert len(accepted) >= drawn.max_examples
    if "whole" in request.node.name:
        assert sum(accepted) > 0.9 * len(accepted)


def _compare(values: dict[str, Any], helms: list[Helm], case: Path) -> bool:
    case.write_text(_json(values), encoding="utf-8")
    found = checked(values)
    problems = found.problems
    ours = [] if problems else render(found.values, found.services, Release(*RELEASE))
    with ThreadPoolExecutor() as pool:
        renderings = list(pool.map(lambda helm: helm.render([case]), helms))
    for theirs in renderings:
        assert (theirs.manifests is None) == bool(problems), (values, theirs.complaint, problems)
        for problem in _first(problems):
            places = places_in_helm(problem.path, problem.message)
            assert any(place in theirs.complaint for place in places), (values, problem, theirs.complaint)
        if theirs.manifests is not None:
            assert comparable(ours) == comparable(strictly_read(theirs.manifests)), values
    return not problems


def _first(problems: Sequence[Problem]) -> Sequence[Problem]:
    """What helm tells: where the schema is broken it asks no rule."""
    broken = [problem for problem in problems if problem.code in {code.code for code in CODES}]
    return broken or problems


def _json(values: dict[str, Any]) -> str:
    """JSON that is YAML too: JSON leaves some characters as they are that YAML takes only as escapes."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(values, ensure_ascii=False))
