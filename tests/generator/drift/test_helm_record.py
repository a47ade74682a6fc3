"""What Helm keeps of a release, and objects without kitserve's labels that values no longer render."""

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from kitserve.cluster import objects
from kitserve.cluster.api_server import Refused
from kitserve.cluster.objects import Objects
from kitserve.drift.comparison import compare
from kitserve.render.release import Release
from kitserve.render.yaml_writer import dump
from kitserve.report import diff as report

CORE = "/api/v1/namespaces/models"
IRIS = "/apis/serving.kserve.io/v1beta1/namespaces/models/inferenceservices/iris"
HELM = {"meta.helm.sh/release-name": "kitserve", "meta.helm.sh/release-namespace": "models"}
LABELS = {"app.kubernetes.io/instance": "kitserve", "app.kubernetes.io/part-of": "kitserve"}
KINDS = {"inferenceservices": "InferenceService", "secrets": "Secret", "configmaps": "ConfigMap"}
RESOURCES = [{"name": name, "kind": kind, "namespaced": True} for name, kind in KINDS.items()]
UNKNOWN = ", so that objects without kitserve's labels which values no longer render aren't known"
SECRET = "hunter2-in-a-record"


def service(**annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "iris", "namespace": "models", "annotations": annotations},
    }


@dataclass
class State:
    """An API server's objects by path, the paths that it refuses, and what it was asked."""

    there: dict[str, dict[str, Any]]
    refused: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, method: str, path: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's own
        """What it answers; a dry run stores what it is sent."""
        self.asked.append((method, path, options))
        if path in self.refused:
            raise Refused({"kind": "Status", "code": 403})
        if path.count("/") <= 3:
            return {"kind": "APIResourceList", "resources": RESOURCES}
        if method == "patch":
            return dict(options["body"])
        if path.rpartition("/")[2] in KINDS:
            return {"kind": "List", "items": [*self._below(path, options["label_selector"])]}
        if path not in self.there:
            raise Refused({"kind": "Status", "code": 404})
        return self.there[path]

    def _below(self, path: str, selector: str) -> Sequence[dict[str, Any]]:
        wanted = {tuple(each.split("=")) for each in selector.split(",")}
        found = [each for at, each in self.there.items() if at.startswith(f"{path}/")]
        return [each for each in found if wanted <= each["metadata"].get("labels", {}).items()]


def item(name: str, kind: str = "ConfigMap", **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    labels = {"annotations": HELM, "namespace": "models"}
    head = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **labels, **metadata}}
    return head | {"data": {"a": base64.b64encode(SECRET.encode()).decode() if kind == "Secret" else "b"}}


def encoded(release: object, layers: int = 2) -> str:
    content = gzip.compress(json.dumps(release).encode(), 1)
    for _ in range(layers):
        content = base64.b64encode(content)
    return content.decode()


def record(
    *objects: dict[str, Any], status: str = "deployed", version: int = 1, chart: str = "kitserve"
) -> dict[str, Any]:
    manifest = "".join(f"---\n# Source: kitserve/templates/a.yaml\n{dump(each)}" for each in objects)
    release = {"name": "kitserve", "chart": {"metadata": {"name": chart}}, "manifest": manifest}
    labels = {"owner": "helm", "name": "kitserve", "status": status, "version": str(version)}
    metadata = {"name": f"sh.helm.release.v1.kitserve.v{version}", "labels": labels}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "helm.sh/release.v1",
        "data": {"release": encoded(release)},
    }


def state(*there: dict[str, Any]) -> State:
    """A cluster with the service iris, made by Helm, and objects of the core group."""
    paths = {f"{CORE}/{each['kind'].lower()}s/{each['metadata']['name']}": each for each in there}
    return State({IRIS: service(**HELM), **paths})


Look = Callable[[State], tuple[list[str], list[str], str]]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """The differences' headlines, the notes, and the text, for a release that renders the service iris alone."""

    def looked(state: State) -> tuple[list[str], list[str], str]:
        monkeypatch.setattr(objects, "connect", lambda _: (state.answer, "models"))
        changes = list(compare(Objects(), [service()], Release("kitserve", "models")))
        text = report.text(changes, colors=False)
        heads = [block.split("\n", 1)[0] for block in text.split("\n\n") if block]
        return heads, list(report.notes(changes)), text

    return looked


OLD = item("old")
BY_HELM = "ConfigMap models/old (removed: by helm upgrade)"
RECORDS: dict[str, tuple[tuple[dict[str, Any], ...], list[str]]] = {
    "of the deployed revision": ((OLD, record(OLD)), [BY_HELM]),
    "without its namespace": (
        (OLD, record({**OLD, "metadata": {"name": "old"}})),
        [BY_HELM],
    ),
    "that the values render still": ((record(service(**HELM)),), []),
    "of a revision before the deployed one": (
        (OLD, record(OLD, status="superseded"), record(version=2)),
        [],
    ),
    "of the deployed revision before a failed one": (
        (OLD, record(OLD), record(version=2, status="failed")),
        [BY_HELM],
    ),
    "of the newest of two that call themselves deployed": (
        (OLD, record(OLD, version=9), record(version=10)),
        [],
    ),
    "of a first revision that failed": ((OLD, record(OLD, status="failed")), [BY_HELM]),
    "of a release that was uninstalled": ((OLD, record(OLD, status="uninstalled")), []),
    "that is gone": ((record(OLD),), []),
    "that is to be kept": (
        (
            item("old", annotations=HELM | {"helm.sh/resource-policy": "keep"}),
            record(OLD),
        ),
        [],
    ),
    "that its labels show too": (
        (item("old", labels=LABELS), record(OLD)),
        [BY_HELM],
    ),
    "of a kind that the cluster no longer has": ((record({**OLD, "kind": "Widget"}),), []),
    "in a list": (
        (OLD, record({"apiVersion": "v1", "kind": "List", "items": [OLD, item("gone")]})),
        [BY_HELM],
    ),
    "with a name that leads elsewhere": ((record({**OLD, "metadata": {"name": "../../secrets/a"}}),), []),
}


@pytest.mark.parametrize(("there", "expected"), RECORDS.values(), ids=RECORDS)
def test_what_helm_has_installed(there: tuple[dict[str, Any], ...], expected: list[str], look: Look) -> None:
    assert look(state(*there))[0] == expected


def test_a_secret_that_is_removed_is_masked(look: Look) -> None:
    there = item("old", "Secret")
    heads, notes, text = look(state(there, record(there)))

    assert (heads, notes) == (["Secret models/old (removed: by helm upgrade)"], [])
    assert '-  a: "***"' in text
    assert there["data"]["a"] not in text


def test_only_heads_of_records_are_listed(look: Look) -> None:
    asked = state(record(OLD), record(OLD, version=2), OLD)
    look(asked)

    read = [options for _, path, options in asked.asked if path == f"{CORE}/secrets"]
    assert [each["header_params"]["Accept"].partition(";g=")[0] for each in read] == [
        "application/json;as=PartialObjectMetadataList"
    ]
    assert [path for _, path, _ in asked.asked if "sh.helm" in path] == [
        f"{CORE}/secrets/sh.helm.release.v1.kitserve.v2"
    ]


def test_a_record_in_a_config_map(look: Look) -> None:
    kept = record(OLD)
    kept |= {"kind": "ConfigMap", "data": {"release": base64.b64decode(kept["data"]["release"]).decode()}}

    assert look(state(OLD, kept))[0] == [BY_HELM]


BOMB = {"manifest": "a" * 33 * 1024 * 1024}
UNREAD: dict[str, tuple[dict[str, Any] | None, str]] = {
    "there is none": (None, "there is none in models"),
    "of a chart that kitserve is a part of": (
        record(OLD, chart="platform"),
        "it is of the chart platform, which has other objects too",
    ),
    "no base64": (record() | {"data": {"release": "%"}}, "the Secret {} can't be read"),
    "no gzip": (record() | {"data": {"release": encoded("")[:-40]}}, "the Secret {} can't be read"),
    "no data": (record() | {"data": {}}, "the Secret {} can't be read"),
    "larger than is read": (record() | {"data": {"release": encoded(BOMB)}}, "the Secret {} can't be read"),
    "no map": (
        record() | {"data": {"release": encoded([])}},
        "it is of the chart without a name, which has other objects too",
    ),
    "no YAML": (
        record()
        | {
            "data": {
                "release": encoded({"chart": {"metadata": {"name": "kitserve"}}, "manifest": "a: [b"}),
            },
        },
        "the manifest in the Secret {} can't be read",
    ),
}


@pytest.mark.parametrize(("kept", "why"), UNREAD.values(), ids=UNREAD)
def test_a_record_that_says_nothing(kept: dict[str, Any] | None, why: str, look: Look) -> None:
    heads, notes, _ = look(state(OLD, *([kept] if kept else [])))

    said = why.format("sh.helm.release.v1.kitserve.v1")
    assert (heads, notes) == ([], [f"Helm's record of the release: {said}{UNKNOWN}"])


def test_a_record_that_the_login_may_not_read(look: Look) -> None:
    asked = state(OLD, record(OLD))
    asked.refused.add(f"{CORE}/secrets")
    heads, notes, _ = look(asked)

    assert heads == []
    assert f"Helm's record of the release: the login may not read Secrets in models{UNKNOWN}" in notes


def test_an_object_that_the_login_may_not_read_is_removed_all_the_same(look: Look) -> None:
    asked = state(record(OLD))
    asked.refused.add(f"{CORE}/configmaps/old")

    assert look(asked)[0] == [
        "ConfigMap models/old (removed: by helm upgrade, if it is there: the login may not read it)"
    ]


@pytest.mark.parametrize("others", [{}, {"argocd.argoproj.io/tracking-id": "a"}], ids=["kubectl", "Argo CD"])
def test_a_release_that_helm_has_not_made_is_not_looked_for(others: dict[str, str], look: Look) -> None:
    asked = state(OLD, record(OLD))
    asked.there[IRIS] = service(**others)

    assert look(asked)[0] == []
    assert not any("owner=helm" in str(options) for *_, options in asked.asked)


def test_nothing_that_is_there_says_who_makes_it(look: Look) -> None:
    asked = state(OLD, record(OLD))
    del asked.there[IRIS]

    assert look(asked)[0][1:] == [BY_HELM]
