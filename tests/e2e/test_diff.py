"""`kitserve diff`: what it says comes true, whoever applies the release; and then there is no difference."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.generator.check.manifests import mutated

KITSERVE = Path(sys.executable).with_name("kitserve")
STOPPED = {"annotations": {"serving.kserve.io/stop": "true", "team": "a"}}
"""Of a service that has no pods: this is about objects."""
MARKS = ("helm.sh/chart", "app.kubernetes.io/managed-by", "meta.helm.sh/")
OLD, NEW = "hunter2-before", "hunter2-after"


def service(version: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any value
    uri = f"kit://registry.example.com/models/iris:{version}"
    return {"modelFormat": {"name": "sklearn"}, "storageUri": uri} | STOPPED | more


def settings(name: str = "settings", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


VALUES: dict[str, Any] = {
    "inferenceServices": {
        "iris": service("v1", env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], minReplicas=2),
        "old": service("v1"),
    },
    "credentials": {"create": True, "username": "reader", "password": OLD},
    "serviceAccounts": {"reader": {}},
    "imagePullSecrets": [{"name": "a"}, {"name": "b"}],
    "extraObjects": [settings(a="1", b="2"), settings("old-settings", a="1")],
}
CHANGED: dict[str, Any] = {
    "inferenceServices": {
        "iris": service("v2", env=[{"name": "B", "value": "3"}])
        | {"annotations": STOPPED["annotations"] | {"team": "b"}},
        "young": service("v1"),
    },
    "credentials": {"create": True, "username": "reader", "password": NEW},
    "serviceAccounts": {"reader": {}},
    "imagePullSecrets": [{"name": "b"}],
    "extraObjects": [settings(a="1")],
}


@dataclass(frozen=True)
class Tool:
    """Something that applies a release: `apply` takes the chart's values."""

    name: str
    release: Release
    apply: Callable[[dict[str, Any]], object]

    def rendered(self, values: dict[str, Any]) -> str:
        """The manifests, by the command."""
        return run(self, "render", values).stdout

    def templated(self, values: dict[str, Any]) -> str:
        """The manifests, by Helm."""
        words = ("template", self.release.name, self.release.chart, "--skip-tests", "--values", "-")
        return self.release.run(*words, stdin=json.dumps(values))


def run(tool: Tool, command: str, values: dict[str, Any], *words: str) -> subprocess.CompletedProcess[str]:
    release = tool.release
    return subprocess.run(
        [KITSERVE, command, "--name", release.name, "-n", release.kubectl.namespace, "-f", "-", *words],
        env={**os.environ, "KUBECONFIG": str(release.kubectl.kubeconfig)},
        input=json.dumps(release.values(**values)),
        capture_output=True,
        text=True,
        check=False,
    )


def by_helm(release: Release) -> Tool:
    return Tool("helm", release, lambda values: release.install(**values))


def kubectl_applies(tool: Tool, values: dict[str, Any], *words: str) -> None:
    tool.release.kubectl.run("apply", *words, "-f", "-", stdin=tool.rendered(values))


def argo_applies(tool: Tool, values: dict[str, Any], *words: str) -> None:
    """What Argo CD does: it renders the chart, marks each object as its own, and applies that by a name of its own."""
    kubectl = tool.release.kubectl
    manifests = tool.templated(tool.release.values(**values))
    mark = {"argocd.argoproj.io/tracking-id": "app:/x:y/z"}
    listed = list(YAML(typ="safe").load_all(manifests))
    for item in listed:
        item["metadata"].setdefault("annotations", {}).update(mark)
    names = ("--field-manager=argocd-controller", *words)
    document = {"apiVersion": "v1", "kind": "List", "items": listed}
    kubectl.run("apply", *names, "-f", "-", stdin=json.dumps(document))


TOOLS = ("helm3", "helm4", "kubectl", "kubectl on the server", "Argo CD", "Argo CD on the server")


@pytest.fixture(params=TOOLS)
def tool(request: pytest.FixtureRequest, release: Release) -> Iterator[Tool]:
    """Each way in which a release gets into a cluster."""
    name = request.param
    helm = request.getfixturevalue(name if name in {"helm3", "helm4"} else "helm4")
    by = replace(release, helm=helm)
    made = replace(by_helm(by), name=name)
    words = ("--server-side", "--force-conflicts") if "server" in name else ()
    if name.startswith("kubectl"):
        made = replace(made, apply=lambda values: kubectl_applies(made, values, *words))
    elif name.startswith("Argo"):
        made = replace(made, apply=lambda values: argo_applies(made, values, *words))
    yield made
    release.kubectl.run("delete", "clusterstoragecontainer/kitops", "--ignore-not-found")


def unmarked(item: dict[str, Any] | None) -> dict[str, Any] | None:
    """An object without what a tool and KServe's controller add to one that is new."""
    if item is None:
        return None
    found = copy.deepcopy(item)
    found["metadata"].pop("finalizers", None)
    for field in ("labels", "annotations"):
        kept = found["metadata"].pop(field, {})
        kept = {key: value for key, value in kept.items() if not key.startswith((*MARKS, "argocd."))}
        found["metadata"] |= {field: kept} if kept else {}
    return found


def states(tool: Tool, values: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    found = json.loads(run(tool, "diff", values, "-o", "json").stdout)["objects"]
    return {(each["kind"], each["name"]): each for each in found}


def test_what_it_says_comes_true(tool: Tool) -> None:
    tool.apply(VALUES)
    same = run(tool, "diff", VALUES)
    assert (same.returncode, same.stdout) == (0, ""), same.stdout + same.stderr
    assert same.stderr.endswith("objects: no differences\n")

    said = states(tool, CHANGED)
    helm = tool.name.startswith("helm")
    unlabelled = {("ConfigMap", "old-settings"): "removed"} if helm else {}
    assert {key: each["state"] for key, each in said.items()} == unlabelled | {
        ("ServiceAccount", "reader"): "changed",
        ("Secret", "kit-secret"): "changed",
        ("ClusterStorageContainer", "kitops"): "same",
        ("InferenceService", "iris"): "changed",
        ("InferenceService", "young"): "new",
        ("InferenceService", "old"): "left" if tool.name.startswith("kubectl") else "removed",
        ("ConfigMap", "settings"): "changed",
    }

    tool.apply(CHANGED)
    after = states(tool, CHANGED)
    for key, each in said.items():
        if each["state"] in {"changed", "new"} and each["kind"] != "Secret":
            assert unmarked(after[key]["before"]) == unmarked(each["after"]), key
    left = {key for key, each in after.items() if each["state"] != "same"}
    assert left == (set() if helm else {("InferenceService", "old")})


def test_what_it_prints(either: Release) -> None:
    tool = by_helm(either)
    tool.apply(VALUES)
    ran = run(tool, "diff", CHANGED)

    namespace = either.kubectl.namespace
    assert ran.returncode == 1
    assert ran.stderr.endswith("8 objects: 4 changed, 1 new, 2 removed, 1 the same\n"), ran.stderr
    blocks = dict(block.split("\n", 1) for block in ran.stdout.split("\n\n"))
    assert list(blocks) == [
        f"ServiceAccount {namespace}/reader (changed)",
        f"Secret {namespace}/kit-secret (changed)",
        f"InferenceService {namespace}/iris (changed)",
        f"InferenceService {namespace}/young (new)",
        f"ConfigMap {namespace}/settings (changed)",
        f"InferenceService {namespace}/old (removed: by helm upgrade)",
        f"ConfigMap {namespace}/old-settings (removed: by helm upgrade)",
    ]
    lines = {
        name.split("/")[1].split()[0]: [
            line
            for line in text.splitlines()[2:]
            if line.startswith(("+", "-")) and not line[1:].startswith("@")
        ]
        for name, text in blocks.items()
    }
    assert lines["reader"] == ["-  - name: a"]
    assert lines["kit-secret"] == ['-  KIT_PASSWORD: "*** (before)"', '+  KIT_PASSWORD: "*** (after)"']
    assert lines["settings"] == ['-  b: "2"']
    assert lines["iris"] == [
        "-    team: a",
        "+    team: b",
        "-      - name: a",
        "-    minReplicas: 2",
        "-        - name: A",
        '-          value: "1"',
        '-          value: "2"',
        '+          value: "3"',
        "-      storageUri: kit://registry.example.com/models/iris:v1",
        "+      storageUri: kit://registry.example.com/models/iris:v2",
    ]
    assert not {OLD, NEW} & {word for word in (OLD, NEW) if word in ran.stdout + ran.stderr}


def test_nothing_is_there_yet(release: Release) -> None:
    tool = by_helm(release)
    ran = run(tool, "diff", VALUES)

    assert ran.returncode == 1
    assert ran.stderr.endswith("7 objects: 7 new\n")
    assert release.kubectl.everything(f"app.kubernetes.io/instance={release.name}") == ""


def test_a_namespace_that_is_not_there_yet(release: Release, kubectl: Kubectl) -> None:
    tool = by_helm(replace(release, kubectl=kubectl.within("nowhere")))
    ran = run(
        tool,
        "diff",
        {"clusterStorageContainer": {"create": False}, "inferenceServices": {"iris": service("v1")}},
    )

    assert ran.returncode == 1
    assert ran.stdout.startswith(
        "InferenceService nowhere/iris (new: as rendered, because its namespace doesn't exist yet)\n"
    )


def test_an_object_that_the_cluster_refuses(release: Release) -> None:
    tool = by_helm(release)
    fixed = settings(a="1") | {"immutable": True}
    tool.apply({"extraObjects": [fixed]})
    ran = run(tool, "diff", {"extraObjects": [mutated(fixed, "data.a", "2")]})

    assert ran.returncode == 1
    assert "error[KS299] extraObjects[0].data: the cluster refuses it: " in ran.stderr
    assert (
        "hint: a field that can't change needs a new object: delete this one, or give it another name"
        in ran.stderr
    )
    assert ran.stderr.endswith("2 objects: 1 refused, 1 the same\nerror: the cluster refuses 1 object\n")


def test_what_others_changed(release: Release, kubectl: Kubectl) -> None:
    tool = by_helm(release)
    values = {"clusterStorageContainer": {"create": False}, "inferenceServices": {"iris": service("v1")}}
    tool.apply(values)
    kubectl.run("annotate", "inferenceservice/iris", "note=mine")
    kubectl.run("label", "inferenceservice/iris", "owner=me")
    assert run(tool, "diff", values).returncode == 0

    patch = {"spec": {"predictor": {"model": {"storageUri": "kit://registry.example.com/models/iris:mine"}}}}
    kubectl.run("patch", "inferenceservice/iris", "--type=merge", f"--patch={json.dumps(patch)}")
    ran = run(tool, "diff", values)

    assert ran.returncode == 1
    assert "-      storageUri: kit://registry.example.com/models/iris:mine\n" in ran.stdout
    assert "note" not in ran.stdout
