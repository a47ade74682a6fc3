"""Lists of a cluster, from an API server that says anything."""

from typing import Any

import pytest
from kitserve.cluster import objects, reading
from kitserve.cluster.objects import Objects
from kitserve.cluster.paths import pages
from kitserve.cluster.reading import Reader
from kitserve.errors import ClusterUnavailable

ODD: dict[str, dict[str, Any]] = {
    "no items": {"kind": "List"},
    "items that are none": {"items": "x", "metadata": {"continue": None}},
    "items of every kind": {"items": [1, "x", None, []], "metadata": []},
    "metadata that is a text": {"items": [], "metadata": "x"},
}


def endless(*_: str, **__: object) -> dict[str, Any]:
    """Each page leads to another one."""
    served = {"name": "configmaps", "kind": "ConfigMap", "namespaced": True}
    return {"resources": [served], "items": [{"metadata": {}}], "metadata": {"continue": "more"}}


@pytest.mark.parametrize("page", ODD.values(), ids=ODD)
def test_a_page_that_is_none_is_an_empty_one(page: dict[str, Any]) -> None:
    assert [*pages(lambda **_: page)] == [[]]


def test_each_page_is_asked_for_by_the_one_before() -> None:
    tokens = iter(("b", "c", ""))
    asked: list[object] = []

    def ask(**options: object) -> dict[str, Any]:
        asked.append(options)
        return {"items": [{}], "metadata": {"continue": next(tokens)}}

    assert len([*pages(ask, label_selector="a=b")]) == 3
    assert asked == [{"limit": 250, "_continue": each, "label_selector": "a=b"} for each in (None, "b", "c")]


def test_a_list_without_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (objects, reading):
        monkeypatch.setattr(module, "connect", lambda _: (endless, "default"))

    assert len(Reader().items("/api/v1", "pods")) == 40
    with pytest.raises(ClusterUnavailable, match="more than 10000 objects"):
        list(Objects().listed("v1", "ConfigMap", "a=b"))
