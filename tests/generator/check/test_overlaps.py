"""Initializers that take the same URIs, by prefix and by regular expression; runtimes that KServe never prefers."""

import copy
from typing import Any

import pytest
from kitserve.check import object_rules
from kitserve.check.object_rules.go_regexp.common_match import is_common

from tests.generator.check.manifests import MODEL, SERVICE, STORAGE, codes, mutated

PREFIX, REGEX = "prefix", "regex"
JOBS = "localModelDownloadJob"


def container(name: str, workload: str = "initContainer", **form: str) -> dict[str, Any]:
    item = mutated(mutated(STORAGE, "metadata.name", name), "spec.supportedUriFormats", [form])
    return mutated(item, "spec.workloadType", workload)


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (r"^kit:\/\/", "^kit://.*", True),
        (r"^kit:\/\/", "kit://.+", True),
        (r"^kit:\/\/", ".*", True),
        (r"^kit:\/\/", "registry[.]example[.]com", True),
        (r"^kit:\/\/", "(?i)^KIT://", True),
        (r"^kit:\/\/", r"\bkit://", True),
        (r"^kit:\/\/", r"^kit://[[:alpha:]_]+/", True),
        (r"^kit:\/\/", "^(kit|oci)://", True),
        (r"^kit:\/\/", r"\Qkit://\E.+", True),
        (r"^kit:\/\/", "https?://(.+)/(.+)", False),
        (r"^kit:\/\/", "(s3|gs)://.+", False),
        (r"^kit:\/\/a/", "^kit://b/.+", False),
        (r"^kit:\/\/", "^$", False),
        (r"^kit:\/\/", "^kit:/[^/]", False),
        ("^kit://[^/]+/team-a/[^/]+$", "^kit://[^/]+/team-b/[^/]+$", False),
        ("^kit://[^/]+/team-a/", "^kit://.*/team-b/.+$", True),
        ("^kit://a{2,3}$", "^kit://aa$", True),
        ("^kit://a{2,3}$", "^kit://a{4}$", False),
        ("^kit://(ab)*$", "^kit://aba$", False),
        ("^kit://(ab)*$", "^kit://abab$", True),
        ("^kit://(?:a|b)+?c?$", "^kit://abac$", True),
        ("^kit://(a", "^kit://a", False),
        ("^kit://a{1000}b{1000}c{1000}", "^kit://", False),
    ],
)
def test_patterns_match_a_uri_in_common(one: str, other: str, common: bool) -> None:
    assert is_common(one, other) == is_common(other, one) == common


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([container("a", prefix="kit://"), container("b", regex="^kit://.*")], {"KS115"}),
        ([container("a", regex="^kit://x/"), container("b", prefix="kit://x/y")], {"KS115"}),
        ([container("a", regex="^kit://x/"), container("b", regex="^kit://[a-z]/")], {"KS115"}),
        ([container("a", regex="^kit://x/"), container("b", regex="^kit://y/")], set()),
        ([container("a", prefix="kit://"), container("b", JOBS, regex="^kit://.*")], set()),
        ([container("a", JOBS, prefix="kit://"), container("b", JOBS, regex="^kit://.*")], {"KS115"}),
        ([container("a", prefix="kit://"), {**container("b", prefix="kit://"), "disabled": True}], set()),
        ([container("a", prefix="hf://")], {"KS129"}),
        ([container("a", prefix="s3://bucket/")], {"KS129"}),
        ([container("a", prefix="https://models.example.com/")], {"KS129"}),
        ([container("a", regex="^(s3|kit)://")], {"KS129"}),
        ([container("a", JOBS, prefix="hf://")], set()),
        ([container("a", prefix="hf+kit://")], set()),
        ([container("a", prefix="hf://"), {**container("default", prefix="hf://"), "disabled": True}], set()),
        ([container("default", prefix="hf://")], set()),
    ],
)
def test_initializers_that_take_one_uri_are_told(items: list[dict[str, Any]], expected: set[str]) -> None:
    assert codes(*items) == expected


@pytest.mark.parametrize(("version", "chooses"), [("0.19", False), ("0.20", True)])
def test_the_hint_can_be_followed_with_this_kserve(version: str, chooses: bool) -> None:
    for items in ([container("a", prefix="hf://")], [container(name, prefix="kit://") for name in "ab"]):
        ((_, problem),) = object_rules.check_together(items, version)
        assert ("storageContainerName" in problem.hint) == chooses


def runtime(
    kind: str = "ClusterServingRuntime", protocols: tuple[str, ...] = ("v2",), **form: object
) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "ours"},
        "spec": {
            "protocolVersions": list(protocols),
            "supportedModelFormats": [{"name": "sklearn", "version": "1", "autoSelect": True, **form}],
            "containers": [{"name": "kserve-container", "image": "example.com/a:1"}],
        },
    }


DISABLED = copy.deepcopy(runtime(priority=1))
DISABLED["spec"]["disabled"] = True


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (runtime(priority=1), {"KS155"}),
        (runtime(), {"KS155"}),
        (runtime(priority=3), set()),
        (runtime("ServingRuntime", priority=1), set()),
        (runtime(priority=1, autoSelect=False), set()),
        (runtime(priority=1, version="3"), set()),
        (runtime(priority=1, name="forest"), set()),
        (runtime(protocols=("v2", "grpc-v2"), priority=1), set()),
        (runtime(protocols=("v1", "v2")), {"KS155"}),
        (DISABLED, set()),
        (mutated(runtime(priority=1), "metadata.name", "kserve-mlserver"), set()),
    ],
)
def test_a_runtime_that_kserve_never_prefers_is_told(item: dict[str, Any], expected: set[str]) -> None:
    assert {code for code in codes(item) if code == "KS155"} == expected


READS = [
    {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['kitserve.io/layout']"}}}
]
STEERED = mutated(SERVICE, "metadata.annotations", {"kitserve.io/layout": "model"})


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([STEERED], set()),
        ([STEERED, STORAGE], {"KS128"}),
        ([STEERED, mutated(STORAGE, "spec.container.env", READS)], set()),
        ([STEERED, container("a", prefix="other://")], set()),
        ([STEERED, container("a", JOBS, prefix="kit://")], set()),
        (
            [mutated(SERVICE, "spec.predictor.annotations", {"kitserve.io/layout": "model"}), STORAGE],
            {"KS128"},
        ),
        ([mutated(SERVICE, "metadata.annotations", {"kitserve.io/layuot": "x"}), STORAGE], {"KS127"}),
        ([mutated(SERVICE, "metadata.annotations", {"kitsreve.io/layout": "x"})], {"KS127"}),
        ([mutated(SERVICE, "metadata.annotations", {"example.com/layout": "x"})], set()),
    ],
)
def test_annotations_reach_the_initializer(items: list[dict[str, Any]], expected: set[str]) -> None:
    assert codes(*items) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kserve-sklearnsever", {"KS154"}),
        ("kserve-sklearn-server", {"KS154"}),
        ("kserve-sklearnserver-large", set()),
        ("kserve-sklearnserver", set()),
        ("our-server", set()),
    ],
)
def test_a_runtime_with_nearly_a_name_of_kserves_is_told(name: str, expected: set[str]) -> None:
    assert codes(mutated(SERVICE, f"{MODEL}.runtime", name)) == expected
