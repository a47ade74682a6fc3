"""The runs of a real `kit unpack` that were recorded with each ModelKit, as cases of a test."""

import shlex

import pytest
from _pytest.mark.structures import ParameterSet

from tests.parts.modelkits import modelkits

NAMES = ("base", "iris", "iris-gzip", "iris-nested", "legacy-v0.4", "llm-parts", "names")
# Unpacked by ModelPack's own tool; kit before 1.10 doesn't know them. The others are the files that were packed.
MODELPACKS = (
    "modelpack-raw",
    "modelpack-tar",
    "docker-modelpack",
    "docker-gguf",
    "docker-folder",
    "ramalama",
)


def runs(names: tuple[str, ...]) -> list[ParameterSet]:
    """A case for each recorded run: (ModelKit, the run's flags, exit code, tree and Kitfile)."""
    return [
        pytest.param(modelkits()[name], run, id=f"{name} {shlex.join(run['flags'])}".strip())
        for name in names
        for run in modelkits()[name].expected["runs"]
    ]


KIT_RUNS = runs(NAMES)
MODELPACK_RUNS = runs(MODELPACKS)
