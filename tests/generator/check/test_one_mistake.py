"""One mistake is one error, told at the user's line, with a hint that can be followed; nothing waits behind it."""

import re

import pytest

from tests.generator.command_line import CommandLine

URI = "kit://registry.example.com/iris:v1"
HEAD = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
MODEL = f"{{modelFormat: {{name: sklearn}}, storageUri: '{URI}'}}"
FOUND = re.compile(r"^<stdin>:(\d+):\d+: \w+\[(KS\d+)\]", re.MULTILINE)


def told(reported: str) -> list[tuple[int, str]]:
    """The line and the code of each problem."""
    return [(int(line), code) for line, code in FOUND.findall(reported)]


def manifest(below_model: str) -> str:
    return f"{HEAD}metadata: {{name: iris}}\nspec:\n  predictor:\n    model:\n{below_model}"


MANIFESTS = {
    "name beside metadata": (
        f"{HEAD}metadata:\nname: iris\nspec: {{predictor: {{model: {MODEL}}}}}\n",
        [(4, "KS210")],
        "indent it below metadata:",
    ),
    "predictor without spec": (
        f"{HEAD}metadata: {{name: iris}}\npredictor: {{model: {MODEL}}}\n",
        [(4, "KS210")],
        "indent it below spec:",
    ),
    "name beside modelFormat": (
        manifest(f"      modelFormat:\n      name: sklearn\n      storageUri: {URI}\n"),
        [(8, "KS222")],
        "indent it below modelFormat:",
    ),
    "a URI in modelFormat": (
        manifest(f"      modelFormat:\n        name: sklearn\n        storageUri: {URI}\n"),
        [(9, "KS210")],
        "indent it less: it is a field of model",
    ),
    "replicas in the model": (
        manifest(f"      modelFormat: {{name: sklearn}}\n      storageUri: {URI}\n      minReplicas: 1\n"),
        [(9, "KS210")],
        "indent it less: it is a field of predictor",
    ),
    "a misspelt required field": (
        manifest(f"      modelFromat: {{name: sklearn}}\n      storageUri: {URI}\n"),
        [(7, "KS210")],
        "did you mean modelFormat?",
    ),
    "other letters": (
        manifest(f"      modelFormat: {{name: sklearn}}\n      storageURI: {URI}\n"),
        [(8, "KS210")],
        "did you mean storageUri?",
    ),
    "a mistake within a mistake": (
        f"{HEAD}metadata: {{name: iris}}\nspec:\n  predcitor:\n    modle:\n      modelFormat: {{nmae: sklearn}}\n"
        f"      storageUri: {URI}\n",
        [(5, "KS210"), (6, "KS210"), (7, "KS210")],
        "did you mean predictor?",
    ),
    "what else is wrong in what is misspelt": (
        f"{HEAD}metadata: {{name: iris}}\nspec:\n  predcitor:\n    minReplicas: 3\n    maxReplicas: 2\n"
        f"    model: {MODEL}\n",
        [(5, "KS210"), (6, "KS224")],
        "did you mean predictor?",
    ),
    "a format that is text": (
        manifest(f"      modelFormat: sklearn\n      storageUri: {URI}\n"),
        [(7, "KS211")],
        "such as `modelFormat: {name: sklearn}`",
    ),
    "no format": (
        manifest(f"      storageUri: {URI}\n"),
        [(6, "KS126")],
        "such as `modelFormat: {name: sklearn}`",
    ),
    "a name for nobody": (
        f"{HEAD}metadata: {{name: Iris.V}}\nspec: {{predictor: {{model: {MODEL}}}}}\n",
        [(3, "KS220")],
        "beginning with a letter",
    ),
    "variables in a map": (
        manifest(
            f"      modelFormat: {{name: sklearn}}\n      storageUri: {URI}\n      env: {{LEVEL: debug}}\n"
        ),
        [(9, "KS211")],
        "such as `env: [{name: LOG_LEVEL, value: debug}]`",
    ),
    "a number in quotes": (
        f"{HEAD}metadata: {{name: iris}}\nspec: {{predictor: {{minReplicas: '1', model: {MODEL}}}}}\n",
        [(4, "KS211")],
        "write it without quotes",
    ),
    "templates": (
        f"{HEAD}metadata: {{name: {{{{ .Release.Name }}}} }}\nspec:\n  predictor:\n"
        f"    minReplicas: {{{{ .Values.min }}}}\n    model: {MODEL}\n",
        [(3, "KS007"), (6, "KS007")],
        "this may be a template: validate what it renders",
    ),
    "a template of a line": (
        f"{HEAD}metadata: {{name: iris}}\n{{{{- if .Values.a }}}}\nspec: {{predictor: {{model: {MODEL}}}}}\n",
        [(4, "KS003")],
        "this may be a template: validate what it renders",
    ),
    "a word that isn't none": (
        f"{HEAD}metadata: {{name: iris, annotations: {{serving.kserve.io/autoscalerClass: external}}}}\n"
        "spec: {predictor: {workerSpec: {pipelineParallelSize: 2, tensorParallelSize: 1}, model: {modelFormat: "
        "{name: huggingface}, storageUri: 'pvc://a/b'}}}\n",
        [(3, "KS225")],
        "write `none`",
    ),
    "a kind in other letters": (
        f"{HEAD.replace('eS', 'es')}metadata: {{name: iris}}\n",
        [(2, "KS217")],
        "InferenceService?",
    ),
    "a kind that there isn't": (
        f"{HEAD.replace('InferenceService', 'Model')}metadata: {{name: a}}\n",
        [(2, "KS217")],
        "",
    ),
    "the group of before": (
        f"{HEAD.replace('kserve.io', 'kubeflow.org')}metadata: {{name: iris}}\n",
        [(1, "KS217")],
        "write serving.kserve.io/v1beta1",
    ),
    "a list of services": (
        HEAD.replace("InferenceService", "InferenceServiceList")
        + f"items:\n  - metadata: {{name: a}}\n    spec: {{predictor: {{model: {MODEL}}}}}\n"
        f"  - metadata: {{name: b}}\n    spec: {{predictor: {{modle: {MODEL}}}}}\n",
        [(7, "KS210")],
        "did you mean model?",
    ),
}


@pytest.mark.parametrize(("text", "expected", "hint"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_mistake_in_a_manifest(
    text: str, expected: list[tuple[int, str]], hint: str, kitserve: CommandLine
) -> None:
    checked = kitserve("validate", "-", stdin=text)

    assert told(checked.err) == expected, checked.err
    assert hint in checked.err
    assert "not checked" not in checked.err


SERVICES = f"inferenceServices:\n  iris:\n    storageUri: {URI}\n"
VALUES = {
    "a name beside modelFormat": (
        f"{SERVICES}    modelFormat:\n    name: sklearn\n",
        [(4, "KS021")],
        "such as `modelFormat: {name: sklearn}`",
    ),
    "a format that is text": (
        f"{SERVICES}    modelFormat: sklearn\n",
        [(4, "KS021")],
        "such as `modelFormat: {name: sklearn}`",
    ),
    "a misspelt format, and what else is wrong": (
        f"{SERVICES}    modelFromat: {{name: sklearn}}\n    minReplicas: 3\n    maxReplicas: 1\n"
        "engine: kit\nlayout: model\n",
        [(4, "KS020"), (5, "KS224"), (8, "KS117")],
        "did you mean modelFormat?",
    ),
    "a number for a text, and what else is wrong": (
        f"image: {{tag: 1.10}}\n{SERVICES}    modelFormat: {{name: sklearn}}\n    predictor: {{minReplica: 1}}\n",
        [(1, "KS021"), (6, "KS210")],
        "did you mean minReplicas?",
    ),
    "a key twice, and what else is wrong": (
        "image: {tag: v1}\nimage: {tag: v2}\nengine: kit\nlayout: model\n",
        [(2, "KS006"), (4, "KS117")],
        "leave engine out",
    ),
    "a name for nobody": (
        f"{SERVICES.replace('iris:', 'Iris:', 1)}    modelFormat: {{name: sklearn}}\n",
        [(2, "KS023")],
        "up to 53 lower-case letters, digits and `-`, beginning with a letter, such as `iris-v1`",
    ),
    "a URI without a scheme": (
        f"{SERVICES.replace('kit://', '')}    modelFormat: {{name: sklearn}}\n",
        [(3, "KS023")],
        "such as `kit://registry.example.com/models/iris:v1`",
    ),
    "a template": ("image:\n  tag: {{ .Values.tag }}\n", [(2, "KS007")], "validate what it renders"),
    "a user for nobody": (
        "credentials: {username: reader}\n",
        [(1, "KS119")],
        "set credentials.create to true",
    ),
}


@pytest.mark.parametrize(("text", "expected", "hint"), VALUES.values(), ids=VALUES)
def test_a_mistake_in_values(
    text: str, expected: list[tuple[int, str]], hint: str, kitserve: CommandLine
) -> None:
    checked = kitserve("validate", "-", stdin=text)

    assert told(checked.err) == expected, checked.err
    assert hint in checked.err


@pytest.mark.parametrize("command", ["render", "diff", "doctor"])
def test_values_files_are_named_by_an_option(command: str, kitserve: CommandLine) -> None:
    checked = kitserve(command, "values.yaml", "b.yaml")

    assert checked.exit_code == 2
    assert f"values files are named by -f: kitserve {command} -f values.yaml -f b.yaml" in checked.err
    assert kitserve(command, "--help").out.startswith(f"Usage: kitserve {command} [OPTIONS]\n")


@pytest.mark.parametrize(
    ("arguments", "choices"),
    [(("validate", "--format", "xml", "a"), "sarif"), (("render", "-o", "xml"), "name")],
)
def test_a_word_that_is_no_choice_is_told_with_the_choices(
    arguments: tuple[str, ...], choices: str, kitserve: CommandLine
) -> None:
    checked = kitserve(*arguments)

    assert checked.exit_code == 2
    assert "xml" in checked.err
    assert choices in checked.err
    assert "Value error" not in checked.err
