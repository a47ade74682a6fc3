"""Half a megabyte of anything costs seconds and ends in a sentence: a limit of CPU time ends what takes its square."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.generator.command_line import CommandLine

SIZE = 500_000
SECONDS = 12
"""Of CPU, after which the system ends the command. It takes one and a half; a busy machine makes three of them."""
MEMORY = 4 << 30
REPORT = 1_000_000
"""Characters of a report at most: it is for people."""

SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: iris}
spec:
  predictor:
    model:
      modelFormat: {name: sklearn}
      storageUri: kit://r.example.com/iris:v1
"""
STORAGE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterStorageContainer
metadata: {name: %s}
spec:
  workloadType: initContainer
  supportsMultiModelDownload: true
  container: {name: storage-initializer, image: 'a:1'}
  supportedUriFormats:
"""
SECRET = (
    "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nmetadata: {name: a}\nstringData:\n"
)


def filled(part: Callable[[int], str], size: int = SIZE) -> str:
    """Parts by number until there is enough of them."""
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(part(len(parts)))
        length += len(parts[-1])
    return "".join(parts)


def nested(opening: str, closing: str = "") -> str:
    return opening * (SIZE // len(opening)) + closing * (SIZE // len(opening))


SHAPES: dict[str, Callable[[], str]] = {
    # keys
    "one long key": lambda: f"? {'k' * SIZE}\n: x\n",
    "a long key of secrets' names": lambda: f"? {'secret-' * (SIZE // 7)}\n: off\n",
    "a long key in quotes": lambda: f'? "{"a b" * (SIZE // 3)}"\n: {{a: off}}\n',
    "a long key in an object": lambda: f"{SERVICE}      ? {'k' * SIZE}\n      : x\n",
    "a long annotation": lambda: SERVICE.replace(
        "name: iris}", "name: iris, annotations: {? serving.kserve.io/" + "k" * SIZE + " : a}}"
    ),
    "unknown keys": lambda: filled(lambda n: f"k{n}: 1\n"),
    "unknown keys on one line": lambda: "{" + filled(lambda n: f"k{n}: off, ") + "}",
    "unknown fields on one line": lambda: json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "a", **{f"k{n}": 1 for n in range(90_000)}},
        }
    ),
    "one key again and again": lambda: filled(lambda _: "a: 1\n"),
    "labels that are booleans": lambda: "commonLabels:\n" + filled(lambda n: f"  k{n}: off\n"),
    "keys that are none": lambda: "?\n" * (SIZE // 2),
    # lists
    "a list of different texts": lambda: (
        "clusterStorageContainer:\n  prefixes:\n" + filled(lambda n: f"  - kit://{n}/\n")
    ),
    "a list of different numbers": lambda: (
        "clusterStorageContainer:\n  prefixes: [" + filled(lambda n: f"{n}, ") + "]\n"
    ),
    "a list of different maps": lambda: (
        "clusterStorageContainer:\n  prefixes:\n" + filled(lambda n: f"  - {{a: {n}}}\n")
    ),
    "a list of nothing": lambda: "extraObjects: [" + "a," * (SIZE // 2) + "]\n",
    "arguments of the wrong type": lambda: f"{SERVICE}      args: [" + "1," * (SIZE // 2) + "]\n",
    "canaries": lambda: SERVICE + "  canary:\n" + filled(lambda n: f"    - {{predictor: {{name: a{n}}}}}\n"),
    "variables": lambda: (
        SERVICE + "      env:\n" + filled(lambda n: f"        - {{name: API_KEY{n}, value: x}}\n")
    ),
    # numbers
    "a long number": lambda: f"image: {{tag: {'1' * SIZE}}}\n",
    "a long hexadecimal number as a key": lambda: f"? 0x{'1' * SIZE}\n: x\n",
    "a long quantity": lambda: f"{SERVICE}      resources: {{requests: {{cpu: '{'9' * SIZE}'}}}}\n",
    "a long number in JSON in a Secret": lambda: f"{SECRET}  .dockerconfigjson: '{'1' * SIZE}'\n",
    # depth
    "brackets": lambda: nested("["),
    "braces": lambda: nested("{a: "),
    "dashes": lambda: nested("- "),
    "questions": lambda: nested("? "),
    "brackets in JSON in a Secret": lambda: f"{SECRET}  .dockerconfigjson: '{nested('[', ']')}'\n",
    "aliases of aliases": lambda: "a0: &a0 [x]\n" + filled(lambda n: f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]\n"),
    "merges of merges": lambda: (
        "a0: &a0 {k: 1}\n" + filled(lambda n: f"a{n + 1}: &a{n + 1} {{<<: *a{n}, k{n}: 1}}\n")
    ),
    # objects together
    "documents": lambda: filled(lambda n: f"---\napiVersion: v1\nkind: A\nmetadata: {{name: a{n}}}\n"),
    "documents that are no objects": lambda: filled(lambda _: "---\nkind: A\n"),
    "items that are no objects": lambda: "apiVersion: v1\nkind: List\nitems: [" + "1," * (SIZE // 2) + "]\n",
    "extra objects with problems": lambda: (
        "extraObjects:\n"
        + filled(
            lambda n: f"  - {{apiVersion: v1, kind: Secret, metadata: {{name: a{n}}}, data: {{a: '!'}}}}\n"
        )
    ),
    "containers with different prefixes": lambda: filled(
        lambda n: (
            f"---\n{{apiVersion: a/v1, kind: ClusterStorageContainer, metadata: {{name: a{n}}}, "
            f"spec: {{supportedUriFormats: [{{prefix: 'k{n}/'}}]}}}}\n"
        )
    ),
    "containers with one prefix": lambda: filled(
        lambda n: (
            f"---\n{{apiVersion: a/v1, kind: ClusterStorageContainer, metadata: {{name: a{n}}}, "
            "spec: {supportedUriFormats: [{prefix: 'kit://'}]}}\n"
        )
    ),
    "two containers with many prefixes": lambda: (
        STORAGE % "a"
        + filled(lambda n: f"    - {{prefix: 'a{n}:'}}\n", SIZE // 2)
        + f"---\n{STORAGE % 'b'}"
        + filled(lambda n: f"    - {{prefix: 'b{n}:'}}\n", SIZE // 2)
    ),
    "services and runtimes": lambda: (
        filled(
            lambda n: (
                f"---\n{{apiVersion: a/v1, kind: ServingRuntime, metadata: {{name: a{n}}}, "
                "spec: {supportedModelFormats: [{name: x}]}}\n"
            ),
            SIZE // 2,
        )
        + filled(
            lambda n: (
                f"---\n{{apiVersion: a/v1, kind: InferenceService, spec: {{predictor: {{model: {{modelFormat: "
                f"{{name: x, version: '{n}'}}}}}}}}}}\n"
            ),
            SIZE // 2,
        )
    ),
    # what values make of each other
    "labels of all for many services": lambda: (
        "commonLabels:\n"
        + filled(lambda n: f"  k{n}: x\n", SIZE // 2)
        + "inferenceServices:\n"
        + filled(lambda n: f"  a{n}: {{modelFormat: {{name: x}}, storageUri: 'kit://a'}}\n", SIZE // 2)
    ),
    "defaults for many services": lambda: (
        "inferenceServiceDefaults:\n  annotations:\n"
        + filled(lambda n: f"    k{n}: x\n", SIZE // 2)
        + "inferenceServices:\n"
        + filled(lambda n: f"  a{n}: {{modelFormat: {{name: x}}, annotations: {{x: y}}}}\n", SIZE // 2)
    ),
    "a group for many services": lambda: (
        "serviceGroups:\n a:\n  labels:\n"
        + filled(lambda n: f"    k{n}: x\n", SIZE // 2)
        + "llmInferenceServices:\n"
        + filled(lambda n: f"  a{n}: {{group: a, labels: {{x: y}}, uri: 's3://a/b'}}\n", SIZE // 2)
    ),
    "groups that there aren't": lambda: (
        "serviceGroups:\n"
        + filled(lambda n: f"  a{n}: {{}}\n", SIZE // 2)
        + "inferenceServices:\n"
        + filled(
            lambda n: f"  a{n}: {{group: b{n}, modelFormat: {{name: x}}, storageUri: 'kit://a'}}\n", SIZE // 2
        )
    ),
    "pull secrets for many services": lambda: (
        "imagePullSecrets:\n"
        + filled(lambda n: f"  - name: k{n}\n", SIZE // 2)
        + "inferenceServices:\n"
        + filled(lambda n: f"  a{n}: {{modelFormat: {{name: x}}, storageUri: 'kit://a'}}\n", SIZE // 2)
    ),
    "pull secrets for many LLMs": lambda: (
        "imagePullSecrets:\n"
        + filled(lambda n: f"  - name: k{n}\n", SIZE // 2)
        + "llmInferenceServices:\n"
        + filled(lambda n: f"  a{n}: {{uri: 'kit://a.b/c@sha256:{'0' * 64}'}}\n", SIZE // 2)
    ),
    "images of a service": lambda: (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: a}\n"
        "spec: {predictor: {model: {modelFormat: {name: x}}, storageUris: [\n"
        + filled(lambda n: f"  {{uri: 'oci+native://a.b/c:v1', mountPath: /mnt/a{n}/b}},\n", SIZE)
        + "]}}\n"
    ),
    "an object again and again": lambda: (
        "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Secret, metadata: "
        "{name: a}, data: {a: [" + "1," * (SIZE // 8) + "]}}\n" + "- *a\n" * 20
    ),
    # regular expressions
    "a repetition of many digits": lambda: f"{STORAGE % 'a'}    - regex: '^a{{{'1' * 5000}}}'\n",
    "a repetition of a megabyte": lambda: f"{STORAGE % 'a'}    - regex: '^a{{1,{'1' * SIZE}}}'\n",
    "properties": lambda: f"{STORAGE % 'a'}    - regex: ^{nested(chr(92) + 'pL')}\n",
    "classes": lambda: f"{STORAGE % 'a'}    - regex: '^{nested('[[:alpha:]')}'\n",
    "groups": lambda: f"{STORAGE % 'a'}    - regex: '^{nested('(', ')')}'\n",
    # text
    "a text without an end": lambda: 'a: "' + "x\n " * (SIZE // 3),
    "a mistake at the end": lambda: filled(lambda n: f"a{n}: b\n") + "a: {b: [c}\n",
    "one long tag": lambda: f"a: !{'x' * SIZE} y\n",
    "one long line of what may be secret": lambda: f"a: {'--token=x//y@' * (SIZE // 13)}: b\n",
    "blank lines": lambda: "\n" * SIZE + "a: off\n",
    "documents with nothing in them": lambda: "---\n" * (SIZE // 4),
    "characters of several parts": lambda: "? e" + "\u0301" * (SIZE // 2) + "\n: 1\n",
}


# `make test` runs every eighth, `make test-thorough` the others: each takes a second of a core.
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(shape, marks=pytest.mark.thorough if index % 8 else (), id=name)
        for index, (name, shape) in enumerate(SHAPES.items())
    ],
)
def test_half_a_megabyte_costs_seconds(shape: Callable[[], str], tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(shape())
    ran = subprocess.run(
        ["prlimit", f"--cpu={SECONDS}", f"--as={MEMORY}", sys.executable, "-m", "kitserve", "validate", file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode in {0, 1, 5}, f"{ran.returncode} {ran.stderr[-500:]}"
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr) < REPORT


@pytest.mark.parametrize("count", [999, 1001])
def test_a_thousand_errors_and_warnings_are_reported(count: int, kitserve: CommandLine) -> None:
    text = "".join(f"k{number}: off\n" for number in range(count))

    ran = kitserve("validate", "--format", "json", "-", stdin=text)

    told = Counter(problem["severity"] for problem in json.loads(ran.out))
    assert (ran.exit_code, told) == (1, {"error": min(count, 1000), "warning": min(count, 1000)})
    assert ("only the first 1000 warnings are reported: there may be more" in ran.err) == (count > 1000)


def test_warnings_hide_no_error(kitserve: CommandLine) -> None:
    text = (
        "commonLabels:\n" + "".join(f'  "k{number}": !x a\n' for number in range(3000)) + "image: {tga: v1}\n"
    )

    ran = kitserve("validate", "-", stdin=text)

    assert ran.exit_code == 1
    assert "error[KS020] image.tga: unknown key" in ran.err
    assert "only the first 1000 warnings are reported" in ran.err


@pytest.mark.parametrize(
    "expression",
    [
        "a[99999999999]=1",
        f"a[{'9' * 5000}]=1",
        f"a{'[0]' * 40_000}=1",
        f"a{'[0].b' * 20_000}=1",
        f"{'a.' * 60_000}b=1",
        ",".join(f"a{number}[65536]=1" for number in range(200)),
        f"a[65536]{'[65536]' * 90}=1",
    ],
    ids=[
        "eleven digits",
        "5000 digits",
        "indices",
        "indices and keys",
        "keys",
        "wide lists",
        "wide lists in each other",
    ],
)
@pytest.mark.parametrize("option", ["--set", "--set-string"])
def test_an_index_costs_no_more_than_its_text(option: str, expression: str, kitserve: CommandLine) -> None:
    ran = kitserve("render", option, expression)

    assert ran.exit_code == 1
    assert f"{option}:1:" in ran.err
    assert "error[KS012]" in ran.err


def test_a_problem_of_many_options_is_placed_at_the_last(kitserve: CommandLine) -> None:
    expression = ",".join(f"commonLabels.k{number}=1" for number in range(900))

    ran = kitserve("render", "--set", expression, "--set", "commonLabels.k777=2")

    assert ran.exit_code == 1
    assert "--set:2:1: error[KS021] commonLabels.k777: " in ran.err


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ("credentials: {create: true, username: a, password: b, namespaces: [%s]}", ""),
        ("commonLabels: {%s: x}\nserviceAccounts: {%s: {}}", ""),
        ("inferenceServiceDefaults: {args: [%s]}\ninferenceServices: {%s: {}}", " inferenceServiceDefaults:"),
        ("inferenceServiceDefaults: {args: [%s]}\nserviceGroups: {%s: {}}", " inferenceServiceDefaults:"),
    ],
)
@pytest.mark.parametrize("command", [["validate", "-"], ["render", "-f", "-"]], ids=" ".join)
def test_values_that_make_too_much_of_each_other_are_refused(
    values: str, place: str, command: list[str], kitserve: CommandLine
) -> None:
    count = 70_000 if values.count("%s") == 1 else 1200
    separators = [
        ": x, k" if part.endswith("{") and "Labels" in part else ": {}, k" if part.endswith("{") else ", k"
        for part in values.split("%s")[:-1]
    ]
    lists = tuple("k" + separator.join(map(str, range(count))) for separator in separators)

    ran = kitserve(*command, stdin=values % lists)

    assert ran.exit_code == 1
    assert "more than 1000000 keys and values" in ran.err
    assert ran.out == ""
    assert f"error[KS011]{place}" in ran.err or (command[0] == "render" and not place)


@pytest.mark.parametrize(
    "escape", ["\\ud800", "\\uDFFF", "\\U0000D800", "\\U0000dfff", "\\UFFFFFFFF", "\\U00110000"]
)
def test_half_a_character_is_refused_as_by_helm(escape: str, kitserve: CommandLine) -> None:
    for command in (["validate", "-"], ["render", "-f", "-"], ["render", "-o", "json", "-f", "-"]):
        ran = kitserve(*command, stdin=f'extraEnv: [{{name: A, value: "x{escape}"}}]\n')

        assert (ran.exit_code, ran.out) == (1, "")
        assert "error[KS003] " in ran.err
