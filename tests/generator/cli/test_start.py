"""A command loads what it needs to start, and no library that only faults, clusters or generators take."""

import subprocess
import sys
from pathlib import Path

import pytest

VALUES = """\
inferenceServices:
  iris:
    modelFormat: {name: sklearn}
    storageUri: kit://registry.example.com/models/iris:v1
"""


@pytest.fixture
def values(tmp_path: Path) -> Path:
    file = tmp_path / "values.yaml"
    file.write_text(VALUES)
    return file


def loaded(*arguments: str | Path) -> set[str]:
    """The packages that a command imports."""
    command: list[str | Path] = [sys.executable, "-X", "importtime", "-m", "kitserve", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = (line for line in ran.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("schema",), ("render", "-f"), ("validate",), ("verify", "--help"), ("image", "--help")],
    ids=" ".join,
)
def test_a_command_loads_no_library_that_it_doesnt_need(arguments: tuple[str, ...], values: Path) -> None:
    file = [values] if arguments[0] in {"render", "validate"} else []
    found = loaded(*arguments, *file)

    assert {"kitserve", "typer"} <= found
    assert found.isdisjoint({"jsonschema", "kubernetes", "pydantic", "pydantic_core", "rich"})
    assert found.isdisjoint({"urllib3", "ssl", "cryptography", "nacl", "sigstore"})


def test_the_initializer_is_loaded_to_judge_a_reference_and_no_more_of_it(values: Path) -> None:
    assert "kitserve_initializer" not in loaded("render", "-f", values)

    found = loaded("validate", values)

    assert "kitserve_initializer" in found
    assert found.isdisjoint({"urllib3", "ssl", "backports", "zlib_ng"})
