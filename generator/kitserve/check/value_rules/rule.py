"""The type of a rule for values, and codes that several rules use."""

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
LOGIN = Code(
    "KS118",
    "error",
    "A URI of a model with a login in it.",
    why="KServe writes the URI into pods and status, and messages and logs repeat it: whoever may read one of them has "
    "the login. The initializer refuses such a reference (image/kitserve_initializer/oci/reference.py).",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n"
    "    storageUri: kit://reader:not-a-real-one@registry.example.com/iris:v1\n",
    remedy="Take the login out of it, and change the password: `credentials` names a Secret for it.",
)
