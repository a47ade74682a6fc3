"""Differences as they are printed: what changes, and nothing that may be secret."""

import base64
from typing import Any

import pytest
from kitserve.drift.change import Change
from kitserve.report import diff
from kitserve.report.masking import masked

OLD, NEW = "hunter2", "correct-horse"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secret(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": data}


def pod(**container: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {
        "kind": "DaemonSet",
        "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "c"} | container]},
    }


PRIVATE: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None]] = {
    "a Secret": (secret(a=encoded(OLD)), secret(a=encoded(NEW))),
    "a new Secret": (None, secret(a=encoded(OLD))),
    "a Secret less": (secret(a=encoded(OLD)), None),
    "a key more": (secret(), secret(a=encoded(NEW))),
    "a Secret in text": (None, {"kind": "Secret", "stringData": {"a": OLD}}),
    "a Secret of another shape": (None, {"kind": "Secret", "data": [{"a": [OLD]}], "stringData": OLD}),
    "a variable": (
        pod(env=[{"name": "HF_TOKEN", "value": OLD}]),
        pod(env=[{"name": "LOG", "value": "x"}, {"name": "HF_TOKEN", "value": NEW}]),
    ),
    "a flag": (pod(args=[f"--token={OLD}"]), pod(args=[f"--token={NEW}"])),
    "what follows a flag": (pod(args=["--password", OLD]), pod(args=["--password", NEW])),
    "a command": (
        pod(command=["sh", "-c", f"curl -u me:{OLD} x"]),
        pod(command=["sh", "-c", f"curl -u me:{NEW} x"]),
    ),
    "an annotation": (
        {"metadata": {"annotations": {"example.com/api-token": OLD}}},
        {"metadata": {"annotations": {"example.com/api-token": NEW}}},
    ),
    "a setting": (
        {"kind": "ConfigMap", "data": {"password": OLD}},
        {"kind": "ConfigMap", "data": {"password": NEW}},
    ),
    "a URL": ({"spec": {"uri": f"https://me:{OLD}@r.io/a"}}, {"spec": {"uri": f"https://me:{NEW}@r.io/a"}}),
    "a URL with a slash in its password": (
        {"spec": {"uri": f"https://me:/{OLD}@r.io"}},
        {"spec": {"uri": f"https://{NEW}@r.io"}},
    ),
}


@pytest.mark.parametrize(("before", "after"), PRIVATE.values(), ids=PRIVATE)
def test_no_secret_is_shown_but_that_it_changes(
    before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    named = {"apiVersion": "v1", "metadata": {"name": "a"}}
    change = Change("changed", (after or before or {}) | named, "n", before, after)
    shown = diff.text([change], colors=False) + diff.json([change], [])

    assert not [text for text in (OLD, NEW, encoded(OLD), encoded(NEW)) if text in shown]
    assert "***" in shown
    if before and after and before.get("data") != {}:
        assert "*** (before)" in shown
        assert "*** (after)" in shown


SHOWN: dict[str, dict[str, Any]] = {
    "a variable": pod(env=[{"name": "LOG_LEVEL", "value": "debug"}]),
    "a reference": pod(
        env=[{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}}]
    ),
    "the name of a Secret": {
        "kind": "ServiceAccount",
        "secretName": "kit",
        "imagePullSecrets": [{"name": "pull"}],
    },
    "a digest": pod(image=f"r.io:5000/a:v1@sha256:{'0' * 64}"),
    "a ModelKit by digest": {"spec": {"storageUri": f"kit://r.io:5000/a:v1@sha256:{'0' * 64}"}},
    "an argument": pod(args=["--model_name=iris"]),
    "numbers": {"spec": {"securityContext": {"runAsUser": 1000}, "automountServiceAccountToken": False}},
    "a Secret's kind": {"kind": "Secret", "type": "kubernetes.io/dockerconfigjson", "immutable": True},
}


@pytest.mark.parametrize("item", SHOWN.values(), ids=SHOWN)
def test_what_is_no_secret_is_shown(item: dict[str, Any]) -> None:
    assert masked(item, None) == (item, None)


def service(uri: str) -> dict[str, Any]:
    model = {"storageUri": uri, "modelFormat": {"name": "sklearn"}}
    metadata = {"name": "iris", "namespace": "models"}
    return {"kind": "InferenceService", "apiVersion": "v1", "metadata": metadata, "spec": {"model": model}}


def changed(before: dict[str, Any] | None, after: dict[str, Any] | None, **more: Any) -> Change:  # noqa: ANN401
    return Change(more.pop("state", "changed"), after or before or {}, "models", before, after, **more)


V1, V2 = service("kit://r.io/iris:v1"), service("kit://r.io/iris:v2")


def test_a_change_is_a_unified_diff_below_the_objects_name() -> None:
    assert diff.text([changed(V1, V2)], colors=False) == (
        """\
InferenceService models/iris (changed)
--- cluster
+++ values
@@ -7,4 +7,4 @@
   model:
     modelFormat:
       name: sklearn
-    storageUri: kit://r.io/iris:v1
+    storageUri: kit://r.io/iris:v2
"""
    )


def test_colors() -> None:
    lines = diff.text([changed(V1, V2)], colors=True).splitlines()

    assert lines[0] == "\x1b[1mInferenceService models/iris (changed)\x1b[0m"
    assert {line[:5] for line in lines[1:]} == {"\x1b[31m", "\x1b[32m", "\x1b[36m", "   mo", "     "}


SUMMARIES = {
    "5 objects: no differences": [changed(V1, V1, state="same")] * 5,
    "1 object: no differences": [changed(V1, V1, state="same")],
    "3 objects: 1 changed, 1 new, 1 the same": [
        changed(V1, V2),
        changed(None, V1, state="new"),
        changed(V1, V1, state="same"),
    ],
    "2 objects: 1 removed, 1 no longer rendered": [
        changed(V1, None, state="removed"),
        changed(V1, None, state="left"),
    ],
    "1 object: 1 refused": [changed(None, V1, state="refused")],
}


@pytest.mark.parametrize(("said", "changes"), SUMMARIES.items(), ids=SUMMARIES)
def test_a_line_counts_them(said: str, changes: list[Change]) -> None:
    assert diff.summary(changes) == said


def test_a_kind_that_may_not_be_listed_is_no_difference_and_is_said() -> None:
    change = Change("left", {"apiVersion": "v1", "kind": "Secret"}, "", note="not known")

    assert (diff.text([change], colors=False), list(diff.notes([change]))) == ("", ["Secret: not known"])
    assert diff.summary([change]) == "0 objects: no differences"


HOSTILE = ("\x1b[2J", "\r\n", "##[error]", "\x00", "\u202e", "\x9b31m")


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_nothing_in_an_object_speaks_to_a_terminal_or_a_runner(text: str) -> None:
    before, after = V1 | {"a": text, text: "b"}, V1 | {"a": "c"}
    before["metadata"] = {"name": f"iris{text}"}
    shown = diff.text([changed(before, after), changed(before, None)], colors=False)

    assert text not in shown
    assert all(line.isprintable() for line in shown.splitlines())
