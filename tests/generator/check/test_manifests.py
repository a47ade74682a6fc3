"""`kitserve validate` on manifests: each row is one mutation of an object that is right."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.generator.command_line import CommandLine

STORAGE: dict[str, Any] = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ClusterStorageContainer",
    "metadata": {"name": "kitops"},
    "spec": {
        "container": {"name": "storage-initializer", "image": "example.com/initializer:1"},
        "supportedUriFormats": [{"prefix": "kit://"}],
        "workloadType": "initContainer",
        "supportsMultiModelDownload": True,
    },
}
SERVICE: dict[str, Any] = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "iris"},
    "spec": {
        "predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "kit://example.com/iris:1"}}
    },
}
MODEL = "spec.predictor.model"
ABSENT = object()
TWO_ROOTS = [{"uri": "kit://x", "mountPath": "/a"}, {"uri": "kit://y", "mountPath": "/b"}]


def mutated(item: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of the object with one field set, or without it."""
    changed = copy.deepcopy(item)
    *parents, last = path.split(".")
    place = changed
    for step in parents:
        place = place.setdefault(step, {})
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return changed


ROWS = [
    (SERVICE, "spec.predictor.minReplica", 1, "KS210", "did you mean minReplicas?"),
    (SERVICE, f"{MODEL}.storageURI", "kit://x", "KS210", "did you mean storageUri?"),
    (SERVICE, "metadata.lables", {}, "KS210", "did you mean labels?"),
    (SERVICE, "spec.predictor.minReplicas", "1", "KS211", "expected a whole number, got text"),
    (SERVICE, "metadata.annotations", {"a": True}, "KS211", "write it in quotes"),
    (SERVICE, f"{MODEL}.env", {}, "KS211", "expected a list"),
    (SERVICE, f"{MODEL}.modelFormat", {}, "KS116", "spec.predictor.model.modelFormat.name"),
    (SERVICE, "metadata.name", ABSENT, "KS212", "metadata.name"),
    (SERVICE, f"{MODEL}.resources", {"limits": {"memory": "1Gg"}}, "KS214", "isn't a quantity"),
    (SERVICE, "spec.predictor.tolerations", [1], "KS211", "spec.predictor.tolerations[0]"),
    (SERVICE, "metadata.name", "Iris", "KS220", "lower-case"),
    (SERVICE, "spec.predictor.storageUris", [{"uri": "kit://x"}], "KS221", "storageUris are given too"),
    (SERVICE, f"{MODEL}.name", "x", "KS222", "leave it out"),
    (SERVICE, f"{MODEL}.env", [{"name": "PYTHONPATH", "value": "/x"}], "KS223", "env[0].name"),
    (SERVICE, "spec.predictor.minReplicas", -1, "KS224", "negative"),
    (SERVICE, "spec.predictor", {"minReplicas": 3, "maxReplicas": 2}, "KS224", "more than maxReplicas, 2"),
    (SERVICE, "spec.predictor.workerSpec", {}, "KS225", "pvc://"),
    (SERVICE, "apiVersion", "serving.kserve.io/v1", "KS217", "it has serving.kserve.io/v1beta1"),
    (SERVICE, f"{MODEL}.env", [None], "KS116", "env[0]"),
    (SERVICE, "spec.predictor", {}, "KS226", "a model or a container"),
    (SERVICE, "spec.predictor.containerConcurrency", -1, "KS227", "negative"),
    (SERVICE, "metadata.annotations", {"serving.kserve.io/autoscalerClass": "kpa"}, "KS228", "keda"),
    (SERVICE, "spec.predictor.storageUris", [{"uri": "kit://x", "mountPath": "/"}], "KS229", "below /"),
    (SERVICE, "spec.predictor.storageUris", [{"uri": "kit://x"}], "KS112", "write mountPath: /mnt/models"),
    (SERVICE, "spec.predictor.storageUris", TWO_ROOTS, "KS229", "no folder in common"),
    (SERVICE, "metadata.labels", {"a": "no label!"}, "KS214", "label's value"),
    (SERVICE, "metadata.labels", {"a b": "c"}, "KS214", "label's key"),
    (SERVICE, "metadata.labels", {"Example.com/a": "c"}, "KS214", "label's key"),
    (SERVICE, "metadata.labels", {"a" * 64: "c"}, "KS214", "label's key"),
    (SERVICE, "metadata.annotations", {"": "c"}, "KS214", "annotation's key"),
    (SERVICE, "metadata.annotations", {"a/b/c": "c"}, "KS214", "annotation's key"),
    (SERVICE, "metadata.annotations", {"a": "x" * 2**18}, "KS215", "256 KiB"),
    (SERVICE, "metadata.name", 123, "KS211", "expected text, got a number"),
    (SERVICE, "metadata.namespace", True, "KS211", "write it in quotes"),
    (SERVICE, "metadata.namespace", "a.b", "KS214", "a namespace"),
    (STORAGE, "metadata.name", "Kit", "KS214", "can't be a name"),
    (STORAGE, "spec.container.name", "init", "KS110", "storage-initializer"),
    (STORAGE, "spec.container.args", ["x"], "KS111", "replace the URI"),
    (STORAGE, "spec.workloadType", ABSENT, "KS112", "workloadType: initContainer"),
    (STORAGE, "spec.supportsMultiModelDownload", ABSENT, "KS112", "supportsMultiModelDownload: true"),
    (STORAGE, "spec.workloadType", "init", "KS113", "localModelDownloadJob"),
    (STORAGE, "spec.supportedUriFormats", [{}], "KS114", "matches no URI"),
    (STORAGE, "spec.container", ABSENT, "KS212", "spec.container"),
    (STORAGE, "spec.disabled", True, "KS210", "spec.disabled"),
    (STORAGE, "spec.supportsMultiModelDownload", "yes", "KS211", "expected true or false"),
]


@pytest.mark.parametrize(("item", "path", "value", "code", "says"), ROWS)
def test_a_mutation_is_told(  # noqa: PLR0913, PLR0917 - the columns of the table
    item: dict[str, Any], path: str, value: object, code: str, says: str, kitserve: CommandLine
) -> None:
    checked = kitserve("validate", "-", stdin=json.dumps(mutated(item, path, value)))

    assert f"[{code}]" in checked.err
    assert says in checked.err
    assert checked.exit_code == int("error[" in checked.err)


def test_documents_folders_and_lists_are_read(kitserve: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "both.yaml").write_text(
        f"---\n{json.dumps(STORAGE)}\n---\n{json.dumps(SERVICE)}\n---\n"
    )
    (tmp_path / "list.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [mutated(SERVICE, "spec.predictr", {})]})
    )
    (tmp_path / "values.yaml").write_text("image: {tga: x}")
    (tmp_path / "notes.txt").write_text("no YAML: [")
    checked = kitserve("validate", tmp_path)

    assert checked.exit_code == 1
    assert "both.yaml" not in checked.err
    assert "error[KS210] spec.predictr: unknown field" in checked.err
    assert "error[KS020] image.tga: unknown key" in checked.err
    assert checked.err.endswith("error: 2 problems in 3 files\n")


def test_a_field_has_its_place_in_its_document(kitserve: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        f"{json.dumps(STORAGE)}\n---\napiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
        "metadata:\n  name: iris\n  nme: x\nspec: {predictor: {}}\n"
    )

    assert f"{file}:7:3: error[KS210] metadata.nme" in kitserve("validate", file).err


def test_two_containers_for_one_prefix_are_told_across_files(kitserve: CommandLine, tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(json.dumps(STORAGE))
    other.write_text(json.dumps(mutated(STORAGE, "metadata.name", "other")))
    checked = kitserve("validate", one, other)

    assert checked.exit_code == 1
    assert checked.err.startswith(f"{other}:1:")
    assert "error[KS115] spec.supportedUriFormats[0].prefix: kitops matches these URIs too" in checked.err


@pytest.mark.parametrize(("version", "exit_code"), [("0.19", 1), ("0.20", 0), ("", 0)])
def test_fields_are_those_of_the_kserve_that_is_asked_for(
    version: str, exit_code: int, kitserve: CommandLine
) -> None:
    manifest = json.dumps(mutated(SERVICE, "spec.predictor.storageContainerName", "kitops"))
    option = ["--kserve-version", version] if version else []

    assert kitserve("validate", *option, "-", stdin=manifest).exit_code == exit_code


def test_an_unknown_kserve_is_a_wrong_command_line(kitserve: CommandLine) -> None:
    assert kitserve("validate", "--kserve-version", "0.18", "-", stdin="{}").exit_code == 2


def test_other_kinds_are_said_to_be_left_alone(kitserve: CommandLine) -> None:
    manifest = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dta": {}}'
    checked = kitserve("validate", "-", stdin=manifest)

    assert checked.exit_code == 0
    assert "<stdin>:1:1: ConfigMap a: not checked" in checked.err


@pytest.mark.parametrize("item", [STORAGE, SERVICE])
@pytest.mark.parametrize("value", [None, 0, "", [], {}, [None], [[]], {"a": None}])
def test_no_shape_of_a_field_ends_in_a_traceback(
    item: dict[str, Any], value: object, kitserve: CommandLine
) -> None:
    for path in ("metadata", "spec", "spec.container", "spec.supportedUriFormats", "spec.predictor", MODEL):
        if path != MODEL or item is SERVICE:
            assert kitserve("validate", "-", stdin=json.dumps(mutated(item, path, value))).exit_code in {0, 1}


def test_what_render_gives_is_right(kitserve: CommandLine) -> None:
    rendered = kitserve(
        "render",
        "--set",
        "inferenceServices.a.storageUri=kit://r/a:1",
        "--set",
        "inferenceServices.a.modelFormat.name=sklearn",
    ).out
    checked = kitserve("validate", "-", stdin=rendered)

    assert (checked.exit_code, checked.err) == (0, "1 file: no problems\n")


def test_a_report_is_json_if_asked(kitserve: CommandLine) -> None:
    checked = kitserve("validate", "--format", "json", "-", stdin="image: {tga: x}")

    (problem,) = json.loads(checked.out)
    assert (problem["code"], problem["line"], problem["column"], problem["path"]) == (
        "KS020",
        1,
        9,
        "image.tga",
    )
    assert kitserve("validate", "--format", "json", "-", stdin="{}").out == "[]\n"


def test_a_report_is_of_annotations_if_asked(kitserve: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "a,b.yaml"
    file.write_text("image: {tga: x}")
    checked = kitserve("validate", "--format", "github", file)

    place = str(file).replace(",", "%2C")
    assert checked.out == (
        f"::error file={place},line=1,col=9,title=KS020::image.tga: unknown key%0Ahint: did you mean tag?\n"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind: InferenceService\nmetadata: {name: a}\n", ":1:1: error[KS017] this isn't an object"),
        (f"{json.dumps(STORAGE)}\n---\nimage: {{tag: v1}}\n", ":3:1: error[KS017] this isn't an object"),
        (f"{json.dumps(STORAGE)}\n---\n- a\n", ":3:1: error[KS017] this isn't an object"),
        ("apiVersion: v1\nkind: List\nitems:\n  - kind: Secret\n", ":4:5: error[KS017] items[0]: this isn't"),
        ("apiVersion: 1\nkind: Secret\n", ":1:1: error[KS017] this isn't an object"),
    ],
)
def test_what_is_no_object_is_named(text: str, place: str, kitserve: CommandLine) -> None:
    checked = kitserve("validate", "-", stdin=text)

    assert checked.exit_code == 1
    assert f"<stdin>{place}" in checked.err
