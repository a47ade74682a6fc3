"""What others' tools say of the chart, and of what it renders: chart-testing, kubeconform."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine
from tests.parts.json_schemas import LOCATION, write_kserve, write_kubernetes
from tests.parts.tools import tool

EXAMPLES = sorted((REPOSITORY / "examples").glob("*.yaml"))
OWN_KINDS = ("ConfigMap", "DaemonSet", "PersistentVolumeClaim", "Secret", "ServiceAccount")
WRONG = {
    "a field that is KServe's of another type": (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: a}\n"
        "spec: {predictor: {minReplicas: many}}\n"
    ),
    "a field that Kubernetes hasn't": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringdata: {a: b}\n",
    "a kind without a schema": "apiVersion: v1\nkind: Unknown\nmetadata: {name: a}\n",
}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    write_kserve(folder)
    write_kubernetes(folder, OWN_KINDS)
    return folder


def kubeconform(schemas: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [
        tool("kubeconform"),
        "-strict",
        "-summary",
        "-schema-location",
        f"{schemas}/{LOCATION}",
        *files,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.thorough
def test_kubeconform_accepts_every_example(kitserve: CommandLine, schemas: Path, tmp_path: Path) -> None:
    for example in EXAMPLES:
        rendered = kitserve("render", "-f", example)
        assert rendered.exit_code == 0, rendered.err
        (tmp_path / example.name).write_text(rendered.out)

    ran = kubeconform(schemas, tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"in {len(EXAMPLES)} files" in ran.stdout
    assert "Skipped: 0" in ran.stdout


@pytest.mark.thorough  # as what it shows of the test above: the schemas take five seconds
@pytest.mark.parametrize("manifest", WRONG.values(), ids=WRONG)
def test_kubeconform_refuses_what_is_wrong(manifest: str, schemas: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(manifest)

    assert kubeconform(schemas, tmp_path / "a.yaml").returncode == 1


def test_chart_testing_finds_nothing(helm4: Path, tmp_path: Path) -> None:
    (tmp_path / "helm").symlink_to(helm4)
    environment = os.environ | {"PATH": f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"}
    options = ["--charts", "chart", "--validate-maintainers=false", "--check-version-increment=false"]
    configuration = [
        "--chart-yaml-schema",
        "tests/chart/ct_schema.yaml",
        "--lint-conf",
        "tests/chart/ct_lint.yaml",
    ]
    command: list[str | Path] = [tool("chart-testing"), "lint", *options, *configuration]

    ran = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "All charts linted successfully" in ran.stdout
