"""A group gives its services what the defaults give all of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from kitserve.helm.load import read
from kitserve.render.manifests import render
from kitserve.render.release import Release
from kitserve.values.schema import schema

from tests.cases import REPOSITORY
from tests.parity.objects import comparable, strictly_read
from tests.parity.renderers import RELEASE, Helm
from tests.rendering import checked

EVERY_KEY = REPOSITORY / "tests" / "cases" / "accepted" / "every-key.yaml"


def by_group(values: dict[str, Any]) -> dict[str, Any]:
    """The values with a group in place of the defaults, and below it other defaults, which it wins over."""
    services = {key: {**service, "group": "all"} for key, service in values["inferenceServices"].items()}
    return {
        **values,
        "inferenceServiceDefaults": {"minReplicas": 9, "namespace": "nowhere", "args": ["--lost"]},
        "serviceGroups": {"all": values["inferenceServiceDefaults"]},
        "inferenceServices": services,
    }


def by_defaults(values: dict[str, Any]) -> dict[str, Any]:
    services = {key: {**service, "group": ""} for key, service in values["inferenceServices"].items()}
    return {**values, "inferenceServices": services}


def test_a_group_has_the_keys_of_the_defaults() -> None:
    known = schema()["properties"]
    (group,) = known["serviceGroups"]["patternProperties"].values()

    assert group["properties"].keys() == known["inferenceServiceDefaults"]["properties"].keys()


@pytest.mark.parametrize("version", [3, 4])
def test_a_group_gives_what_defaults_give(version: int, helms: list[Helm], tmp_path: Path) -> None:
    values = read([str(EVERY_KEY)]).data
    case = tmp_path / "values.json"
    case.write_text(json.dumps(by_group(values)))

    grouped, wanted = checked(by_group(values)), checked(by_defaults(values))
    theirs = helms[version - 3].render([case])

    ours = comparable(render(wanted.values, wanted.services, Release(*RELEASE)))
    assert comparable(render(grouped.values, grouped.services, Release(*RELEASE))) == ours
    assert theirs.manifests is not None, theirs.complaint
    assert comparable(strictly_read(theirs.manifests)) == ours
