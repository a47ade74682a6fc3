"""What two objects of an API server are compared by, and what a tool adds to those that it applies."""

from typing import Any

import pytest
from kitserve.drift.preview import comparable, merge_patch
from kitserve.drift.tool_marks import LAST_APPLIED, TEMPLATE_GENERATION, marked

ITEM: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a"},
    "data": {"a": "b"},
}

PATCHES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "the same": ({"a": {"b": [1]}}, {"a": {"b": [1]}}, {}),
    "another value": ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 3}),
    "a value within": ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}),
    "a new key": ({}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    "a key less": ({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"d": 2}}, {"a": None, "b": {"c": None}}),
    "a list": ({"a": [1, 2]}, {"a": [2]}, {"a": [2]}),
    "a map in place of a text": ({"a": "b"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    "null that is new": ({}, {"a": None}, {"a": None}),
}


@pytest.mark.parametrize(("before", "after", "patch"), PATCHES.values(), ids=PATCHES)
def test_a_merge_patch_has_what_differs(
    before: dict[str, Any], after: dict[str, Any], patch: dict[str, Any]
) -> None:
    assert merge_patch(before, after) == patch


def stored(**metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return ITEM | {"metadata": {"name": "a"} | metadata, "status": {"x": 1}}


STORED = {
    "what the API server counts": stored(
        uid="u", resourceVersion="7", generation=3, creationTimestamp="t", managedFields=[{"manager": "helm"}]
    ),
    "kubectl's copy": stored(annotations={LAST_APPLIED: "{}"}),
    "a DaemonSet's count": stored(annotations={TEMPLATE_GENERATION: "1"}),
}


@pytest.mark.parametrize("item", STORED.values(), ids=STORED)
def test_what_says_nothing_of_a_release_is_not_compared(item: dict[str, Any]) -> None:
    assert comparable(item) == ITEM


def test_the_rest_is_compared() -> None:
    metadata = {"name": "a", "finalizers": ["f"], "labels": {"a": "b"}, "annotations": {"c": "d"}}

    assert comparable(stored(**metadata))["metadata"] == metadata


LABELS, ANNOTATIONS = "labels", "annotations"
MANAGED = "app.kubernetes.io/managed-by"
MARKS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "of Helm": (
        {LABELS: {MANAGED: "kitserve"}},
        {
            LABELS: {MANAGED: "Helm", "helm.sh/chart": "kitserve-0.1.0_f00", "team": "a"},
            ANNOTATIONS: {"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "n", "x": "y"},
        },
        {
            LABELS: {MANAGED: "Helm", "helm.sh/chart": "kitserve-0.1.0_f00"},
            ANNOTATIONS: {"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "n"},
        },
    ),
    "of Argo CD": (
        {ANNOTATIONS: {"a": "b"}},
        {ANNOTATIONS: {"argocd.argoproj.io/tracking-id": "t"}},
        {ANNOTATIONS: {"a": "b", "argocd.argoproj.io/tracking-id": "t"}},
    ),
    "of Flux": (
        {},
        {LABELS: {"helm.toolkit.fluxcd.io/name": "r", "helm.toolkit.fluxcd.io/namespace": "n"}},
        {LABELS: {"helm.toolkit.fluxcd.io/name": "r", "helm.toolkit.fluxcd.io/namespace": "n"}},
    ),
    "of kubectl": ({}, {ANNOTATIONS: {LAST_APPLIED: "{}"}}, {ANNOTATIONS: {LAST_APPLIED: "{}"}}),
    "on an object without labels": (
        {},
        {LABELS: {MANAGED: "Helm"}, ANNOTATIONS: {"meta.helm.sh/release-name": "r"}},
        {LABELS: {MANAGED: "Helm"}, ANNOTATIONS: {"meta.helm.sh/release-name": "r"}},
    ),
    "none": ({LABELS: {MANAGED: "kitserve"}}, {LABELS: {"a": "b"}}, {LABELS: {MANAGED: "kitserve"}}),
    "what the values set": (
        {LABELS: {MANAGED: "robots", "helm.sh/chart": "mine"}},
        {LABELS: {MANAGED: "Helm", "helm.sh/chart": "other"}},
        {LABELS: {MANAGED: "robots", "helm.sh/chart": "mine"}},
    ),
}


@pytest.mark.parametrize(("rendered", "live", "applied"), MARKS.values(), ids=MARKS)
def test_an_object_gets_the_marks_of_the_tool_that_made_it(
    rendered: dict[str, Any], live: dict[str, Any], applied: dict[str, Any]
) -> None:
    item = ITEM | {"metadata": {"name": "a"} | rendered}

    assert marked(item, {"metadata": live})["metadata"] == {"name": "a"} | applied
