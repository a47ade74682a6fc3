"""Where models are mounted, and the volumes that a service brings."""

from typing import Any

import pytest

from tests.case_ids import case_id
from tests.generator.check.imagevolume.parts import (
    ANNOTATIONS,
    CLAIM,
    NATIVE,
    PIN,
    PROVISION,
    image,
    listed,
    mounted,
    with_volumes,
)
from tests.generator.check.manifests import SERVICE, codes, mutated


@pytest.mark.parametrize(
    ("uris", "paths", "expected"),
    [
        ((f"oci+native://{PIN}",) * 2, ("a", "b"), set()),
        ((f"oci+native://{PIN}",) * 2, ("a", "a"), {"KS169"}),
        ((f"oci+native://{PIN}",) * 2, ("a", "a/"), {"KS169"}),
        ((f"oci+native://{PIN}",) * 2, ("a-b", "a/b"), {"KS169"}),
        ((f"oci+native://{PIN}",) * 2, ("a", "a/b"), {"KS178"}),
        ((f"oci+native://{PIN}",), ("llama_3",), {"KS169"}),
        ((f"oci+native://{PIN}",), ("llama-3.1",), {"KS169"}),
        ((f"oci+native://{PIN}",), ("Llama",), {"KS169"}),
        ((f"oci+native://{PIN}",), ("a" * 52,), set()),
        ((f"oci+native://{PIN}",), ("a" * 53,), {"KS169"}),
        (("kit://r.io/a:1", "kit://r.io/b:1"), ("Llama_3", "b"), set()),
        (("kit://r.io/a:1", "kit://r.io/b:1"), ("Llama/a", "Llama/b"), {"KS169"}),
        (("kit://r.io/a:1",), ("llama_3",), {"KS169"}),
        (("pvc://claim/a",), ("llama_3",), {"KS169"}),
        (("oci://r.io/a:1",), ("llama_3",), set()),
        (("kit://r.io/a:1", "kit://r.io/b:1", f"oci+native://{PIN}"), ("a", "b", "c"), {"KS178"}),
        (("kit://r.io/a:1", "kit://r.io/b:1", f"oci+native://{PIN}"), ("k/a", "k/b", "c"), set()),
        (("kit://r.io/a:1", f"oci+native://{PIN}"), ("a", ""), {"KS178"}),
        (("kit://r.io/a:1", f"oci+native://{PIN}"), ("", "b"), {"KS178"}),
        (("kit://r.io/a:1", "pvc://claim"), ("", "b"), set()),
    ],
    ids=case_id,
)
def test_models_have_a_place_each(uris: tuple[str, ...], paths: tuple[str, ...], expected: set[str]) -> None:
    assert codes(listed(*uris, paths=paths)) == expected


def test_a_folder_is_made_in_what_is_writable() -> None:
    item = listed("kit://r.io/a:1", "kit://r.io/b:1", f"oci+native://{PIN}")

    assert codes(mutated(item, ANNOTATIONS, {"storage.kserve.io/readonly": "false"})) == set()


@pytest.mark.parametrize(
    ("item", "volumes", "mounts", "expected"),
    [
        (NATIVE, (), None, set()),
        # a path, and KServe's name
        (NATIVE, ({"name": "own", "emptyDir": {}},), mounted("own"), {"KS169"}),
        (NATIVE, ({"name": "own", "emptyDir": {}},), mounted("own", "/mnt/other"), set()),
        (NATIVE, ({"name": "own", "emptyDir": {}},), mounted("own", "/mnt/models/cache"), {"KS178"}),
        (NATIVE, ({"name": "mnt-models", **CLAIM},), None, {"KS169"}),
        (NATIVE, (image("mnt-models", pullPolicy="Always"),), None, set()),
        (SERVICE, ({"name": "own", "emptyDir": {}},), mounted("own"), {"KS169"}),
        (SERVICE, ({"name": "own", "emptyDir": {}},), mounted("own", "/mnt/models/cache"), set()),
        (SERVICE, ({"name": PROVISION, **CLAIM},), mounted(PROVISION), set()),
        # the volume that an initializer writes into
        (SERVICE, ({"name": PROVISION, **CLAIM},), None, set()),
        (SERVICE, ({"name": PROVISION, "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},), None, set()),
        (SERVICE, ({"name": PROVISION, "configMap": {"name": "a"}},), None, {"KS179"}),
        (SERVICE, ({"name": PROVISION, "secret": {"secretName": "a"}},), None, {"KS179"}),
        (SERVICE, (image(PROVISION),), None, {"KS179"}),
        (SERVICE, ({"name": PROVISION, "csi": {"driver": "d", "readOnly": True}},), None, {"KS179"}),
        (SERVICE, ({"name": "other", "configMap": {"name": "a"}},), None, set()),
        (NATIVE, ({"name": PROVISION, **CLAIM},), None, {"KS166"}),
        (NATIVE, ({"name": PROVISION, **CLAIM},), mounted(PROVISION, "/cache"), set()),
        (listed("kit://r.io/a:1", paths=("",)), ({"name": PROVISION, **CLAIM},), None, {"KS166"}),
        (listed("kit://r.io/a:1", paths=("",)), ({"name": "mnt-models", **CLAIM},), None, set()),
        (
            listed("kit://r.io/a:1", paths=("",)),
            ({"name": "mnt-models", "configMap": {"name": "a"}},),
            None,
            {"KS179"},
        ),
        # Kubernetes' own rules
        (SERVICE, (image(),), mounted("model", "/m", subPath="models", readOnly=True), set()),
        (SERVICE, (image(pullPolicy="always"),), None, {"KS186"}),
        (SERVICE, ({"name": "model", "image": {}},), None, {"KS188"}),
        (SERVICE, (image(reference=""),), None, {"KS188"}),
        (SERVICE, ({**image(), "emptyDir": {}},), None, {"KS188"}),
        (SERVICE, (image(),), mounted("model", "/m", subPath="/models"), {"KS188"}),
        (SERVICE, (image(),), mounted("model", "/m", subPath="../models"), {"KS188"}),
        (SERVICE, (image(),), mounted("model", "/m", subPath="a..b"), set()),
        (SERVICE, (image(),), mounted("model", "/m", subPath="a", subPathExpr="b"), {"KS188"}),
        # references of volumes
        (SERVICE, (image(reference="kit://r.io/a:1"),), None, {"KS165"}),
        (SERVICE, (image(reference="oci+native://r.io/a:1"),), None, {"KS165"}),
        (SERVICE, (image(reference="r.io/A:1"),), None, {"KS165"}),
        (SERVICE, (image(reference="r.io/a:1"),), None, {"KS164"}),
        (SERVICE, (image(reference="r.io/a:1", pullPolicy="Always"),), None, set()),
        (SERVICE, (image(reference="r.io/a", pullPolicy="Always"),), None, {"KS164"}),
        (
            SERVICE,
            (image(), {"name": "own", "emptyDir": {}}),
            [*mounted("model", "/m"), *mounted("own", "/m/b")],
            {"KS178"},
        ),
        (
            SERVICE,
            (image(), {"name": "own", "emptyDir": {}}),
            [*mounted("model", "/m"), *mounted("own", "/m-b")],
            set(),
        ),
    ],
    ids=case_id,
)
def test_volumes_are_judged(
    item: dict[str, Any], volumes: tuple[dict[str, Any], ...], mounts: object, expected: set[str]
) -> None:
    assert codes(with_volumes(item, *volumes, mounts=mounts)) == expected
