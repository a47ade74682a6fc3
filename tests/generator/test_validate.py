"""`kitserve validate` and `kitserve schema`."""

import json
import re
from pathlib import Path

import pytest

from tests.cases import ACCEPTED, REFUSED
from tests.generator.command_line import CommandLine


def test_every_accepted_case_is_valid(kitserve: CommandLine) -> None:
    checked = kitserve("validate", *ACCEPTED)

    assert (checked.exit_code, checked.out) == (0, "")
    assert re.search(rf"^{len(ACCEPTED)} files: \d+ warnings\Z", checked.err.rstrip(), re.MULTILINE)


def test_every_refused_case_is_named_with_its_place(kitserve: CommandLine) -> None:
    checked = kitserve("validate", *(case.file for case in REFUSED))

    assert checked.exit_code == 1
    for case in REFUSED:
        assert any(
            line.startswith(f"{case.file}:") and f"] {case.path}: {case.sentence}" in line
            for line in checked.err.splitlines()
        ), case


def test_files_are_checked_each_by_itself_unless_merged(kitserve: CommandLine, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.yaml", tmp_path / "part.yaml"
    whole.write_text("inferenceServices: {a: {modelFormat: {name: x}, storageUri: 'kit://r/x:1'}}")
    part.write_text("inferenceServices: {a: {labels: {team: a}}}")

    assert kitserve("validate", whole, part).exit_code == 1
    assert kitserve("validate", "--merged", whole, part).exit_code == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [", ":1:5: error[KS003] "),
        ("image: {tag: a}\nimage: {tag: b}", ":2:1: error[KS006] "),
        ("- a", ":1:1: error[KS005] "),
    ],
)
def test_what_is_no_yaml_map_has_a_place_too(text: str, place: str, kitserve: CommandLine) -> None:
    checked = kitserve("validate", "-", stdin=text)

    assert checked.exit_code == 1
    assert checked.err.startswith(f"<stdin>{place}")


def test_schema_is_printed_as_json(kitserve: CommandLine) -> None:
    assert json.loads(kitserve("schema").out)["additionalProperties"] is False
