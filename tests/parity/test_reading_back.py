"""What kitserve writes of values that nobody thought of, Kubernetes' own reader reads back as the same objects."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from kitserve.render import yaml_writer
from kitserve.render.manifests import render
from kitserve.render.release import Release

from tests.parity.objects import read_by_kubernetes
from tests.parity.values_strategy import whole
from tests.rendering import checked


@pytest.mark.hypothesis
def test_objects_are_read_back_as_they_were_written(helm3: Path, tmp_path: Path) -> None:
    written: list[dict[str, Any]] = []

    @settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(whole())
    def collect(values: dict[str, Any]) -> None:
        found = checked(values)
        if not found.problems:
            written.extend(render(found.values, found.services, Release()))

    collect()
    # One helm for all of them.
    read = read_by_kubernetes(helm3, "\n".join(map(yaml_writer.dump, written)), tmp_path / "reader")

    assert len(written) > settings().max_examples
    assert list(map(_exact, read)) == list(map(_exact, written))


def _exact(item: dict[str, Any]) -> str:
    return json.dumps(item, sort_keys=True)
