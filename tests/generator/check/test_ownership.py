"""What is kitserve's to judge in a folder, and that a run with nothing to look at is no success."""

import json
from pathlib import Path

import pytest

from tests.generator.check.manifests import SERVICE, mutated
from tests.generator.command_line import CommandLine

PATCH = """apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: iris}
spec: {predictor: {minReplicas: 2}}
"""
ANOTHER_CHART = {"Chart.yaml": "apiVersion: v2\nname: cellar\nversion: 1.0.0\n"}
OTHERS = {
    "a kustomization": {"kustomization.yaml": "resources: [service.yaml]\nnamePrefix: north-\n"},
    "a chart": {**ANOTHER_CHART, "values.yaml": "replicas: 2\nimage: {repository: a, tag: 1}\n"},
    "a chart's values with keys of ours": {
        **ANOTHER_CHART,
        "values-eu.yaml": "image: {repository: a, tag: 1}\n",
    },
    "a chart's template": {
        **ANOTHER_CHART,
        "templates/a.yaml": "apiVersion: v1\n{{ if .Values.a }}\nkind: Secret\n",
    },
    "a workflow": {
        ".github/workflows/test.yaml": "name: test\non: push\njobs: {test: {steps: [{run: make}]}}\n"
    },
    "a model's settings": {
        "model-settings.json": '{"name": "a", "implementation": "mlserver_sklearn.SKLearnModel"}'
    },
    "a lock": {"package-lock.json": '{"name": "a", "version": "1", "packages": {}}'},
    "JSON with comments": {"tsconfig.json": '{\n  // words\n  "compilerOptions": {}\n}\n'},
    "tags of a documentation": {"mkdocs.yml": "site_name: a\nplugins: [!!python/name:a.b ]\n"},
    "compose": {"compose.yaml": "services: {a: {image: b}}\nvolumes: {}\n"},
    "a list": {"names.json": '["a", "b"]'},
    "JSON with an escape that YAML lacks": {
        "request.json": '{"kinds": "a", "url": "https:\\/\\/example.com"}'
    },
    "pre-commit": {".pre-commit-config.yaml": "repos: [{repo: local}]\n"},
    "data sources": {"sources.yaml": "apiVersion: 1\ndatasources: []\n"},
    "a pipeline": {".drone.yml": "kind: pipeline\ntype: docker\nname: default\n"},
    "JSON with comments and words of ours": {
        "devcontainer.json": '// words\n{"name": "a", "image": "b", "resources": {}}\n'
    },
    "a linter's settings": {".eslintrc.json": '{"root": true, "ignorePatterns": ["dist"], "overrides": []}'},
    "an answer in JSON": {"services.json": '{"inferenceServices": [{"kind": "InferenceService"}]}'},
    "a configuration with words like ours": {
        "config.yaml": "inferenceServiceName: a\ninferenceServicePort: 1\nmodelMeshEndpoint: b\n"
    },
    "resources of another tool": {"deploy.yaml": "resources:\n  - {name: a, type: b}\n"},
    "resources by name": {"resources.yaml": "resources: {QuickStart: {a: b}, HowTo: {a: b}}\n"},
    "patches of kustomize": {
        "kustomization.yaml": "resources: [deep/service.yaml]\npatches: [{path: patches/a.yaml}]\n"
        "patchesStrategicMerge: [./b.yaml]\nconfigurations: [names.yaml]\n",
        "patches/a.yaml": PATCH,
        "b.yaml": PATCH,
        "names.yaml": "commonLabels: [{path: spec/labels, create: true}]\n",
    },
    "patches of kustomize from beside": {
        "a/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        "patches: [{path: ../b/patch.yaml, target: {kind: InferenceService}}]\n",
        "b/patch.yaml": PATCH,
    },
    "a patch that deletes": {"a.yaml": f"$patch: delete\n{PATCH}---\n$patch: delete\n{PATCH}"},
    "a template of no chart": {"a.yaml": f"{PATCH}{{% if a %}}\n"},
    "another encoding": {"notes.yml": b"name: caf\xe9\n"},
}


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.mark.parametrize("files", OTHERS.values(), ids=OTHERS)
def test_files_of_other_tools_are_left_alone(
    files: dict[str, str | bytes], kitserve: CommandLine, tmp_path: Path
) -> None:
    folder = written(tmp_path, {**files, "deep/service.yaml": json.dumps(SERVICE)})
    checked = kitserve("validate", "--strict", folder)

    assert checked.exit_code == 0
    assert "not looked at" in checked.err
    assert checked.err.endswith("1 file: no problems\n")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.yaml": "inferenceServcies: {}\n"}, "KS020"),
        ({"a.yaml": "image: {tga: v1}\n"}, "KS020"),
        ({"a.yaml": "kind: InferenceService\nspec: {}\n"}, "KS017"),
        ({"a.yaml": "apiVersion: serving.kserve.io/v1beta1\nkind: [\n"}, "KS003"),
        ({"a.yaml": b"kind: Secret\n# caf\xe9\n"}, "KS002"),
        ({"a.json": '{"apiVersion": "v1", "kind": "Secret", "metadata": {}}'}, "KS212"),
        ({**ANOTHER_CHART, "sub/a.yaml": "inferenceServices: {a: {}}\n"}, "KS105"),
        ({"Chart.yaml": "apiVersion: v2\nname: kitserve\n", "values.yaml": "image: {tga: v1}\n"}, "KS020"),
    ],
)
def test_a_file_with_a_sign_of_ours_is_judged(
    files: dict[str, str | bytes], code: str, kitserve: CommandLine, tmp_path: Path
) -> None:
    assert f"error[{code}]" in kitserve("validate", written(tmp_path, files)).err


@pytest.mark.parametrize(
    "text",
    [f"{PATCH}  a: {{{{ .Values.a }}}}\n", PATCH.replace("iris", "{{ a }}"), f"{PATCH}{{{{- end }}}}\n"],
)
def test_a_template_in_a_folder_is_named(text: str, kitserve: CommandLine, tmp_path: Path) -> None:
    files = written(tmp_path, {"a.yaml": text, "b.yaml": json.dumps(SERVICE)})
    checked = kitserve("validate", files)

    assert checked.exit_code == 0
    assert f"not looked at, because a template (validate what it renders): {files / 'a.yaml'}" in checked.err
    assert "error[KS0" in kitserve("validate", files / "a.yaml").err


def test_a_kind_of_modelmesh_is_its_own(kitserve: CommandLine) -> None:
    predictor = "apiVersion: serving.kserve.io/v1alpha1\nkind: Predictor\nmetadata: {name: a}\n"
    checked = kitserve("validate", "--strict", "-", stdin=predictor)

    assert checked.exit_code == 0
    assert "Predictor a: not checked: kitserve doesn't know its kind" in checked.err


def test_a_named_file_is_values_unless_it_says_what_it_is(kitserve: CommandLine, tmp_path: Path) -> None:
    files = written(tmp_path, {"a.yaml": "colour: red\n", "kustomization.yaml": "resources: [a.yaml]\n"})

    assert "error[KS020] colour: unknown key" in kitserve("validate", files / "a.yaml").err
    assert kitserve("validate", files / "kustomization.yaml").exit_code == 5


@pytest.mark.parametrize("files", [{}, {"a.txt": "x"}, *OTHERS.values()])
def test_nothing_to_look_at_is_no_success(
    files: dict[str, str | bytes], kitserve: CommandLine, tmp_path: Path
) -> None:
    folder = written(tmp_path, files)
    checked = kitserve("validate", folder)

    assert checked.exit_code == 5
    assert f"error: nothing to check in {folder}" in checked.err
    assert "hint: name a manifest, a values file, or a folder that has some" in checked.err
    assert kitserve("validate", "--allow-nothing", folder).exit_code == 0


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n"])
def test_an_empty_standard_input_is_no_success(text: str, kitserve: CommandLine) -> None:
    checked = kitserve("validate", "-", stdin=text)

    assert checked.exit_code == 5
    assert "nothing to check in standard input" in checked.err


def test_json_objects_one_after_another_are_read_as_kubectl_does(
    kitserve: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "three.json"
    wrong = mutated(SERVICE, "spec.predictor.minReplica", 1)
    text = f"\n  {json.dumps(SERVICE)}\n\n{json.dumps(wrong, indent=1)}{json.dumps(wrong)}\n"
    file.write_text(text)
    checked = kitserve("validate", file)

    for at in (text.index('"minReplica"'), text.rindex('"minReplica"')):
        place = f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"
        assert f"{file}:{place}: error[KS210]" in checked.err
    assert checked.err.endswith("2 problems in 1 file\n")


@pytest.mark.parametrize("end", ["{", '{"a": }', "[]", "x"])
def test_what_follows_a_json_object_has_to_be_one(end: str, kitserve: CommandLine) -> None:
    assert "error[KS003]" in kitserve("validate", "-", stdin=f"{json.dumps(SERVICE)}\n{end}").err


@pytest.mark.parametrize("separator", ["---\n", "--- # the second\n"])
def test_files_may_be_joined_with_their_marks(separator: str, kitserve: CommandLine) -> None:
    other = json.dumps(mutated(SERVICE, "metadata.name", "other"))
    joined = f"\ufeff{json.dumps(SERVICE)}\n{separator}\ufeff{other}\n"

    assert kitserve("validate", "--strict", "-", stdin=joined).err == "1 file: no problems\n"


def test_a_mark_without_a_separator_is_told(kitserve: CommandLine) -> None:
    checked = kitserve(
        "validate", "-", stdin="apiVersion: v1\nkind: Secret\n\ufeffapiVersion: v1\nkind: Secret\n"
    )

    assert "<stdin>:3:1: error[KS003] a byte order mark begins this line" in checked.err


def test_a_byte_of_windows_1252_is_named(kitserve: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"kind: Secret\n# \xc3\xa9 caf\xe9\n")
    checked = kitserve("validate", file)

    assert f"{file}:2:8: error[KS002] not UTF-8 text: the byte 0xE9" in checked.err
    assert "in Windows-1252 this byte is é" in checked.err


@pytest.mark.parametrize(
    ("mode", "warns"), [("0440", False), ("0644", False), ("0o440", False), ("0b11", True), ("0_440", True)]
)
def test_modes_of_files_are_in_base_8(mode: str, warns: bool, kitserve: CommandLine) -> None:
    manifest = json.dumps(SERVICE).replace(
        '"model"',
        f'"volumes": [{{"name": "a", "secret": {{"secretName": "a", "defaultMode": {mode}}}}}], "model"',
    )

    assert ("KS014" in kitserve("validate", "-", stdin=manifest).err) == warns


def test_the_default_image_is_one_note(kitserve: CommandLine, tmp_path: Path) -> None:
    files = written(tmp_path, dict.fromkeys(("values.yaml", "values-b.yaml"), "logFormat: json\n"))
    checked = kitserve("validate", "--strict", files)

    assert checked.exit_code == 0
    assert checked.err.count("isn't published yet") == 1
    own = kitserve("validate", "-", stdin="image: {registry: r.example.com, repository: a, tag: v1}")
    assert own.err == "1 file: no problems\n"
