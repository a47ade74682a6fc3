"""Hints of the initializer's, on a command line: what is replaced in them has to be what the initializer says."""

import ast
from functools import cache
from pathlib import Path

import kitserve_initializer
import pytest
from kitserve.registry import hints


@cache
def texts() -> frozenset[str]:
    """All texts in the initializer's modules; those of an f-string part by part."""
    modules = Path(kitserve_initializer.__file__).parent.rglob("*.py")
    nodes = (node for path in modules for node in ast.walk(ast.parse(path.read_text())))
    return frozenset(
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.mark.parametrize("of_pods", [of_pods for of_pods, _ in hints._ON_A_COMMAND_LINE])
def test_a_part_that_is_replaced_stands_in_a_hint(of_pods: str) -> None:
    assert any(of_pods in text for text in texts())


def test_the_login_is_a_hint() -> None:
    assert hints._LOGIN in texts()
