"""`kitserve explain`, `help` and `version`."""

import pytest
from kitserve.check.codes import CODES
from kitserve.errors import EXIT_CODES
from kitserve.problems import Code
from kitserve.values.lookup import find, paths
from kitserve.version import VERSION
from kitserve_initializer.errors import exit_codes

from tests.generator.command_line import CommandLine


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_explained_whole(code: Code, kitserve: CommandLine) -> None:
    ran = kitserve("explain", code.code.lower())

    said = " ".join(ran.out.split())
    for part in (code.meaning, code.why, code.example, code.remedy):
        assert " ".join(part.split()) in said
    assert ran.exit_code == 0


def test_every_value_of_the_schema_is_found_by_its_path() -> None:
    assert [path for path in paths() if not (find(path) or {}).get("description")] == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("layout", "one of:   kit, model"),
        ("values.layout", "one of:   kit, model"),
        ("engine", 'default:  ""'),
        ("inferenceServices.iris.storageUri", "type:     text"),
        ("inferenceServices.NAME.storageUri", "type:     text"),
        ('inferenceServices["iris"].env[0].name', "type:     text"),
        ("verification.rules[].keys", "type:     list"),
        ("verification.rules[2].keys", "type:     list"),
        ("credentials", "  passwordKey "),
        ("values", "  inferenceServices "),
        ("inferenceServices.iris.predictor", "  containers "),
        ("inferenceServices.iris.predictor.model", "  modelFormat "),
        ("inferenceServices.iris.predictor.minReplicas", "type:     number"),
        ("inferenceServices.iris.predictor.scaleMetric", "one of:   cpu, memory, concurrency, rps"),
        ("inferenceServiceDefaults.predictor.model.env[0].valueFrom.secretKeyRef", "  key "),
        ("llmInferenceServices.NAME.spec.template.containers[].image", "type:     text"),
    ],
)
def test_a_value_is_explained(path: str, told: str, kitserve: CommandLine) -> None:
    ran = kitserve("explain", path)

    assert told in ran.out
    assert ran.exit_code == 0


@pytest.mark.parametrize("number", sorted({*EXIT_CODES, *(row[0] for row in exit_codes())}))
def test_an_exit_code_is_explained(number: int, kitserve: CommandLine) -> None:
    assert kitserve("explain", number).out.startswith(f"Exit code {number}\n")


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("KS999", "no problem has the code KS999"),
        ("engin", "did you mean engine?"),
        ("storageUri", "did you mean inferenceServiceDefaults.storageUri"),
        ("inferenceServices.iris.predictor.modle", "did you mean inferenceServices.NAME.predictor.model"),
        ("99", "no program of kitserve ends with 99"),
        ("a[", "there is no value a["),
        ("..", "there is no value .."),
        ("\x1b[31m", "there is no value"),
    ],
)
def test_an_unknown_topic_is_refused_with_what_may_be_meant(
    topic: str, said: str, kitserve: CommandLine
) -> None:
    ran = kitserve("explain", topic)

    assert said in ran.err
    assert "\x1b" not in ran.err
    assert (ran.exit_code, ran.out) == (2, "")


def test_help_of_a_command_is_what_its_option_prints(kitserve: CommandLine) -> None:
    assert kitserve("help", "verify").out == kitserve("verify", "--help").out
    assert kitserve("help").out == kitserve("--help").out
    assert "no such command: nosuch" in kitserve("help", "nosuch").err


def test_version_is_what_its_option_prints(kitserve: CommandLine) -> None:
    assert kitserve("version").out == kitserve("--version").out == f"kitserve {VERSION}\n"
