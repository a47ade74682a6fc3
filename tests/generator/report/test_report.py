"""What a report shows: the line with carets, never a secret, color on terminals only, and SARIF that scanners read."""

import io
import json

import pytest
from kitserve.check.codes import CODES
from kitserve.problems import Position, Problem
from kitserve.report.text import write

from tests.generator.check.manifests import SERVICE, mutated
from tests.generator.command_line import CommandLine

SECRET = "hunter2"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def reported(
    line: str, column: int = 1, path: tuple[str | int, ...] = ("key",), *, private: bool = False
) -> list[str]:
    """The lines of a report on one problem."""
    stream = io.StringIO()
    position = Position("a.yaml", 1, column)
    write([Problem("KS020", "error", path, "wrong", "", position, private)], stream, lambda _: line)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("line", "column", "shown", "carets"),
    [
        ("key: x", 1, "key: x", "^^^"),
        ("  - a: b", 5, "  - a: b", "    ^"),
        ("\tkey: x", 2, " key: x", " ^^^"),
        ("模型: key", 5, "模型: key", "      ^^^"),
        ("e\u0301: key", 5, "e\u0301: key", "   ^^^"),
        ('a: "b c"', 4, 'a: "b c"', "   ^^^^^"),
        ("a: kit://r/b:1", 4, "a: kit://r/b:1", "   ^^^^^^^^^^^"),
        ("a: ", 4, "a: ", "   ^"),
        ("a: \x1b[31m", 1, "a: \ufffd[31m", "^"),
    ],
)
def test_the_line_is_shown_with_carets_below_the_place(
    line: str, column: int, shown: str, carets: str
) -> None:
    assert reported(line, column)[1:] == [f"  1 | {shown}", f"    | {carets}"]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("password: hunter2", ("credentials", "password")),
        ("key: {password: hunter2}", ("key",)),
        ('key: {"apiKey": "hunter2", a: b}', ("key",)),
        ("key: x # token=hunter2", ("key",)),
        ("key: https://me:hunter2@example.com", ("key",)),
        ("value: hunter2", ("env", 0, "value")),
        ("key: {name: A, value: hunter2}", ("key",)),
        ("any: hunter2", ("stringData", "any")),
        ("any: hunter2", ("items", 0, "data", "any")),
        ("key: " + "x" * 200 + " hunter2", ("key",)),
    ],
)
def test_what_may_be_a_secret_is_hidden(line: str, path: tuple[str | int, ...]) -> None:
    assert SECRET not in "\n".join(reported(line, 1, path))


def test_of_a_line_that_is_private_only_the_key_is_shown() -> None:
    assert reported('{"any": "hunter2", "key": 1}', 20, private=True)[1:] == ["  1 | …key…", "    |  ^^^"]
    assert reported("any: hunter2", 6, ("any",), private=True)[1:] == []


@pytest.mark.parametrize(
    "secret", ["0hunter2", "@hunter2", "'hunter2", '"hunter2\\q"', "!!int hunter2", "|\n  @hunter2\n b"]
)
def test_no_report_on_broken_yaml_shows_a_secret(secret: str, kitserve: CommandLine) -> None:
    for text in (
        f"password: {secret}\n",
        f"a: {{password: {secret}\n",
        f"credentials:\n  password: {secret}\n",
    ):
        assert SECRET not in kitserve("validate", "-", stdin=text).err


@pytest.mark.parametrize("place", ["metadata", "data", "stringData", "type"])
def test_a_secret_in_json_is_never_shown(place: str, kitserve: CommandLine) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a"},
        "data": {"a": SECRET},
        "stringData": {"b": SECRET},
    }
    for value in (1, None, {"x y": 1}, [SECRET]):
        for indent in (None, 1):
            text = json.dumps(mutated(secret, place, value), indent=indent)
            assert SECRET not in kitserve("validate", "-", stdin=text).err


@pytest.mark.parametrize(
    "text",
    [
        "kind: Secret\napiVersion: v1\nstringData:\n  any: hunter2: x\n",
        "{kind: Secret, apiVersion: v1, stringData: {any: hunter2}, x: [}\n",
        "{kind: Secret, apiVersion: v1, kind: Secret, stringData: {any: hunter2}}\n",
        "{apiVersion: v1, kind: Secret, metadata: {name: A}, stringData: {any: hunter2}}\n",
        "extraObjects:\n  - {apiVersion: v1, kind: Secret, metadata: {name: A}, stringData: {any: hunter2}}\n",
        "extraObjects:\n  - {apiVersion: v1, kind: Secret, kind: Secret, stringData: {any: hunter2}}\n",
        "extraObjects:\n  - {apiVersion: v1, kind: Secret, stringData: {any: hunter2}, x: [}\n",
    ],
)
def test_no_line_of_a_secret_is_shown_in_whole(text: str, kitserve: CommandLine) -> None:
    checked = kitserve("validate", "-", stdin=text)

    assert checked.exit_code == 1
    assert SECRET not in checked.err


def test_a_terminal_gets_colors_unless_it_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("KS020", "error", ("a",), "wrong", "hint", Position("a.yaml", 1, 1))
    for variable in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)

    def colored() -> bool:
        stream = Terminal()
        write([problem], stream, lambda _: "a: b")
        return "\x1b[" in stream.getvalue()

    assert colored()
    monkeypatch.setenv("TERM", "dumb")
    assert not colored()
    monkeypatch.delenv("TERM")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colored()


def test_sarif_names_rule_place_and_level(kitserve: CommandLine) -> None:
    checked = kitserve(
        "validate", "--format", "sarif", "-", stdin="image: {tga: x}\ncredentials: {create: off}"
    )
    document = json.loads(checked.out)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert (checked.exit_code, document["version"], run["columnKind"]) == (1, "2.1.0", "unicodeCodePoints")
    assert [rule["id"] for rule in rules] == [code.code for code in CODES]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "%3Cstdin%3E"}
    (first, second) = run["results"]
    assert (first["ruleId"], first["level"]) == ("KS020", "error")
    assert first["message"]["text"] == "image.tga: unknown key; did you mean tag?"
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 9}
    assert first["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "image.tga"}]
    assert (second["ruleId"], second["level"]) == ("KS013", "warning")


def test_sarif_without_problems_has_an_empty_list_of_results(kitserve: CommandLine) -> None:
    checked = kitserve("validate", "--format", "sarif", "-", stdin="{}")

    assert (checked.exit_code, json.loads(checked.out)["runs"][0]["results"]) == (0, [])


@pytest.mark.parametrize(
    ("options", "exit_code", "severity"), [([], 0, "warning"), (["--strict"], 1, "error")]
)
def test_strict_takes_warnings_for_errors(
    options: list[str], exit_code: int, severity: str, kitserve: CommandLine
) -> None:
    floating = json.dumps(
        mutated(SERVICE, "spec.predictor.model.storageUri", "kit://example.com/iris:latest")
    )
    checked = kitserve("validate", *options, "-", stdin=floating)

    assert checked.exit_code == exit_code
    assert f"{severity}[KS133]" in checked.err
    assert checked.err.endswith("1 file: 1 warning\n" if exit_code == 0 else "error: 1 problem in 1 file\n")
