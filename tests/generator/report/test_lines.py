"""Nothing that is printed speaks to a terminal or to the runner of a CI job, on either stream and in any form."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest
from kitserve.report.line import Lines, begun, json_text, printed

from tests.generator.command_line import CommandLine

# What runners obey: GitHub's at the start of a line, after whatever C# takes for blanks, the others anywhere.
OBEYED = re.compile(r"(?:^|[\r\n])\s*::|##\w*\[|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COMMANDS = (
    *("##[error]x", "a##[error]x", "###[set-env name=a]b", "####[x]", "##vso[task.setvariable variable=a]b"),
    *(
        "##teamcity[message text='a']",
        "::error::x",
        "  ::error::x",
        "\u00a0::error::x",
        "\u3000::stop-commands::x",
    ),
    *(
        "\t::add-mask::x",
        "a\n::error::x",
        "a\r::error::x",
        "a\x0b::error::x",
        "a\x85::error::x",
        "a\u2028::error::x",
    ),
    *("section_start:1:a\r\x1b[0K", "\x1b]0;title\x07", "\x9b2J", "\x1b[31m::error::x", "#\x1b[0m#[error]x"),
)


def said_by_process(*arguments: str, folder: Path, stdin: str = "") -> tuple[str, str]:
    """What the command writes to either stream, to the byte."""
    ran = subprocess.run(
        [sys.executable, "-m", "kitserve", *arguments],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        check=False,
    )
    out, err = ran.stdout.decode(), ran.stderr.decode()
    assert "Traceback" not in err
    return out, err


class Said(Protocol):
    """The same of the command in this process."""

    def __call__(self, *arguments: str, folder: Path, stdin: str = "") -> tuple[str, str]: ...


@pytest.fixture
def said(kitserve: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Said:
    def run(*arguments: str, folder: Path, stdin: str = "") -> tuple[str, str]:
        monkeypatch.chdir(folder)
        ran = kitserve(*arguments, stdin=stdin)
        return ran.out, ran.err

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_a_line_holds_no_command(command: str) -> None:
    assert not OBEYED.search(begun(command))
    assert begun(command) == printed(begun(command))
    assert not OBEYED.search(f"  1 | {printed(command)}")


@pytest.mark.parametrize("command", COMMANDS)
def test_whoever_writes_to_standard_error_writes_no_command(command: str) -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for character in command:
        lines.write(character)
    lines.finish()

    assert not OBEYED.search(stream.getvalue())


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_the_same_and_holds_no_command(command: str) -> None:
    text = json_text([{command: command}, "é"])

    assert json.loads(text) == [{command: command}, "é"]
    assert not OBEYED.search(text)
    assert "é" in text


def test_all_of_what_files_are_named_and_hold(tmp_path: Path) -> None:
    """A file of each name, with each command as key, value, kind, name and broken YAML."""
    for number, command in enumerate(COMMANDS):
        quoted = json.dumps(command)
        texts = (
            f"{quoted}: 1\n",
            f"image: {{tga: {quoted}}}\n{quoted}: off\n{quoted}: on\n",
            f"extraEnv:\n  - {{name: {quoted}, value: x}}\ncommonLabels: {{{quoted}: {quoted}}}\n",
            f"apiVersion: v1\nkind: {quoted}\nmetadata: {{name: {quoted}}}\n",
            f"apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {{name: {quoted}}}\n"
            f"spec: {{predictor: {{{quoted}: 1, scaleMetric: {quoted}, "
            f"model: {{modelFormat: {{name: {quoted}}}}}}}}}\n",
            f"{command}: {{ {command}\n",
        )
        for index, text in enumerate(texts):
            (tmp_path / f"{command}{number}{index}.yaml").write_text(text)
    arguments = [f"{command}{number}0.yaml" for number, command in enumerate(COMMANDS)]

    for form in ("text", "json", "sarif"):
        for files in (["."], arguments):
            assert not OBEYED.search(
                "".join(said_by_process("validate", "--format", form, "--", *files, folder=tmp_path))
            )
    for files in (["."], arguments):
        out, err = said_by_process("validate", "--format", "github", "--", *files, folder=tmp_path)
        assert not OBEYED.search(err)
        ours = re.compile(r"::(?:error|warning) file=[^:,]*,line=\d+,col=\d+,title=KS\d+::")
        assert all(ours.match(line) for line in out.splitlines())
        assert not OBEYED.search(ours.sub("", out))


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.isprintable()])
def test_what_the_command_line_itself_holds(command: str, tmp_path: Path, said: Said) -> None:
    for arguments in (
        ("validate", command),
        ("validate", "--kserve-version", command, "x"),
        ("validate", "--format", command, "x"),
        ("validate", "--context", command, "x"),
        ("render", "-f", command),
        ("render", "--set", f"{command}=1"),
        ("render", "--set", f"a[{command}=1"),
        ("render", "--name", command),
        ("render", "--output-dir", command),
        ("render", f"--{command}"),
        (command,),
    ):
        assert not OBEYED.search("".join(said(*arguments, folder=tmp_path)))


@pytest.mark.parametrize("form", ["yaml", "json", "name"])
def test_what_is_rendered_holds_no_command(form: str, tmp_path: Path, said: Said) -> None:
    objects = [
        {"apiVersion": "v1", "kind": "::error::x", "metadata": {"name": "::a"}, "data": {command: command}}
        for command in COMMANDS
    ]
    values = {"extraObjects": objects, "commonAnnotations": {command: command for command in COMMANDS}}

    out, err = said("render", "-o", form, "-f", "-", folder=tmp_path, stdin=json.dumps(values))

    assert out
    assert not OBEYED.search(out + err)
