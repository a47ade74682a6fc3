"""What tests share lies in plain modules: whoever reads one test module needs no other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases import REPOSITORY

SOURCES = sorted((REPOSITORY / "tests").rglob("*.py"))
FORMS = {
    "module": "import tests.image.test_log",
    "name of a module": "from tests.image.test_log import KEY",
    "module of a package": "from tests.image import packing, test_log",
    "beside": "from . import test_log",
    "in a function": "def f():\n    from tests.image.test_log import KEY",
}


def imported(source: str) -> Iterator[str]:
    """Each name that a source imports, in full: `a.b.c` of `from a.b import c`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def imports_of_tests(source: str) -> list[str]:
    """The imports that lead into a test module."""
    return [name for name in imported(source) if any(part.startswith("test_") for part in name.split("."))]


@pytest.mark.parametrize(
    "source", SOURCES, ids=lambda path: path.relative_to(REPOSITORY / "tests").as_posix()
)
def test_no_module_imports_a_test_module(source: Path) -> None:
    assert imports_of_tests(source.read_text()) == []


@pytest.mark.parametrize("source", FORMS.values(), ids=FORMS)
def test_an_import_of_a_test_module_is_seen(source: str) -> None:
    assert len(imports_of_tests(source)) == 1
