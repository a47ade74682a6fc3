"""The type of a rule for values, and a code that several rules use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.problems import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitserve.problems import Problem
    from kitserve.values.types import Values

    ValueRule = Callable[[Values], Iterator[Problem]]

SAME_NAME = Code(
    "KS204",
    "error",
    "Two objects of one kind would have the same name.",
    why="Helm refuses a release that has an object twice, and a cluster would keep only the second.",
    example="localModels: {create: true, name: kitops}\n",
    remedy="Give them different names.",
)
