"""`kitserve validate` on manifests: each row is one mutation of an object that is right."""

import json
from pathlib import Path
from typing import Any

import pytest
from kitserve.check.reading.manifest_reader import read
from kitserve.helm.document import compose_text

from tests.generator.check.manifests import MODEL, SERVICE, STORAGE, mutated
from tests.generator.check.mutations import ROWS
from tests.generator.command_line import CommandLine


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
            checked = kitserve("validate", "-", stdin=json.dumps(mutated(item, path, value)))
            assert checked.exit_code == int("error[" in checked.err), (path, checked.err)


def test_what_render_gives_is_right(kitserve: CommandLine) -> None:
    rendered = kitserve(
        "render",
        "--set",
        "inferenceServices.a.storageUri=kit://r.io/a:1",
        "--set",
        "inferenceServices.a.modelFormat.name=sklearn",
    ).out
    checked = kitserve("validate", "-", stdin=rendered)

    assert checked.exit_code == 0
    assert checked.err.endswith("1 file: no problems\n")


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


@pytest.mark.parametrize("whole", [False, True])
def test_an_object_that_nothing_judges_is_built_no_further_than_its_head(whole: bool) -> None:
    text = "{apiVersion: example.com/v1, kind: Cellar, metadata: {name: a}, spec: {wine: [red, white]}}\n"

    (item,) = read(compose_text("a.yaml", text), whole=whole).objects

    assert (item.name, "spec" in item.data) == ("Cellar a", whole)
