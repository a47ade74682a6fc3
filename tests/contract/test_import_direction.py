"""Imports go one way: a module knows those to its left, never those to its right."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import kitserve
import kitserve_initializer
import pytest

GENERATOR = Path(kitserve.__file__).parent
INITIALIZER = Path(kitserve_initializer.__file__).parent

# From the left to the right; a module may import those of its own row.
LAYERS = (
    ("version", "variables", "problems", "errors", "release", "faults", "merge"),
    (
        "fields",
        "localmodels",
        "registries",
        "services",
        "values",
        "scalars",
        "nodes",
        "grammar",
        "syntax",
        "events",
        "compose",
    ),
    ("schema", "view", "environment", "document", "construct", "pitfalls", "overrides", "source"),
    (
        "sentences",
        "acceptance",
        "manifests",
        "rules",
        "check",
        "cluster",
        "kserve",
        "core",
        "objects",
        "openapi",
        "objectrules",
        "verdicts",
        "codes",
        "rendered",
    ),
    ("blockstyle", "output", "report"),
    ("cli", "__main__", "derive", "defaults", "reference", "chartpage", "generated"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def imports(source: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(source: Path) -> str:
    """The first part of a file's module name below kitserve."""
    return source.relative_to(GENERATOR).parts[0].removesuffix(".py")


SOURCES = [source for source in sorted(GENERATOR.rglob("*.py")) if module(source) != "__init__"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.relative_to(GENERATOR).as_posix())
def test_imports_go_to_the_left(source: Path) -> None:
    known = {name.split(".")[1] for name in imports(source) if name.startswith("kitserve.")}

    assert {name for name in known if RANK.get(name, 0) > RANK[module(source)]} == set()


def test_the_initializer_never_imports_the_generator() -> None:
    found = {name for source in INITIALIZER.rglob("*.py") for name in imports(source)}

    assert not {name for name in found if name == "kitserve" or name.startswith("kitserve.")}


@pytest.mark.parametrize("command", ["render", "schema", "validate"])
def test_no_command_imports_kubernetes(command: str, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("{}")
    arguments = {"render": ["-f", str(values)], "schema": [], "validate": [str(values)]}[command]
    program = f"""
import sys
sys.modules["kubernetes"] = None  # an import of it fails
sys.argv = ["kitserve", {command!r}, *{arguments!r}]
from kitserve.cli import main
main()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
