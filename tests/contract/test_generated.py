"""What is generated is current, and what must repeat says the same."""

import re

import pytest
from codegen import __main__, version_places
from kitserve.version import VERSION
from kitserve_initializer import version as initializer_version
from ruamel.yaml import YAML

from tests.cases import REPOSITORY


@pytest.mark.parametrize("name", __main__.FILES)
def test_generated_file_is_current(name: str) -> None:
    assert not __main__.outdated([name]), f"{name} is not what its source gives: run `{__main__.COMMAND}`"


def test_a_change_of_a_generated_file_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__main__.FILES, "chart/values.yaml", lambda: "other")

    assert __main__.outdated(["chart/values.yaml", "chart/values.schema.json"]) == ["chart/values.yaml"]


def test_one_version_everywhere() -> None:
    chart = YAML(typ="safe").load(REPOSITORY / "chart" / "Chart.yaml")
    (top, *_) = re.findall(r"^## (\d\S+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert {initializer_version.VERSION, chart["version"], chart["appVersion"], top} == {VERSION}


@pytest.mark.parametrize("name", version_places.PLACES)
def test_another_version_would_be_written_everywhere(name: str) -> None:
    written = version_places.written(name, "77.8.9-rc.1")

    assert "77.8.9-rc.1" in written
    assert not re.search(rf"(?<![\d.]){re.escape(VERSION)}(?![\d.])", written), (
        "a version that stays as it is"
    )
