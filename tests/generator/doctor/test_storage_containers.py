"""Which ClusterStorageContainer takes `kit://`, as KServe finds it among those of a cluster."""

from typing import Any

import pytest
from kitserve.doctor.intent import JOBS, PODS
from kitserve.doctor.kserve.storage_containers import judge
from kitserve.doctor.workload import KIT
from kitserve.version import VERSION

from tests.case_ids import case_id
from tests.generator.check.manifests import mutated
from tests.generator.doctor.containers import KSERVES, OURS

Data = dict[str, Any]
URI = "kit://registry.example.com/models/iris:v1"


def named(name: str, **spec: Any) -> Data:  # noqa: ANN401 - any JSON
    return {**OURS, "metadata": {"name": name}, "spec": OURS["spec"] | spec}


def told(
    there: list[Data], own: Data | None = None, workload: str = PODS, *, is_deployed: bool = False
) -> list[str]:
    """The result, the thing and the sentence of each check that isn't ok."""
    checks = judge(there, own or {}, [URI], workload, is_deployed=is_deployed)
    return [f"{each.result} {each.about}: {each.said}" for each in checks if each.result != "ok"]


@pytest.mark.parametrize(
    ("there", "own"),
    [
        ([KSERVES, OURS], None),
        ([KSERVES], OURS),
        ([KSERVES, OURS], OURS),
        ([OURS, {**named("other"), "disabled": True}], OURS),
        ([OURS, named("other", workloadType=JOBS)], OURS),
        ([OURS, named("other", workloadType="")], OURS),
        ([OURS, named("other", supportedUriFormats=[{"prefix": "kits://"}])], OURS),
        ([OURS, named("other", supportedUriFormats=[{}])], OURS),
        ([OURS, named("other", supportedUriFormats=[{"prefix": "s3://", "regex": "^kit"}])], OURS),
    ],
    ids=case_id,
)
def test_one_that_takes_them_is_enough(there: list[Data], own: Data | None) -> None:
    assert told(there, own) == []


@pytest.mark.parametrize(
    "form",
    [
        {"prefix": "kit"},
        {"prefix": "kit://registry.example.com/"},
        {"prefix": "k"},
        {"regex": "^kit://.+"},
        {"regex": "registry"},
        {"regex": ".*"},
        {"regex": "^(kit|s3)://"},
    ],
    ids=case_id,
)
def test_two_that_take_them_shadow_each_other(form: dict[str, str]) -> None:
    other = named("another", supportedUriFormats=[form])
    said = f"error for pods: another, kitops all take {URI}, and KServe uses whichever comes first"

    assert told([KSERVES, other, OURS]) == [said]
    assert told([KSERVES, other], OURS) == [said]


NONE = f"error for pods: no ClusterStorageContainer takes {URI}: KServe starts no initializer for it"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], NONE),
        ([KSERVES], NONE),
        ([KSERVES, named("other", supportedUriFormats=[{"prefix": "oci://"}])], NONE),
        ([{**OURS, "disabled": True}], f"error for pods: kitops would take {URI}, and is disabled"),
        (
            [named("kitops", workloadType="")],
            f"error for pods: kitops would take {URI}, and KServe ignores it: its workloadType is missing",
        ),
        (
            [named("kitops", workloadType="InitContainer")],
            f"error for pods: kitops would take {URI}, and KServe ignores it: its workloadType is InitContainer",
        ),
        (
            [named("kitops", container={"name": "kit", "image": "r.io/a:1"})],
            "error for pods: the container of kitops isn't named storage-initializer: KServe adds it twice "
            "(kserve/kserve#3900)",
        ),
        (
            [
                named(
                    "kitops",
                    container={"name": "storage-initializer", "image": "r.io/kitserve-initializer:0.0.9"},
                )
            ],
            f"warning for pods: kitops takes kit://, and its image is version 0.0.9, while this kitserve is {VERSION}",
        ),
    ],
    ids=case_id,
)
def test_why_none_takes_them(there: list[Data], expected: str) -> None:
    assert told(there) == [expected]


@pytest.mark.parametrize(
    ("before", "is_deployed", "expected"),
    [
        ([], False, []),
        (
            [],
            True,
            [
                "error kitops: it was deleted, and services of this release are there: their next pods don't start"
            ],
        ),
        (
            [mutated(OURS, "metadata.deletionTimestamp", "2026-01-01T00:00:00Z")],
            False,
            ["error kitops: it is being deleted"],
        ),
        (
            [mutated(OURS, "spec.container.image", "old:1")],
            False,
            [
                "warning kitops: the cluster's isn't the one of these values: its image is old:1 instead of "
                f"r.io/kitserve-initializer:{VERSION}"
            ],
        ),
        (
            [mutated(OURS, "spec.workloadType", "")],
            False,
            [
                "warning kitops: the cluster's isn't the one of these values: workloadType is missing instead of "
                "initContainer, so that KServe ignores it"
            ],
        ),
        (
            [{**OURS, "disabled": True}],
            False,
            [
                "error kitops: it is disabled, and applying these values doesn't enable it",
                f"error for pods: kitops would take {URI}, and is disabled",
            ],
        ),
    ],
    ids=case_id,
)
def test_how_the_releases_own_is_there(before: list[Data], is_deployed: bool, expected: list[str]) -> None:
    assert told([KSERVES, *before], OURS, is_deployed=is_deployed) == expected


def test_a_regex_that_go_cannot_read_ends_kserves_search() -> None:
    broken = named("broken", supportedUriFormats=[{"regex": "^s3(?!x)"}])
    (said,) = told([broken, OURS])

    assert said.startswith("error broken: KServe's search may end at its regex, which Go can't read")
    assert told([{**broken, "disabled": True}, OURS]) == []
    assert told([mutated(broken, "spec.workloadType", JOBS), OURS]) == []


def test_jobs_need_one_of_their_own() -> None:
    assert told([KSERVES, OURS], workload=JOBS) == [
        f"error for jobs of local models: kitops would take {URI}, and KServe ignores it: its workloadType is "
        "initContainer"
    ]
    assert told([OURS, named("jobs", workloadType=JOBS)], workload=JOBS) == []
    assert told([OURS], named("jobs", workloadType=JOBS), JOBS) == []


def test_a_scheme_alone_is_asked_about_where_no_service_is_known() -> None:
    narrow = named("kitops", supportedUriFormats=[{"prefix": "kit://registry.example.com/"}])

    assert [each.result for each in judge([narrow], {}, [KIT], PODS)] == ["error"]
