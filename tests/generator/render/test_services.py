"""What a service becomes: its name, what its group gives it, and how open parts merge with the keys beside them."""

import json
from typing import Any

import pytest
from kitserve.render.release import Release

from tests.generator.command_line import CommandLine
from tests.rendering import checked, rendered

Values = dict[str, Any]
URI = "kit://registry.example.com/models/iris:v1"
IRIS: Values = {"modelFormat": {"name": "sklearn"}, "storageUri": URI}


def objects(values: Values) -> list[Values]:
    return rendered({"clusterStorageContainer": {"create": False}, **values}, Release())


def spec(service: Values, **values: Any) -> Values:  # noqa: ANN401 - any values
    found = objects({"inferenceServices": {"iris": IRIS | service}, **values})
    return next(item["spec"] for item in found if item["kind"] == "InferenceService")


def named(values: Values) -> list[str]:
    found = (item["metadata"] for item in objects(values))
    return [f"{metadata['namespace']}/{metadata['name']}" for metadata in found]


def test_services_of_two_namespaces_and_their_claims_have_one_name() -> None:
    kept = IRIS | {"name": "iris", "delivery": "volume", "modelVolume": {"size": "1Gi"}}
    found = named({"inferenceServices": {"a": kept | {"namespace": "a"}, "b": kept | {"namespace": "b"}}})

    assert found[2:] == ["a/iris", "b/iris"]
    assert [claim.rpartition("-")[0] for claim in found[:2]] == ["a/iris", "b/iris"]


def test_llm_services_have_names_too() -> None:
    services = {"a": {"name": "chat", "namespace": "a"}, "b": {"name": "chat", "namespace": "b"}, "chat": {}}

    assert named({"llmInferenceServices": services}) == ["a/chat", "b/chat", "default/chat"]


@pytest.mark.parametrize(
    ("namespace", "refused"), [("models", True), ("others", False)], ids=["the release's", "another"]
)
def test_a_name_is_taken_in_the_namespace_of_the_release(
    namespace: str, refused: bool, kitserve: CommandLine
) -> None:
    services = {"a": IRIS | {"name": "iris"}, "b": IRIS | {"name": "iris", "namespace": "models"}}

    ran = kitserve("render", "-f", "-", "-n", namespace, stdin=json.dumps({"inferenceServices": services}))

    assert (ran.exit_code == 1) == refused
    assert ("[KS302] inferenceServices.b.name: the service a has this name" in ran.err) == refused


def test_an_adapter_has_not_the_name_that_its_service_has_beside_the_key() -> None:
    adapters = {"poems": {"uri": "kit://registry.example.com/models/poems:v1"}}
    chat = {"uri": "kit://registry.example.com/models/chat:v1", "adapters": adapters}

    def codes(service: Values) -> list[str]:
        return [each.code for each in checked({"llmInferenceServices": {"chat": service}}).problems]

    assert codes(chat | {"name": "poems"}) == ["KS290"]
    assert codes(chat | {"name": "other"}) == []


GROUP: Values = {
    "namespace": "team",
    "labels": {"team": "a"},
    "serviceAccountName": "models",
    "imagePullSecrets": [{"name": "pull"}],
    "nodeSelector": {"pool": "a"},
    "tolerations": [{"key": "team"}],
    "resources": {"limits": {"memory": "2Gi"}},
    "minReplicas": 2,
}


def test_a_service_is_over_its_group_and_that_over_the_defaults() -> None:
    found = spec(
        {
            "group": "a",
            "minReplicas": 0,
            "nodeSelector": {"disk": "ssd"},
            "resources": {"limits": {"cpu": 1}},
        },
        serviceGroups={"a": GROUP, "b": {"priorityClassName": "other"}},
        inferenceServiceDefaults={"minReplicas": 1, "maxReplicas": 9, "tolerations": [{"key": "all"}]},
        imagePullSecrets=[{"name": "for-all"}],
    )["predictor"]

    assert (found["minReplicas"], found["maxReplicas"]) == (0, 9)
    assert found["nodeSelector"] == {"pool": "a", "disk": "ssd"}
    assert found["tolerations"] == [{"key": "team"}]
    assert found["imagePullSecrets"] == [{"name": "pull"}]
    assert found["model"]["resources"] == {"limits": {"memory": "2Gi", "cpu": 1}}
    assert "priorityClassName" not in found


def test_an_llm_service_has_of_its_group_whose_it_is_and_where_it_runs() -> None:
    (found,) = objects(
        {
            "serviceGroups": {"a": GROUP},
            "llmInferenceServices": {"chat": {"uri": "hf://a/b", "group": "a", "labels": {"tier": "1"}}},
        }
    )

    assert found["metadata"]["namespace"] == "team"
    assert found["metadata"]["labels"] == {"team": "a", "tier": "1"}
    assert found["spec"] == {
        "model": {"uri": "hf://a/b"},
        "template": {
            "serviceAccountName": "models",
            "imagePullSecrets": [{"name": "pull"}],
            "nodeSelector": {"pool": "a"},
            "tolerations": [{"key": "team"}],
            "containers": [{"name": "main"}],
        },
    }


DELIVERIES: dict[str, Values] = {
    "initializer": {},
    "image": {"delivery": "imageVolume"},
    "claim": {"delivery": "volume", "modelVolume": {"size": "1Gi"}},
}


@pytest.mark.parametrize("mount_by", ["storageUri", "volume"])
@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES)
def test_the_open_model_merges_with_the_keys_of_its_container(delivery: Values, mount_by: str) -> None:
    open_model = {
        "image": "server:1",
        "resources": {"limits": {"gpu": 1}},
        "readinessProbe": {"periodSeconds": 5},
    }
    typed = {
        "args": ["--a"],
        "resources": {"limits": {"memory": "1Gi"}},
        "readinessProbe": {"tcpSocket": {"port": 1}},
    }
    service = {**delivery, **typed, "predictor": {"model": open_model}}

    merged = spec(service, imageVolumes={"mountBy": mount_by})["predictor"]["model"]

    alone = spec({**delivery, "args": ["--a"]}, imageVolumes={"mountBy": mount_by})["predictor"]["model"]
    assert merged == alone | {
        "image": "server:1",
        "resources": {"limits": {"gpu": 1, "memory": "1Gi"}},
        "readinessProbe": {"tcpSocket": {"port": 1}, "periodSeconds": 5},
    }


@pytest.mark.parametrize("mount_by", ["storageUri", "volume"])
@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES)
@pytest.mark.parametrize("is_open", [False, True], ids=["keys", "the open predictor"])
def test_own_volumes_stand_before_those_of_the_delivery(
    is_open: bool, delivery: Values, mount_by: str
) -> None:
    volumes, mounts = [{"name": "cache", "emptyDir": {}}], [{"name": "cache", "mountPath": "/cache"}]
    typed = {"volumes": volumes, "volumeMounts": mounts}
    given = {"predictor": {"volumes": volumes, "model": {"volumeMounts": mounts}}} if is_open else typed

    found = spec(delivery | given, imageVolumes={"mountBy": mount_by})["predictor"]

    alone = spec(delivery, imageVolumes={"mountBy": mount_by})["predictor"]
    assert found["volumes"] == [*volumes, *alone.get("volumes", [])]
    assert found["model"]["volumeMounts"] == [*mounts, *alone["model"].get("volumeMounts", [])]


def test_placement_of_the_open_predictor_wins() -> None:
    typed = {
        "nodeSelector": {"disk": "ssd", "pool": "a"},
        "tolerations": [{"key": "a"}],
        "priorityClassName": "low",
    }
    opened = {"nodeSelector": {"pool": "b"}, "tolerations": [], "priorityClassName": "high"}

    found = spec({**typed, "predictor": opened})["predictor"]

    assert found["nodeSelector"] == {"disk": "ssd", "pool": "b"}
    assert (found["tolerations"], found["priorityClassName"]) == ([], "high")


@pytest.mark.parametrize("part", ["transformer", "explainer"])
def test_other_components_have_the_account_and_pull_secrets_alone(part: str) -> None:
    containers = [{"name": "kserve-container", "image": "a:1"}]
    service = {
        "serviceAccountName": "models",
        "nodeSelector": {"pool": "gpu"},
        part: {"containers": containers},
    }
    pods = {"serviceAccountName": "models", "imagePullSecrets": [{"name": "for-all"}]}

    assert spec(service, imagePullSecrets=[{"name": "for-all"}])[part] == pods | {"containers": containers}
    own = service | {part: {"serviceAccountName": "own", "imagePullSecrets": []}}
    assert spec(own)[part] == {"serviceAccountName": "own", "imagePullSecrets": []}


def test_a_service_without_other_components_has_a_predictor_alone() -> None:
    assert list(spec({"transformer": {}, "explainer": {}, "canary": []})) == ["predictor"]


def test_canaries_are_passed_on_and_a_share_of_nothing_is_a_share() -> None:
    canary = [{"trafficPercent": 10, "predictor": {"name": "next", "model": {"storageUri": URI}}}]
    found = spec({"canary": canary, "canaryTrafficPercent": 0})

    assert found["canary"] == canary
    assert found["predictor"]["canaryTrafficPercent"] == 0
