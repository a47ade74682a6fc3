"""The wheel holds the command and nothing else, and needs no more than it says."""

import re
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from kitserve.version import VERSION

from tests.parts.wheel import build_wheel

METADATA = f"kitserve-{VERSION}.dist-info"
# What is installed beside the command for its developers or its extras only: importing it fails.
ABSENT = ("codegen", "kubernetes", "pydantic", "pydantic_core", "tests")
IMPORT_ALL = """
import importlib, pathlib, sys
sys.modules.update(dict.fromkeys(sys.argv[2:]))
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
for file in sorted(root.rglob("*.py")):
    if file.name != "__main__.py":
        name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        assert pathlib.Path(module.__file__).is_relative_to(root), module.__file__
        print(name)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build_wheel(tmp_path_factory.mktemp("wheel")))


def test_it_holds_the_package_alone(wheel: zipfile.ZipFile) -> None:
    assert {name.partition("/")[0] for name in wheel.namelist()} == {"kitserve", METADATA}


def test_it_requires_nothing_that_only_generating_files_takes(wheel: zipfile.ZipFile) -> None:
    required = message_from_bytes(wheel.read(f"{METADATA}/METADATA")).get_all("Requires-Dist", [])

    needed = [line for line in required if "extra ==" not in line]
    names = {re.split("[^-a-z]", line)[0].rstrip("-") for line in needed}
    assert names == {"jsonschema", "kitserve-initializer", "ruamel-yaml", "typer"}
    assert f"kitserve-initializer=={VERSION}" in needed


def test_every_module_is_importable_without_what_it_doesnt_require(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    command: list[str | Path] = [sys.executable, "-c", IMPORT_ALL, tmp_path, *ABSENT]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert {"kitserve", "kitserve.cli.render", "kitserve.check.dry_run"} <= {*ran.stdout.split()}
