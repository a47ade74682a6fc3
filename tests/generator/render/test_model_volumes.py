"""Claims of services: what makes another one, and the volume that KServe takes them for."""

from typing import Any

import pytest
from kitserve.render.manifests.volumes.persistentvolumeclaim import volume_name
from kitserve.render.release import Release

from tests.rendering import rendered

Values = dict[str, Any]
URI = "kit://registry.example.com/models/iris:v1"
VOLUME: Values = {"size": "20Gi"}
SERVICE: Values = {
    "modelFormat": {"name": "sklearn"},
    "storageUri": URI,
    "delivery": "volume",
    "modelVolume": VOLUME,
}
LISTED = ["filter", "unpack-flags", "layout", "digest", "label", "verification"]
DIGEST = f"sha256:{'0' * 64}"


def objects(service: Values, **values: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any values
    given = {
        "clusterStorageContainer": {"create": False},
        "serviceAnnotations": LISTED,
        "inferenceServices": {"iris": service},
        **values,
    }
    return rendered(given, Release())


def claim(service: Values, **values: Any) -> str:  # noqa: ANN401 - any values
    made, used = objects(service, **values)
    (volume,) = used["spec"]["predictor"]["volumes"]
    assert volume["persistentVolumeClaim"] == {"claimName": made["metadata"]["name"]}
    return str(made["metadata"]["name"])


def test_a_claim_comes_before_its_service() -> None:
    assert [item["kind"] for item in objects(SERVICE)] == ["PersistentVolumeClaim", "InferenceService"]


def test_a_claim_that_is_named_is_not_made() -> None:
    (service,) = objects(SERVICE | {"modelVolume": {"claimName": "mine", "size": "1Gi"}})

    assert service["spec"]["predictor"]["volumes"] == [
        {"name": "kserve-provision-location", "persistentVolumeClaim": {"claimName": "mine"}}
    ]


OTHER_SERVICES: dict[str, Values] = {
    "tag": {"storageUri": "kit://registry.example.com/models/iris:v2"},
    "digest": {"storageUri": f"kit://registry.example.com/models/iris@{DIGEST}"},
    "registry": {"storageUri": "kit://mirror.example.com/models/iris:v1"},
    "filter": {"unpacking": {"filter": "model"}},
    "flags": {"unpacking": {"unpackFlags": "-f model"}},
    "layout": {"unpacking": {"layout": "model"}},
    "demanded digest": {"unpacking": {"digest": DIGEST}},
    "label": {"unpacking": {"label": "quantization=q4_0"}},
    "own annotation": {"annotations": {"kitserve.io/filter": "model"}},
    "several": {"storageUri": "", "storageUris": [{"uri": URI, "mountPath": "/mnt/models/a"}]},
    "several, elsewhere": {"storageUri": "", "storageUris": [{"uri": URI, "mountPath": "/mnt/models/b"}]},
    "size": {"modelVolume": {"size": "40Gi"}},
    "storage class": {"modelVolume": VOLUME | {"storageClassName": "nfs"}},
    "access mode": {"modelVolume": VOLUME | {"accessModes": ["ReadWriteOnce"]}},
}
OTHER_VALUES: dict[str, Values] = {
    "flags for all": {"unpackFlags": "--filter model"},
    "layout for all": {"layout": "model"},
    "allowed patterns": {"allowPatterns": ["*.bin"]},
    "ignored patterns": {"ignorePatterns": ["*.bin"]},
}


def test_whatever_a_claim_holds_otherwise_makes_another_one() -> None:
    """A rollout fills it, while pods that serve keep theirs."""
    names = {
        "the same": claim(SERVICE),
        **{name: claim(SERVICE | change) for name, change in OTHER_SERVICES.items()},
        **{name: claim(SERVICE, **change) for name, change in OTHER_VALUES.items()},
    }

    assert len({*names.values()}) == len(names), names
    assert all(name.startswith("iris-") for name in names.values())


SAME: dict[str, Values] = {
    "labels": {"labels": {"a": "b"}},
    "annotations": {"annotations": {"a": "b"}},
    "replicas": {"minReplicas": 2, "maxReplicas": 3},
    "format": {"modelFormat": {"name": "xgboost"}},
    "verification": {"unpacking": {"verification": "enforce"}},
    "empty settings": {"unpacking": {"filter": "", "layout": ""}, "storageUris": []},
    "open fields": {"predictor": {"timeout": 60}},
    "one at the usual path": {"storageUri": "", "storageUris": [{"uri": URI}]},
    "the same path, written out": {
        "storageUri": "",
        "storageUris": [{"uri": URI, "mountPath": "/mnt/models"}],
    },
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_nothing_else_does(change: Values) -> None:
    assert claim(SERVICE | change) == claim(SERVICE)


def test_what_isn_t_a_modelkit_gets_no_claim() -> None:
    (service,) = objects(SERVICE | {"storageUri": "s3://bucket/iris"})

    assert "volumes" not in service["spec"]["predictor"]


def test_own_volumes_stay() -> None:
    own = [{"name": "cache", "emptyDir": {}}]

    *_, service = objects(SERVICE | {"predictor": {"volumes": own}})

    assert [volume["name"] for volume in service["spec"]["predictor"]["volumes"]] == [
        "cache",
        "kserve-provision-location",
    ]


def mounts(service: Values) -> list[dict[str, Any]] | None:
    *_, rendered = objects(service)
    return rendered["spec"]["predictor"]["model"].get("volumeMounts")  # type: ignore[no-any-return]


def test_the_model_mounts_it_for_knative() -> None:
    cache = {"name": "cache", "mountPath": "/cache"}
    mount = {"name": "kserve-provision-location", "mountPath": "/mnt/models", "readOnly": True}

    assert mounts(SERVICE) == [mount]
    assert mounts(SERVICE | {"predictor": {"model": {"volumeMounts": [cache]}}}) == [cache, mount]


def test_a_mount_of_one_s_own_at_that_path_stays() -> None:
    writable = {"name": "kserve-provision-location", "mountPath": "/mnt/models"}

    assert mounts(SERVICE | {"predictor": {"model": {"volumeMounts": [writable]}}}) == [writable]


def test_kserve_mounts_what_several_models_share() -> None:
    assert mounts(SERVICE | {"storageUri": "", "storageUris": [{"uri": URI}]}) is None


# As FindCommonParentPath and GetVolumeNameFromPath of KServe's pkg/utils/storage.go have it.
PATHS = {
    ("/mnt/models",): "mnt-models",
    ("/mnt/models/",): "mnt-models",
    ("/mnt/models", "/mnt/models/lora"): "mnt-models",
    ("/mnt/models/a", "/mnt/models/ab"): "mnt-models",
    ("/mnt/models/a/x", "/mnt/models/a/y", "/mnt/models/a/x/z"): "mnt-models-a",
    ("/a/b/", "/a/b/c"): "a-b",
    ("/opt//a", "/opt//b"): "opt-",
}


@pytest.mark.parametrize(("paths", "name"), PATHS.items(), ids=map(" ".join, PATHS))
def test_the_volume_of_several_models_is_named_after_their_common_path(
    paths: tuple[str, ...], name: str
) -> None:
    mounted = [{"uri": "pvc://claim", "mountPath": "/x"}, {"uri": "oci://r.io/a", "mountPath": "/y"}]
    downloaded = [{"uri": URI, "mountPath": path} for path in paths]

    assert volume_name({"storageUris": mounted + downloaded}) == name
