"""`kitserve diff` and an API server that answers as it is told; what a real one makes of objects is in tests/e2e."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from kitserve.drift.leftovers import KINDS

from tests.cases import ACCEPTED
from tests.generator.command_line import CommandLine
from tests.generator.kubernetes_client import kubeconfig, run
from tests.parts.fork_server import Ended

URI = "kit://registry.example.com/models/iris:v1"
VALUES = f"""\
clusterStorageContainer: {{create: false}}
inferenceServices:
  iris:
    modelFormat: {{name: sklearn}}
    storageUri: {URI}
"""
CLUSTER_SCOPED = ("ClusterStorageContainer", "LocalModelNodeGroup", "LocalModelCache")
KSERVE = "/apis/serving.kserve.io/v1beta1"
IRIS = f"{KSERVE}/namespaces/models/inferenceservices/iris"
LABELS = {
    "app.kubernetes.io/name": "kitserve",
    "app.kubernetes.io/instance": "kitserve",
    "app.kubernetes.io/part-of": "kitserve",
}

HELM = {"meta.helm.sh/release-name": "kitserve", "meta.helm.sh/release-namespace": "models"}


def plural(kind: str) -> str:
    return f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"


RESOURCES = [
    {"name": plural(kind), "kind": kind, "namespaced": kind not in CLUSTER_SCOPED} for _, kind in KINDS
]


@dataclass
class State:
    """What the server has and what it says: objects by path, answers with a status by path, and what it was asked."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


class Server(BaseHTTPRequestHandler):
    """An API server for which a dry run stores what it is sent."""

    state: ClassVar[State]

    def do_GET(self) -> None:
        path = self._asked()
        if path in self.state.answers:
            self._answer(*self.state.answers[path])
        elif path.count("/") <= 3:
            self._answer(200, {"kind": "APIResourceList", "resources": RESOURCES})
        elif path in self.state.objects:
            self._answer(200, self.state.objects[path])
        elif path.endswith(tuple(plural(kind) for _, kind in KINDS)):
            root, _, name = path.rpartition("/")
            found = [
                item
                for at, item in self.state.objects.items()
                if at.startswith(root) and at.split("/")[-2] == name
            ]
            self._answer(200, {"kind": "List", "items": found})
        else:
            self._answer(404, {"kind": "Status", "code": 404, "reason": "NotFound"})

    def do_PATCH(self) -> None:
        path = self._asked()
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(*self.state.answers.get(f"PATCH {path}", (200, sent)))

    def _asked(self) -> str:
        self.state.asked.append(f"{self.command} {self.path}")
        return urlsplit(self.path).path

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(state: State) -> Iterator[str]:
    """The server's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Serving", (Server,), {"state": state})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def diff(folder: Path, state: State, *words: str, values: str = VALUES) -> Ended:
    with serving(state) as host:
        return run(folder, kubeconfig(host), "diff", "-n", "models", "-f", "-", *words, stdin=values)


def service(name: str = "iris", uri: str = URI, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": "models"} | metadata,
        "spec": {"predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": uri}}},
    }


UNLABELLED = f"standardLabels: false\n{VALUES}"


def test_the_same_is_said_in_one_line(tmp_path: Path) -> None:
    live = service(uid="u", resourceVersion="7", managedFields=[]) | {"status": {"a": 1}}
    ran = diff(tmp_path, State({IRIS: live}), values=UNLABELLED)

    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "1 object: no differences\n")


def test_what_changes_is_printed_and_ends_with_1(tmp_path: Path) -> None:
    state = State({IRIS: service(uri="kit://registry.example.com/models/iris:v0")})
    ran = diff(tmp_path, state, values=UNLABELLED)

    assert (ran.code, ran.stderr) == (1, "1 object: 1 changed\n")
    assert ran.stdout == (
        """\
InferenceService models/iris (changed)
--- cluster
+++ values
@@ -8,4 +8,4 @@
     model:
       modelFormat:
         name: sklearn
-      storageUri: kit://registry.example.com/models/iris:v0
+      storageUri: kit://registry.example.com/models/iris:v1
"""
    )


def test_it_asks_for_dry_runs_and_nothing_else(tmp_path: Path) -> None:
    managed = [
        {
            "manager": "helm",
            "operation": "Update",
            "apiVersion": "serving.kserve.io/v1beta1",
            "fieldsV1": {"f:spec": {"f:predictor": {"f:model": {"f:storageUri": {}}}}},
        }
    ]
    state = State({IRIS: service(managedFields=managed)})
    diff(tmp_path, state)

    query = "dryRun=All&fieldManager=kitserve"
    assert {each.partition(" ")[0] for each in state.asked} == {"GET", "PATCH"}
    assert [each for each in state.asked if each.startswith("PATCH ")]
    assert all(query in each for each in state.asked if each.startswith("PATCH "))


def test_as_json(tmp_path: Path) -> None:
    ran = diff(tmp_path, State({IRIS: service()}), "-o", "json", values=UNLABELLED)

    (found,) = json.loads(ran.stdout)["objects"]
    assert ran.code == 0
    assert found == {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "namespace": "models",
        "name": "iris",
        "state": "same",
        "note": "",
        "before": service(),
        "after": service(),
    }


def test_without_its_namespace_an_object_is_shown_as_it_is_rendered(tmp_path: Path) -> None:
    absent = {"kind": "Status", "code": 404, "details": {"kind": "namespaces", "name": "models"}}
    ran = diff(tmp_path, State(answers={f"PATCH {IRIS}": (404, absent)}))

    assert ran.code == 1
    assert ran.stdout.startswith(
        "InferenceService models/iris (new: as rendered, because its namespace doesn't exist yet)\n"
    )


def test_what_is_new_in_a_release_of_helm_has_helms_marks(tmp_path: Path) -> None:
    labels = LABELS | {"app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "kitserve-0.1.0"}
    copied = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    live = service(labels=labels, annotations=HELM | copied)
    young = f"{VALUES}  young: {{modelFormat: {{name: sklearn}}, storageUri: '{URI}'}}\n"
    ran = diff(tmp_path, State({IRIS: live}), "-o", "json", values=young)

    (new,) = (each for each in json.loads(ran.stdout)["objects"] if each["state"] == "new")
    assert new["after"]["metadata"]["annotations"] == HELM
    assert new["after"]["metadata"]["labels"].items() >= labels.items()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_refusal_is_told_at_the_values(tmp_path: Path, form: str) -> None:
    refused = {
        "kind": "Status",
        "code": 422,
        "message": "no such registry",
        "details": {"causes": [{"field": "spec.predictor.model.storageUri"}]},
    }
    ran = diff(tmp_path, State(answers={f"PATCH {IRIS}": (422, refused)}), "-o", form)

    assert ran.code == 1
    assert ran.stderr.splitlines()[0] == (
        "<stdin>:5:5: error[KS299] inferenceServices.iris.storageUri: the cluster refuses it: no such registry"
    )
    assert ran.stderr.splitlines()[-2:] == ["1 object: 1 refused", "error: the cluster refuses 1 object"]
    if form == "json":
        report = json.loads(ran.stdout)
        assert [each["state"] for each in report["objects"]] == ["refused"]
        assert [(each["code"], each["line"]) for each in report["problems"]] == [("KS299", 5)]


LEFT: dict[str, tuple[dict[str, Any], str]] = {
    "of Helm": (
        service("old", labels=LABELS, annotations=HELM),
        "InferenceService models/old (removed: by helm upgrade)",
    ),
    "of Helm, elsewhere": (
        service("old", namespace="other", labels=LABELS, annotations=HELM),
        "InferenceService other/old (removed: by helm upgrade)",
    ),
    "of Argo CD": (
        service("old", labels=LABELS, annotations={"argocd.argoproj.io/tracking-id": "a"}),
        "InferenceService models/old (removed: by Argo CD, if it prunes)",
    ),
    "of Flux": (
        service("old", labels=LABELS | {"kustomize.toolkit.fluxcd.io/name": "a"}),
        "InferenceService models/old (removed: by Flux, if it prunes)",
    ),
    "of kubectl": (
        service("old", labels=LABELS),
        "InferenceService models/old (no longer rendered: kubectl apply removes nothing: delete it)",
    ),
    "of another release": (
        service("old", labels=LABELS, annotations=HELM | {"meta.helm.sh/release-namespace": "other"}),
        "",
    ),
    "in a namespace that isn't this release's": (service("old", namespace="other", labels=LABELS), ""),
    "a controller's": (service("old", labels=LABELS, ownerReferences=[{"kind": "Job"}]), ""),
    "kept": (
        service("old", labels=LABELS, annotations=HELM | {"helm.sh/resource-policy": "keep"}),
        "",
    ),
}


@pytest.mark.parametrize(("left", "headline"), LEFT.values(), ids=LEFT)
def test_what_values_no_longer_render(left: dict[str, Any], headline: str, tmp_path: Path) -> None:
    path = f"{KSERVE}/namespaces/{left['metadata']['namespace']}/inferenceservices/old"
    ran = diff(tmp_path, State({IRIS: service(), path: left}), values=UNLABELLED)

    assert ran.code == bool(headline), ran.stderr
    assert ran.stdout.partition("\n")[0] == headline
    if left["metadata"].get("annotations", {}).get("helm.sh/resource-policy"):
        assert "InferenceService models/old: stays, because helm.sh/resource-policy is keep\n" in ran.stderr


def test_an_object_of_the_cluster_may_be_a_release_s_elsewhere(tmp_path: Path) -> None:
    path = f"{KSERVE.rpartition('/')[0]}/v1alpha1/clusterstoragecontainers/old"
    kind = {"apiVersion": "serving.kserve.io/v1alpha1", "kind": "ClusterStorageContainer"}
    left = {**kind, "metadata": {"name": "old", "labels": LABELS}, "spec": {}}
    ran = diff(tmp_path, State({IRIS: service(), path: left}), values=UNLABELLED)

    assert ran.stdout.partition("\n")[0] == (
        "ClusterStorageContainer old (no longer rendered: kubectl apply removes nothing: delete it, "
        "unless a release of this name in another namespace needs it)"
    )


FORBIDDEN = {"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no"}


def test_a_login_for_one_namespace_sees_what_is_left_there(tmp_path: Path) -> None:
    path = f"{KSERVE}/namespaces/models/inferenceservices/old"
    state = State({IRIS: service(), path: service("old", labels=LABELS)})
    state.answers[f"{KSERVE}/inferenceservices"] = (403, FORBIDDEN)
    ran = diff(tmp_path, state, values=UNLABELLED)

    assert (ran.code, ran.stdout.count("models/old (no longer rendered")) == (1, 1), ran.stderr


def test_a_kind_that_nobody_may_list_is_said(tmp_path: Path) -> None:
    state = State({IRIS: service()})
    state.answers |= dict.fromkeys(("/api/v1/secrets", "/api/v1/namespaces/models/secrets"), (403, FORBIDDEN))
    ran = diff(tmp_path, state, values=UNLABELLED)

    assert ran.code == 0
    assert ran.stderr == (
        "Secret: the login may not list them, so that those which values no longer render aren't known\n"
        "1 object: no differences\n"
    )


def test_an_object_that_no_walk_ends_in_is_no_traceback(tmp_path: Path) -> None:
    deep: dict[str, Any] = {}
    for _ in range(400):
        deep = {"a": [deep]}
    ran = diff(tmp_path, State({IRIS: service() | {"spec": deep}}))

    assert ran.code == 4
    assert ran.stderr.startswith(f"error: what is at {IRIS} has more than 150 levels\n")


def test_a_kind_that_the_cluster_lacks_is_told(tmp_path: Path) -> None:
    ran = diff(tmp_path, State(answers={KSERVE: (404, {"kind": "Status", "code": 404})}))

    assert ran.code == 1
    assert "the cluster has no InferenceService of serving.kserve.io/v1beta1" in ran.stderr


def test_values_with_a_problem_ask_nothing(tmp_path: Path) -> None:
    state = State()
    ran = diff(tmp_path, state, values=VALUES.replace("storageUri", "storageURI"))

    assert (ran.code, state.asked) == (1, [])
    assert "did you mean storageUri?" in ran.stderr


@pytest.mark.parametrize("namespace", ["Models", "a/b", "..", "a" * 64])
def test_a_namespace_that_cannot_be_one(namespace: str, kitserve: CommandLine) -> None:
    assert kitserve("diff", "-n", namespace).exit_code == 2


def test_what_is_left_is_looked_for_among_all_kinds_that_values_render(kitserve: CommandLine) -> None:
    rendered = {
        item["kind"]
        for file in ACCEPTED
        for item in json.loads(kitserve("render", "-f", file, "-o", "json").out)["items"]
        if "app.kubernetes.io/part-of" in item["metadata"].get("labels", {})
    }

    assert rendered <= {kind for _, kind in KINDS}
    assert len(rendered) > 7
