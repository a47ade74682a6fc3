"""What a service with `delivery: imageVolume` becomes."""

from typing import Any

import pytest
from kitserve.render.release import Release

from tests.rendering import rendered

URI, S3 = "kit://registry.example.com/iris:v1", "s3://bucket/a"
IMAGE = "registry.example.com/iris:v1.image"
MODEL = {"modelFormat": {"name": "sklearn"}}
OWN_VOLUME = {"name": "own", "emptyDir": {}}
OWN_MOUNT = {"name": "own", "mountPath": "/own"}


def volume(name: str = "kitserve-model", image: str = IMAGE) -> dict[str, Any]:
    return {"name": name, "image": {"reference": image, "pullPolicy": "IfNotPresent"}}


def mount(name: str = "kitserve-model", path: str = "/mnt/models") -> dict[str, Any]:
    return {"name": name, "mountPath": path, "subPath": "models", "readOnly": True}


def service(mount_by: str, layout: str = "", **fields: object) -> dict[str, Any]:
    own = {"modelFormat": {"name": "sklearn"}, "delivery": "imageVolume", **fields}
    values = {"imageVolumes": {"mountBy": mount_by}, "layout": layout, "inferenceServices": {"iris": own}}
    (item,) = rendered(values, Release("r", "models"))
    return item


BY_URI: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one": ({"storageUri": URI}, {"model": {**MODEL, "storageUri": f"oci+native://{IMAGE}"}}),
    "several, of which one is no ModelKit": (
        {"storageUris": [{"uri": URI}, {"uri": S3, "mountPath": "/mnt/a"}]},
        {
            "model": MODEL,
            "storageUris": [
                {"uri": f"oci+native://{IMAGE}", "mountPath": "/mnt/models"},
                {"uri": S3, "mountPath": "/mnt/a"},
            ],
        },
    ),
    "another scheme": ({"storageUri": S3}, {"model": {**MODEL, "storageUri": S3}}),
    "the layout of the service": (
        {"storageUri": URI, "unpacking": {"layout": "model"}},
        {"model": {**MODEL, "storageUri": f"oci+native://{IMAGE}-196ee02784"}},
    ),
}


@pytest.mark.parametrize("mount_by", ["", "storageUri"])
@pytest.mark.parametrize(("fields", "predictor"), BY_URI.values(), ids=BY_URI)
def test_kserve_mounts_it_by_its_uri(
    mount_by: str, fields: dict[str, Any], predictor: dict[str, Any]
) -> None:
    assert service(mount_by, **fields)["spec"]["predictor"] == predictor


@pytest.mark.parametrize(("own", "name"), [("", "-196ee02784"), ("kit", ""), ("model", "-196ee02784")])
def test_the_layout_for_all_counts_where_a_service_has_none(own: str, name: str) -> None:
    item = service("", "model", storageUri=URI, unpacking={"layout": own})

    assert item["spec"]["predictor"]["model"]["storageUri"] == f"oci+native://{IMAGE}{name}"


MOUNTED = {**MODEL, "storage": {}, "volumeMounts": [mount()]}
BY_VOLUME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one": ({"storageUri": URI}, {"model": MOUNTED, "volumes": [volume()]}),
    "several, of which one is no ModelKit": (
        {
            "storageUris": [
                {"uri": URI},
                {"uri": S3, "mountPath": "/mnt/a"},
                {"uri": URI, "mountPath": "/mnt/b"},
            ]
        },
        {
            "model": {
                **MOUNTED,
                "volumeMounts": [mount("kitserve-model-0"), mount("kitserve-model-2", "/mnt/b")],
            },
            "storageUris": [{"uri": S3, "mountPath": "/mnt/a"}],
            "volumes": [volume("kitserve-model-0"), volume("kitserve-model-2")],
        },
    ),
    "another scheme": ({"storageUri": S3}, {"model": {**MODEL, "storageUri": S3}}),
    "beside volumes of its own": (
        {"storageUri": URI, "predictor": {"volumes": [OWN_VOLUME], "model": {"volumeMounts": [OWN_MOUNT]}}},
        {"model": {**MOUNTED, "volumeMounts": [OWN_MOUNT, mount()]}, "volumes": [OWN_VOLUME, volume()]},
    ),
    "a volume of this name is there": (
        {"storageUri": URI, "predictor": {"volumes": [volume(image="mirror.example.com/iris:1")]}},
        {"model": MOUNTED, "volumes": [volume(image="mirror.example.com/iris:1")]},
    ),
    "something is mounted there": (
        {
            "storageUri": URI,
            "predictor": {"model": {"volumeMounts": [{**OWN_MOUNT, "mountPath": "/mnt/models"}]}},
        },
        {
            "model": {**MOUNTED, "volumeMounts": [{**OWN_MOUNT, "mountPath": "/mnt/models"}]},
            "volumes": [volume()],
        },
    ),
}


@pytest.mark.parametrize(("fields", "predictor"), BY_VOLUME.values(), ids=BY_VOLUME)
def test_the_predictor_mounts_it(fields: dict[str, Any], predictor: dict[str, Any]) -> None:
    assert service("volume", **fields)["spec"]["predictor"] == predictor


@pytest.mark.parametrize(
    ("uri", "annotations"), [(URI, {"a": "b"}), (S3, {"a": "b", "kitserve.io/filter": "model"})]
)
def test_an_image_needs_no_annotations(uri: str, annotations: dict[str, str]) -> None:
    item = service("", storageUri=uri, unpacking={"filter": "model"}, annotations={"a": "b"})

    assert item["metadata"]["annotations"] == annotations
