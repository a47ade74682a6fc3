"""Bundles of authorities: helm and kitserve take the same, and refuse the same without showing it."""

import json
from pathlib import Path
from typing import Any

import pytest
from kitserve.render.manifests import render
from kitserve.render.release import Release

from tests.cases.authorities import BUNDLES, GARBAGE, KEY, MOST, PRIVATE, long_bundle
from tests.parity.objects import comparable, strictly_read
from tests.parity.refusals import assert_told
from tests.parity.renderers import RELEASE, Helm
from tests.parity.turns import in_turns
from tests.rendering import checked

REFUSED = {
    **{f"private key, {name}": ("KS257", text) for name, text in PRIVATE.items()},
    **{f"garbage, {name}": ("KS258", text) for name, text in GARBAGE.items()},
    "a byte too large": ("KS259", long_bundle(MOST + 1)),
}


def values(bundle: str) -> dict[str, Any]:
    return {"tls": {"caConfigMapName": "authorities", "caBundle": bundle}}


@pytest.mark.parametrize("bundle", [*BUNDLES.values(), long_bundle(MOST)], ids=[*BUNDLES, "largest"])
def test_both_make_the_same_config_map(bundle: str, helms: list[Helm], tmp_path: Path) -> None:
    case = tmp_path / "values.json"
    case.write_text(json.dumps(values(bundle)))
    found = checked(values(bundle))
    ours = render(found.values, found.services, Release(*RELEASE))

    assert not found.problems
    assert [item["data"]["ca.crt"] for item in ours if item["kind"] == "ConfigMap"] == [bundle]
    for theirs in (helm.render([case]) for helm in helms):
        assert theirs.manifests is not None, theirs.complaint
        assert comparable(strictly_read(theirs.manifests)) == comparable(ours)


@pytest.mark.parametrize(("name", "version"), [*in_turns(zip(REFUSED, REFUSED, strict=True), one_of=4)])
def test_both_refuse_what_is_no_bundle(name: str, version: int, helms: list[Helm], tmp_path: Path) -> None:
    code, bundle = REFUSED[name]
    case = tmp_path / "values.json"
    case.write_text(json.dumps(values(bundle)))
    problems = checked(values(bundle)).problems

    assert [problem.code for problem in problems] == [code]
    theirs = helms[version - 3].render([case])
    assert theirs.manifests is None
    assert_told(problems, theirs.complaint)
    assert KEY not in theirs.complaint
