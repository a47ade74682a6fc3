"""`kitserve validate` and `kitserve schema`."""

import json
import re
from pathlib import Path

import pytest
from kitserve.check import value_rules
from kitserve.check.schema import schema_messages

from tests.cases import ACCEPTED, REFUSED, REPOSITORY
from tests.generator.command_line import CommandLine

MODEL = "modelFormat: {name: sklearn}, storageUri: 'kit://r.example.com/a:v1'"


def test_every_example_is_valid(kitserve: CommandLine) -> None:
    checked = kitserve("validate", *(REPOSITORY / "examples").glob("*.yaml"))

    assert (checked.exit_code, checked.out) == (0, "")


def test_what_helm_accepts_has_no_problem_but_those_of_its_objects(kitserve: CommandLine) -> None:
    checked = kitserve("validate", *ACCEPTED)
    of_values = {code.code for code in (*schema_messages.CODES, *value_rules.CODES)}

    found = re.findall(r": (?:error|warning)\[(KS\d+)\]", checked.err)
    assert found
    assert not {*found} & of_values


@pytest.mark.parametrize(
    ("values", "place"),
    [
        (
            "resources: {limits: {memory: 1GB}}",
            "1:22: error[KS214] resources.limits.memory: isn't a quantity",
        ),
        ("resources: {requests: {memory: 3Gi}}", "1:24: error[KS139] resources.requests.memory: "),
        ("image: {registry: a.io, repository: b, tag: latest}", "1:1: warning[KS152] image: "),
        (
            f"inferenceServices: {{a: {{{MODEL}, predictor: {{minReplica: 1}}}}}}",
            "1:107: error[KS210] inferenceServices.a.predictor.minReplica: unknown field",
        ),
        (
            f"inferenceServiceDefaults: {{resources: {{limits: {{cpu: x}}}}}}\n"
            f"inferenceServices: {{a: {{{MODEL}}}, b: {{{MODEL}}}}}",
            "1:49: error[KS214] inferenceServiceDefaults.resources.limits.cpu: isn't a quantity",
        ),
        (
            "localModels:\n  nodeGroups:\n    gpu:\n      storageLimit: 1Ti\n"
            "      persistentVolumeSpec: {locl: {path: /models}}\n"
            "      persistentVolumeClaimSpec: {}",
            "5:30: error[KS210] localModels.nodeGroups.gpu.persistentVolumeSpec.locl: unknown field",
        ),
        (
            f"commonLabels: {{team: a b}}\ninferenceServices: {{a: {{{MODEL}}}, b: {{{MODEL}}}}}",
            "1:16: error[KS214] commonLabels.team: this can't be a label's value",
        ),
        (
            f"commonLabels: {{team: ab}}\ninferenceServices: {{a: {{{MODEL}, labels: {{team: a b}}}}}}",
            "2:104: error[KS214] inferenceServices.a.labels.team: this can't be a label's value",
        ),
        (
            "commonAnnotations: {'a b': c}",
            "1:21: error[KS214] commonAnnotations[\"a b\"]: this can't be an annotation's key",
        ),
        (
            "serviceAccounts:\n  a:\n    labels: {team: a b}",
            "3:14: error[KS214] serviceAccounts.a.labels.team: this can't be a label's value",
        ),
        (
            "extraObjects:\n  - {apiVersion: v1, kind: Secret, metadata: {name: a}, data: {b: '!'}}",
            "2:64: error[KS251] extraObjects[0].data.b: this isn't base64",
        ),
    ],
)
def test_objects_of_values_are_checked_too(values: str, place: str, kitserve: CommandLine) -> None:
    checked = kitserve("validate", "-", stdin=values)

    assert checked.err.count("KS") == 1
    assert f"<stdin>:{place}" in checked.err


@pytest.mark.parametrize(
    "values", ["allowPatterns: ['*.bin']", "ignorePatterns: ['*.bin']", "aws: {ecrRegion: eu-west-1}"]
)
def test_variables_of_the_values_are_none_of_kserves(values: str, kitserve: CommandLine) -> None:
    assert kitserve("validate", "--strict", "-", stdin=values).err.endswith("1 file: no problems\n")


def test_objects_of_values_are_of_the_kserve_that_is_asked_for(kitserve: CommandLine) -> None:
    values = f"inferenceServices: {{a: {{{MODEL}, predictor: {{storageContainerName: kitops}}}}}}"

    assert kitserve("validate", "--kserve-version", "0.19", "-", stdin=values).exit_code == 1
    assert kitserve("validate", "-", stdin=values).exit_code == 0


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
    whole.write_text("inferenceServices: {a: {modelFormat: {name: x}, storageUri: 'kit://r.io/x:1'}}")
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
    assert re.search(rf"^<stdin>{re.escape(place)}", checked.err, re.MULTILINE)


def test_schema_is_printed_as_json(kitserve: CommandLine) -> None:
    assert json.loads(kitserve("schema").out)["additionalProperties"] is False
