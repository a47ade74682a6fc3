"""Schemes of images, by KServe's version, field and kind, and beside each other."""

import pytest

from tests.case_ids import case_id
from tests.generator.check.imagevolume.parts import NATIVE, PIN, listed
from tests.generator.check.manifests import MODEL, SERVICE, STORAGE, codes, mutated


@pytest.mark.parametrize(
    ("scheme", "version", "single", "many"),
    [
        ("oci", "0.15", False, True),
        ("oci", "0.18", False, True),
        ("oci", "0.19", False, False),
        ("oci+native", "0.19", True, True),
        ("oci+native", "0.20", False, False),
        ("oci+native", "0.21", False, False),
        ("oci+modelcar", "0.20", True, False),
        ("oci+fetch", "0.20", True, False),
        ("oci+fetch", "0.21", False, False),
    ],
)
def test_a_scheme_is_known_in_a_field_from_a_version_on(
    scheme: str, version: str, single: bool, many: bool
) -> None:
    uri = f"{scheme}://{PIN}"

    assert ("KS163" in codes(mutated(SERVICE, f"{MODEL}.storageUri", uri), version=version)) is single
    assert ("KS163" in codes(listed(uri), version=version)) is many


def test_a_storage_container_may_fetch_what_kserve_does_not() -> None:
    taker = mutated(STORAGE, "spec.supportedUriFormats", [{"prefix": "oci+native://"}])
    version = "0.19"

    assert codes(NATIVE, version=version) == {"KS163"}
    assert codes(NATIVE, taker, version=version) == set()


@pytest.mark.parametrize(
    ("uris", "version", "expected"),
    [
        (("oci://r.io/a:1", "kit://r.io/b:1"), "0.19", {"KS130"}),
        (("oci://r.io/a:1", "s3://b"), "0.19", {"KS130"}),
        (("oci://r.io/a:1", "oci://r.io/b:1"), "0.19", {"KS130"}),
        (("oci://r.io/a:1",), "0.19", set()),
        (("oci://r.io/a:1", "s3://b"), "0.20", set()),
        (("oci://r.io/a:1", "kit://r.io/b:1"), "0.20", {"KS130"}),
        (("kit://r.io/a:1", f"oci+native://{PIN}"), "0.20", set()),
        ((f"oci+native://{PIN}", "kit://r.io/a:1"), "0.20", {"KS130"}),
        ((f"oci+native://{PIN}", "s3://bucket/a"), "0.20", set()),
        ((f"oci+native://{PIN}", "oci://r.io/a:1"), "0.20", set()),
        (("oci://r.io/a:1", "oci://r.io/b:1"), "0.20", {"KS178"}),
        ((f"oci+native://{PIN}", f"oci+native://{PIN}"), "0.20", set()),
        ((f"oci+native://{PIN}", f"oci+native://{PIN}"), "0.21", {"KS178"}),
        ((f"oci+native://{PIN}", "oci+fetch://r.io/a:1"), "0.21", {"KS178"}),
        ((f"oci+native://{PIN}", "s3://bucket/a"), "0.21", set()),
    ],
    ids=case_id,
)
def test_some_schemes_stand_beside_each_other(
    uris: tuple[str, ...], version: str, expected: set[str]
) -> None:
    assert codes(listed(*uris), version=version) == expected


@pytest.mark.parametrize("version", ["0.20", "0.21"])
def test_modelcars_have_a_folder_each(version: str) -> None:
    assert codes(listed("oci://r.io/a:1", "oci://r.io/b:1", paths=("a/m", "b/m")), version=version) == set()


@pytest.mark.parametrize(("count", "expected"), [(10, set()), (11, {"KS169"})])
def test_a_pod_has_ten_modelcars(count: int, expected: set[str]) -> None:
    paths = tuple(f"{number}/m" for number in range(count))

    assert codes(listed(*["oci://r.io/a:1"] * count, paths=paths)) == expected


@pytest.mark.parametrize(
    ("uri", "version", "expected"),
    [
        (f"oci+native://{PIN}", "0.20", {"KS163"}),
        ("oci://r.io/a:1", "0.20", {"KS163"}),
        ("oci://r.io/a:1", "0.21", set()),
        ("kit://r.io/a:1", "0.20", set()),
        ("s3://bucket/a", "0.20", set()),
    ],
)
def test_caches_fetch_no_images(uri: str, version: str, expected: set[str]) -> None:
    spec = {"sourceModelUri": uri, "modelSize": "1Gi", "nodeGroups": ["a"]}
    item = {**STORAGE, "kind": "LocalModelCache", "spec": spec}

    assert codes(item, version=version) == expected
