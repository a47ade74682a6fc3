"""What a quota counts of a pod, and what it has no room for."""

from typing import Any

import pytest
from kitserve.doctor.namespace.quota import lacks, of_pod, shown

from tests.case_ids import case_id

Data = dict[str, Any]


def container(requests: dict[str, str], limits: dict[str, str] | None = None) -> Data:
    return {"name": "a", "resources": {"requests": requests, "limits": limits or {}}}


def quota(hard: dict[str, str], used: dict[str, str] | None = None) -> Data:
    return {"metadata": {"name": "small"}, "status": {"hard": hard, "used": used or {}}}


SPEC = {
    "containers": [container({"cpu": "500m", "memory": "1Gi"}, {"memory": "2Gi"}), container({"cpu": "1"})],
    "initContainers": [
        container({"cpu": "100m", "memory": "3Gi"}),
        container({"cpu": "2"}, {"nvidia.com/gpu": "1"}),
    ],
}
DEFAULTS = {
    "spec": {
        "limits": [
            {"type": "Container", "default": {"memory": "4Gi"}, "defaultRequest": {"memory": "256Mi"}},
            {"type": "Pod", "max": {"memory": "8Gi"}},
        ]
    }
}


def test_containers_add_up_and_initializers_do_not() -> None:
    counted = {name: shown(name, number) for name, number in of_pod(SPEC, []).items()}

    assert counted == {
        "pods": "1",
        "requests.cpu": "2",
        "requests.memory": "3Gi",
        "requests.nvidia.com/gpu": "1",
        "limits.memory": "2Gi",
        "limits.nvidia.com/gpu": "1",
    }


def test_a_container_gets_the_defaults_of_the_namespace() -> None:
    counted = of_pod(SPEC, [DEFAULTS])

    assert shown("memory", counted["limits.memory"]) == "6Gi"
    assert shown("memory", counted["requests.memory"]) == "3Gi"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (quota({"cpu": "2", "memory": "3Gi", "pods": "1"}), []),
        (
            quota({"requests.cpu": "1900m"}),
            ["the quota small leaves 1.9 of requests.cpu, and the pods need 2"],
        ),
        (quota({"cpu": "1"}), ["the quota small leaves 1 of cpu, and the pods need 2"]),
        (
            quota({"limits.memory": "2Gi"}, {"limits.memory": "1Gi"}),
            ["the quota small leaves 1Gi of limits.memory, and the pods need 2Gi"],
        ),
        (quota({"pods": "5"}, {"pods": "5"}), ["the quota small leaves 0 of pods, and the pods need 1"]),
        (quota({"pods": "5"}, {"pods": "7"}), ["the quota small leaves 0 of pods, and the pods need 1"]),
        (quota({"count/secrets": "0", "persistentvolumeclaims": "0"}), []),
        (quota({"cpu": "what", "memory": "9" * 5000}), []),
        (quota({"cpu": "1"}) | {"spec": {"scopes": ["BestEffort"]}}, []),
        ({"status": {"hard": "no map"}}, []),
    ],
    ids=case_id,
)
def test_what_a_quota_has_no_room_for(found: Data, expected: list[str]) -> None:
    assert list(lacks(found, of_pod(SPEC, []))) == expected
