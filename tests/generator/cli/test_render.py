"""`kitserve render`."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kitserve.helm.load import read
from kitserve.helm.merge import merge_defaults
from kitserve.render.release import Release
from kitserve.values.schema import defaults
from ruamel.yaml import YAML

from tests.cases import ACCEPTED, REPOSITORY
from tests.generator.command_line import CommandLine
from tests.rendering import rendered

SERVICE = "{a: {modelFormat: {name: sklearn}, storageUri: 'kit://r.example.com/x:1'}}"

# KitOps' guide to KServe, with its credentials: https://kitops.org/docs/integrations/kserve
GUIDE = """
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterStorageContainer
metadata:
  name: kitops
spec:
  container:
    name: storage-initializer
    image: ghcr.io/kitops-ml/kitops-kserve:latest
    imagePullPolicy: Always
    env:
      - name: KIT_UNPACK_FLAGS
        value: ""
      - name: KIT_USER
        valueFrom:
          secretKeyRef:
            name: kit-secret
            key: KIT_USER
            optional: true
      - name: KIT_PASSWORD
        valueFrom:
          secretKeyRef:
            name: kit-secret
            key: KIT_PASSWORD
            optional: true
    resources:
      requests:
        memory: 100Mi
        cpu: 100m
      limits:
        memory: 1Gi
  supportedUriFormats:
    - prefix: kit://
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris-model
  namespace: default
spec:
  predictor:
    model:
      modelFormat:
        name: sklearn
      storageUri: kit://registry.example.com/models/iris:v1
"""


def documents(text: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load_all(text))


def test_the_guide_comes_out_to_the_letter(kitserve: CommandLine) -> None:
    rendered = kitserve("render", "-f", REPOSITORY / "examples" / "guide.yaml")

    assert documents(rendered.out) == documents(GUIDE)


def test_without_values_it_is_the_guides_storage_container_with_our_image(kitserve: CommandLine) -> None:
    (ours,) = documents(kitserve("render").out)
    guide = documents(GUIDE)[0]

    assert ours["metadata"].pop("labels")
    container = ours["spec"]["container"]
    assert container.pop("image").startswith("ghcr.io/kitserve/kitserve-initializer:")
    assert container.pop("imagePullPolicy") == "IfNotPresent"
    assert ours["spec"].pop("workloadType") == "initContainer"
    assert ours["spec"].pop("supportsMultiModelDownload") is True
    assert container.pop("securityContext")["runAsNonRoot"] is True
    assert container["resources"]["limits"].pop("cpu") == "2"
    assert container["resources"]["requests"].pop("ephemeral-storage") == "100Mi"
    guide["spec"]["container"] = {key: guide["spec"]["container"][key] for key in container}
    assert ours == guide


def test_objects_come_in_the_order_to_apply_them(kitserve: CommandLine, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(
        f"inferenceServices: {SERVICE}\ncredentials: {{create: true, username: u, password: p}}"
    )

    rendered = kitserve("render", "-f", values, "-o", "name")

    assert rendered.out.split() == [
        "secret/kit-secret",
        "clusterstoragecontainer.serving.kserve.io/kitops",
        "inferenceservice.serving.kserve.io/a",
    ]


def test_json_is_one_list(kitserve: CommandLine) -> None:
    rendered = json.loads(kitserve("render", "-o", "json").out)

    assert (rendered["kind"], [item["kind"] for item in rendered["items"]]) == (
        "List",
        ["ClusterStorageContainer"],
    )


def test_the_release_names_labels_and_namespace(kitserve: CommandLine) -> None:
    values = f"inferenceServices: {SERVICE}"
    rendered = kitserve("render", "-f", "-", "--name", "r", "-n", "ns", stdin=values)

    service = documents(rendered.out)[1]["metadata"]
    assert (service["namespace"], service["labels"]["app.kubernetes.io/instance"]) == ("ns", "r")


def test_later_files_and_settings_win(kitserve: CommandLine, tmp_path: Path) -> None:
    first, second = tmp_path / "1.yaml", tmp_path / "2.yaml"
    first.write_text("image: {tag: one, repository: one/one, registry: one}")
    second.write_text("image: {tag: two, repository: two/two}")

    rendered = kitserve(
        "render", "-f", first, "-f", second, "--set-string", "image.tag=3", "--set", "image.tag=no"
    )

    assert "image: one/two/two:3\n" in rendered.out


def test_output_dir_gets_a_file_for_each_object_and_keeps_others(
    kitserve: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "manifests"
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")

    rendered = kitserve("render", "-f", "-", "--output-dir", folder, stdin=f"inferenceServices: {SERVICE}")

    assert rendered.out == ""
    assert sorted(path.name for path in folder.iterdir()) == [
        "clusterstoragecontainer-kitops.yaml",
        "inferenceservice-default-a.yaml",
        "mine.txt",
    ]


def test_a_folder_that_cant_be_written_is_exit_code_3(kitserve: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    rendered = kitserve("render", "--output-dir", tmp_path / "file")

    assert rendered.exit_code == 3
    assert rendered.err.startswith(f"error: {tmp_path / 'file'}: ")


def test_problems_go_to_stderr_with_their_place_and_nothing_is_rendered(
    kitserve: CommandLine, tmp_path: Path
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("image:\n  tag: 1.10\n  regisrty: x\n")

    rendered = kitserve("render", "-f", values)

    assert (rendered.exit_code, rendered.out) == (1, "")
    assert rendered.err == (
        f"{values}:2:3: error[KS021] image.tag: expected text, got a number\n"
        "  2 |   tag: 1.10\n"
        "    |   ^^^\n"
        "  hint: quote it\n"
        f"{values}:3:3: error[KS020] image.regisrty: unknown key\n"
        "  3 |   regisrty: x\n"
        "    |   ^^^^^^^^\n"
        "  hint: did you mean registry?\n"
        "error: 2 problems in the values\n"
    )


@pytest.mark.parametrize(
    "values",
    [
        "credentials: {create: true, password: 12345678}",
        "credentials: {password: [12345678]}",
        "credentials: 12345678",
    ],
)
def test_a_password_is_never_repeated(values: str, kitserve: CommandLine) -> None:
    rendered = kitserve("render", "-f", "-", stdin=values)

    assert rendered.exit_code == 1
    assert "12345678" not in rendered.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["render", "--nope"], 2), (["render", "-o", "xml"], 2), (["render", "-f", "no.yaml"], 1)],
)
def test_exit_codes_of_wrong_calls(arguments: list[str], code: int, kitserve: CommandLine) -> None:
    rendered = kitserve(*arguments)

    assert rendered.exit_code == code
    assert rendered.err
    assert "Traceback" not in rendered.err


def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        ran = subprocess.run(
            [sys.executable, "-m", "kitserve", "render"], stdout=pipe, stderr=subprocess.PIPE, check=False
        )

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.stem)
def test_rendering_changes_no_values(case: Path) -> None:
    given = merge_defaults(defaults(), read([str(case)]).data)
    before = copy.deepcopy(given)

    first = copy.deepcopy(rendered(given, Release()))

    assert given == before
    assert rendered(given, Release()) == first


@pytest.mark.parametrize(
    "arguments",
    [
        ["--name", "My Release"],
        ["--name", "a" * 54],
        ["-n", ""],
        ["-n", "a/../../b"],
        ["-n", "a\n"],
        ["-o", "json", "--output-dir", "d"],
    ],
)
def test_what_helm_or_a_cluster_would_refuse_is_a_wrong_command_line(
    arguments: list[str], kitserve: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert kitserve("render", *arguments).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_exit_code_3() -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "kitserve", "render"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert ran.returncode == 3
    assert ran.stderr.startswith("error: can't write to standard output: ")


def test_a_file_that_cant_be_replaced_is_named_and_nothing_is_left_beside_it(
    kitserve: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "clusterstoragecontainer-kitops.yaml").mkdir()

    rendered = kitserve("render", "--output-dir", tmp_path)

    assert rendered.exit_code == 3
    assert rendered.err.startswith(f"error: {tmp_path / 'clusterstoragecontainer-kitops.yaml'}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["clusterstoragecontainer-kitops.yaml"]
