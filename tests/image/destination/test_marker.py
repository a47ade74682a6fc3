"""The marker of a destination, as it lies on disk."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from kitserve_initializer.destination.marker import is_complete
from kitserve_initializer.destination.names import REMOVED, STAGING
from kitserve_initializer.destination.request import Request, policy_of
from kitserve_initializer.fs.merge_dirs import ConflictPolicy

REQUEST = Request(
    "sha256:1", ("model",), ConflictPolicy.OVERWRITE, "kit", ("*.json",), ("*.bin", "*.h5"), ("sha256:2",)
)
ON_DISK = {
    "version": 1,
    "digest": "sha256:1",
    "filters": ["model"],
    "rule": "OVERWRITE",
    "layout": "kit",
    "allow": ["*.json"],
    "ignore": ["*.bin", "*.h5"],
    "parents": ["sha256:2"],
}


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    (tmp_path / ".kitserve.json").write_text(json.dumps(ON_DISK))
    return tmp_path


def test_a_request_is_written_with_these_keys() -> None:
    assert json.dumps(REQUEST.document) == json.dumps(ON_DISK)


@pytest.mark.parametrize("policy", ConflictPolicy, ids=lambda policy: policy.name)
def test_a_document_keeps_the_policy(policy: ConflictPolicy) -> None:
    assert policy_of(replace(REQUEST, policy=policy).document) is policy


@pytest.mark.parametrize(
    ("request_", "complete"),
    [
        pytest.param(REQUEST, True, id="the same"),
        pytest.param(replace(REQUEST, parents=("sha256:3",)), True, id="a parent's tag moved"),
        pytest.param(replace(REQUEST, digest="sha256:3"), False, id="another digest"),
        pytest.param(replace(REQUEST, filters=()), False, id="other filters"),
        pytest.param(replace(REQUEST, policy=ConflictPolicy.IGNORE), False, id="another policy"),
        pytest.param(replace(REQUEST, layout="model"), False, id="another layout"),
        pytest.param(replace(REQUEST, allow=()), False, id="other patterns"),
    ],
)
def test_a_marker_is_for_one_request(destination: Path, request_: Request, complete: bool) -> None:
    assert is_complete(destination, request_) is complete


@pytest.mark.parametrize("name", [STAGING, REMOVED])
def test_a_destination_where_a_run_is_at_work_is_not_complete(destination: Path, name: str) -> None:
    (destination / name).mkdir()

    assert not is_complete(destination, REQUEST)
