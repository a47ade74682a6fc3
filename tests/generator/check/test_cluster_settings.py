"""What `--cluster` says of images, by the settings of the cluster's KServe."""

import json
from typing import Any

import pytest
from kitserve.check.cluster_settings import unmounted

from tests.case_ids import case_id
from tests.generator.check.manifests import LLM, MODEL, SERVICE, mutated

PIN = f"r.io/iris@sha256:{'0' * 64}"
NATIVE = mutated(SERVICE, f"{MODEL}.storageUri", f"oci+native://{PIN}")
LISTED = mutated(SERVICE, "spec.predictor", {"storageUris": [{"uri": f"oci+native://{PIN}"}]})


def told(items: list[dict[str, Any]], config: object) -> list[tuple[int, str]]:
    """The indices and the places of what is told, where KServe's ConfigMap has a text for its initializer."""
    found = {"kind": "ConfigMap", "data": {"storageInitializer": config}} if config is not None else None
    return [(number, problem.dotted) for number, problem in unmounted(items, lambda _: found)]


@pytest.mark.parametrize(
    ("settings", "is_off"),
    [
        ({}, True),
        ({"enableModelcar": False, "ociModelMode": ""}, True),
        ({"enableModelcar": True}, False),
        ({"enablemodelcar": True}, False),
        ({"enableOciModelSupport": True}, False),
        ({"ociModelMode": "native"}, False),
    ],
    ids=case_id,
)
def test_one_of_three_settings_is_enough(settings: dict[str, Any], is_off: bool) -> None:
    expected = [(1, f"{MODEL}.storageUri")] if is_off else []

    assert told([SERVICE, NATIVE], json.dumps(settings)) == expected


@pytest.mark.parametrize("config", [None, "", "{", "[]", 1, "[" * 100_000], ids=case_id)
def test_settings_that_nobody_can_read_say_nothing(config: object) -> None:
    assert told([NATIVE], config) == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (SERVICE, []),
        (LISTED, []),
        (mutated(SERVICE, f"{MODEL}.storageUri", f"oci://{PIN}"), []),
        (mutated(LLM, "spec.model.uri", f"oci+native://{PIN}"), []),
        (mutated(LLM, "spec.model.uri", f"oci://{PIN}"), [(0, "spec.model.uri")]),
    ],
    ids=case_id,
)
def test_only_some_fields_need_the_setting(item: dict[str, Any], expected: list[tuple[int, str]]) -> None:
    assert told([item], "{}") == expected
