"""The chart as people get it: packed, from an OCI registry, below another chart, by GitOps."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from kitserve.helm.load import read
from kitserve.render.release import Release
from kitserve.version import VERSION
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.cases.policies import KEY, signed_by
from tests.image.initializer import COMMAND
from tests.parity.objects import comparable, strictly_read
from tests.parts.registry import Registry

EVERY_KEY = REPOSITORY / "tests" / "cases" / "accepted" / "every-key.yaml"
HELMS = ["helm3", "helm4"]


@pytest.fixture(params=HELMS)
def helm(request: pytest.FixtureRequest) -> Path:
    program: Path = request.getfixturevalue(request.param)
    return program


@pytest.fixture(scope="session")
def package(helm3: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make package` makes it."""
    folder = tmp_path_factory.mktemp("dist")
    run(helm3, "package", REPOSITORY / "chart", "--destination", folder)
    return folder / f"kitserve-{VERSION}.tgz"


def run(program: Path, *arguments: str | Path) -> str:
    command = [program, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_what_is_pushed_to_a_registry_renders_from_there(
    helm: Path, package: Path, registry: Registry
) -> None:
    home = f"oci://{registry.host}/charts"
    run(helm, "push", package, home, "--plain-http")

    pulled = run(
        helm, "template", "demo", f"{home}/kitserve", "--version", VERSION, "--plain-http", "-f", EVERY_KEY
    )

    assert pulled == run(helm, "template", "demo", REPOSITORY / "chart", "-f", EVERY_KEY)


def test_the_package_holds_what_a_chart_needs_and_nothing_else(package: Path) -> None:
    listed = subprocess.run(
        ["tar", "tzf", package], capture_output=True, text=True, check=True
    ).stdout.split()
    top = {name for name in listed if not name.startswith("kitserve/templates/")}

    assert top == {
        f"kitserve/{name}" for name in ("Chart.yaml", "README.md", "values.schema.json", "values.yaml")
    }


def test_what_editors_and_merges_leave_is_not_packed(helm: Path, package: Path, tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(REPOSITORY / "chart", chart)
    for name in (".secret.yaml.swp", "secret.yaml.orig", "secret.yaml~", "secret.bak"):
        (chart / "templates" / name).write_text("kind: Wrong")
    (chart / ".git").mkdir()
    (chart / ".git" / "config").write_text("[core]")
    (chart / "kitserve-0.0.1.tgz").write_bytes(b"old")

    run(helm, "package", chart, "--destination", tmp_path)

    assert contents(tmp_path / package.name) == contents(package)


def contents(archive: Path) -> set[str]:
    with tarfile.open(archive) as opened:
        return set(opened.getnames())


def test_artifact_hub_is_told_the_images_that_are_used() -> None:
    chart = YAML(typ="safe").load(REPOSITORY / "chart" / "Chart.yaml")
    values = YAML(typ="safe").load(REPOSITORY / "chart" / "values.yaml")
    told = YAML(typ="safe").load(chart["annotations"]["artifacthub.io/images"])

    image, pause = values["image"], values["imageVolumes"]["pauseImage"]
    assert [each["image"] for each in told] == [
        f"{image['registry']}/{image['repository']}:{chart['appVersion']}",
        f"{pause['registry']}/{pause['repository']}:{pause['tag']}",
    ]


@pytest.mark.parametrize("kubernetes", ["1.29.0", "1.37.2"])
def test_gitops_gets_the_same_bytes_each_time_whatever_the_cluster(helm: Path, kubernetes: str) -> None:
    # As Argo CD does it; Flux installs with the same library, and with the values as a file too.
    ways = ("--include-crds", "--skip-tests", "--kube-version", kubernetes, "--api-versions", "monitoring/v1")
    command = ("template", "demo", REPOSITORY / "chart", "-n", "models", "-f", EVERY_KEY)

    once, again = run(helm, *command, *ways), run(helm, *command, *ways)

    assert once == again
    assert comparable(strictly_read(once)) == comparable(strictly_read(run(helm, *command, "--skip-tests")))
    assert "helm.sh/hook" not in once


def test_below_a_parent_chart_it_is_rendered_as_alone_but_for_what_the_parent_shares(
    helm: Path, tmp_path: Path
) -> None:
    dependency = {"name": "kitserve", "version": VERSION, "condition": "kitserve.enabled"}
    (tmp_path / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies: [{json.dumps(dependency)}]\n"
    )
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "kitserve").symlink_to(REPOSITORY / "chart")
    values = read([str(EVERY_KEY)]).data
    shared = values.pop("global")
    (tmp_path / "child.json").write_text(json.dumps({"kitserve": values, "global": shared}))
    below = ("template", "demo", tmp_path, "-f", tmp_path / "child.json", "--skip-tests")

    alone = run(helm, "template", "demo", REPOSITORY / "chart", "-f", EVERY_KEY, "--skip-tests")

    assert comparable(strictly_read(run(helm, *below))) == comparable(strictly_read(alone))
    assert run(helm, *below, "--set", "kitserve.enabled=false").strip() == ""
    assert "image: mirror.example.com/" in alone.replace('"', "")


def pods(helm: Path, values: Path, *options: str) -> list[dict[str, Any]]:
    rendered = strictly_read(
        run(helm, "template", "demo", REPOSITORY / "chart", "-n", "models", "-f", values, *options)
    )
    return [item for item in rendered if item["kind"] == "Pod"]


def test_helm_test_asks_what_the_services_pods_would(helm3: Path, registry: Registry, tmp_path: Path) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"
    values = tmp_path / "values.json"
    model = {"modelFormat": {"name": "sklearn"}}
    services = {
        "a": {**model, "storageUri": uri},
        "b": {**model, "storageUris": [{"uri": uri.replace("iris", "base")}], "serviceAccountName": "sa"},
        "c": {**model, "storageUri": "s3://bucket/model", "namespace": "other"},
        "d": {**model, "storageUri": uri, "namespace": "other", "delivery": "imageVolume"},
    }
    values.write_text(json.dumps({"inferenceServices": services, "unpackFlags": "--plain-http"}))

    found = [_place(pod) for pod in pods(helm3, values)]

    assert [place for place, _ in found] == [("models", None), ("models", "sa"), ("other", None)]
    for _, container in found:
        environment = {each["name"]: each.get("value", "") for each in container["env"]}
        ran = subprocess.run(
            [*COMMAND, *container["args"]], env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr


def test_helm_test_without_a_service_asks_the_image(helm3: Path, tmp_path: Path) -> None:
    values = tmp_path / "values.json"
    values.write_text("{}")

    ((place, container),) = [_place(pod) for pod in pods(helm3, values)]

    assert (place, container["args"]) == (("models", None), ["--version"])
    assert container["securityContext"]["runAsNonRoot"] is True
    assert pods(helm3, values, "--set", "test.enabled=false") == []


def _place(pod: dict[str, Any]) -> tuple[tuple[str, str | None], dict[str, Any]]:
    """Namespace and service account, and the one container."""
    metadata, spec = pod["metadata"], pod["spec"]
    (container,) = spec["containers"]
    return (metadata["namespace"], spec.get("serviceAccountName")), container


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "kubectl get inferenceservice NAME"),
        ({"unpackFlags": "--plain-http"}, "WARNING: --plain-http in unpackFlags"),
        ({"localModels": {"create": True}}, "by the ClusterStorageContainer kitops-local-models"),
    ],
)
def test_notes_say_what_is_there_and_what_to_do_next(
    values: dict[str, Any], says: str, helm4: Path, tmp_path: Path
) -> None:
    assert says in notes(helm4, tmp_path, values)


def test_notes_name_the_next_two_commands(helm4: Path, tmp_path: Path) -> None:
    service = {"modelFormat": {"name": "x"}, "storageUri": "kit://r.io/x:1", "namespace": "other"}
    said = notes(helm4, tmp_path, {"inferenceServices": {"a": service, "b": service}})

    commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert commands == [
        f"helm test demo -n {Release.namespace}",
        "kubectl get inferenceservice a -n other -o jsonpath='{.status.modelStatus}'",
    ]


def test_notes_name_a_service_as_it_is_called(helm4: Path, tmp_path: Path) -> None:
    service = {"modelFormat": {"name": "x"}, "storageUri": "kit://r.io/x:1", "name": "iris", "group": "team"}
    values = {"serviceGroups": {"team": {"namespace": "other"}}, "inferenceServices": {"a": service}}

    assert "kubectl get inferenceservice iris -n other -o" in notes(helm4, tmp_path, values)


def test_notes_name_the_commands_that_make_images(helm4: Path, tmp_path: Path) -> None:
    service = {"modelFormat": {"name": "x"}, "storageUri": "kit://r.io/x:1", "delivery": "imageVolume"}
    chosen = {**service, "unpacking": {"layout": "model", "filter": "model:a code", "label": "a=b"}}
    values = {"inferenceServices": {"a": service, "b": service, "c": chosen}, "test": {"enabled": False}}

    said = notes(helm4, tmp_path, values)

    assert [line.strip() for line in said.splitlines() if line.startswith("  ")] == [
        "kitserve image kit://r.io/x:1",
        "kitserve image kit://r.io/x:1 --layout model --filter 'model:a' --filter 'code' --label 'a=b'",
        f"kubectl describe pod -n {Release.namespace} -l serving.kserve.io/inferenceservice=a",
        f"kubectl get inferenceservice a -n {Release.namespace} -o jsonpath='{{.status.modelStatus}}'",
    ]


def test_notes_name_the_commands_that_make_images_of_llms_and_of_prefetched_models(
    helm4: Path, tmp_path: Path
) -> None:
    adapters = {"a": {"uri": "kit://r.io/a:1", "filter": "model"}}
    values = {
        "layout": "model",
        "llmInferenceServices": {
            "chat": {"uri": "kit://r.io/x:1", "unpacking": {"layout": "kit"}, "adapters": adapters},
            "other": {"uri": "hf://a/b"},
        },
        "imageVolumes": {"prefetch": {"x": {"uri": "kit://r.io/x:1", "layout": "kit"}}},
    }

    said = notes(helm4, tmp_path, values)

    assert [line.strip() for line in said.splitlines() if "kitserve image" in line] == [
        "kitserve image kit://r.io/x:1",
        "kitserve image kit://r.io/a:1 --layout model --filter 'model'",
    ]


@pytest.mark.parametrize(
    ("verification", "told"),
    [
        (
            {"rules": [signed_by(KEY), signed_by(KEY)]},
            "by 2 rules; what none of them is for is treated as: allow.",
        ),
        ({"unmatched": "deny"}, "by 0 rules; what none of them is for is treated as: deny."),
        ({}, ""),
    ],
)
def test_the_notes_say_which_policy_there_is(
    helm4: Path, tmp_path: Path, verification: dict[str, Any], told: str
) -> None:
    said = notes(helm4, tmp_path, {"verification": verification})

    assert told in said
    assert ("Signatures of ModelKits" in said) == bool(told)


def notes(helm4: Path, folder: Path, values: dict[str, Any]) -> str:
    """What `helm install` says at its end; Helm 4 says it without a cluster."""
    (folder / "values.json").write_text(json.dumps(values))
    command = ("install", "demo", REPOSITORY / "chart", "--dry-run=client", "-f", folder / "values.json")
    return run(helm4, *command, "-n", Release.namespace).partition("NOTES:")[2]
