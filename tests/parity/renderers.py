"""Helm and kitserve as renderers of the same values, each outside the checkout, as users have them."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RELEASE = ("demo", "models")


@dataclass(frozen=True)
class Rendering:
    """What a renderer wrote; `manifests` is None if it refused the values."""

    manifests: str | None
    complaint: str


@dataclass(frozen=True)
class Helm:
    """A helm and a packaged chart."""

    program: Path
    chart: Path | str
    tests: bool = False
    """With the pods of `helm test`."""

    def render(self, files: Sequence[Path], *options: str) -> Rendering:
        """`helm template` with the values files; fails on what it prints beside the manifests, such as warnings."""
        name, namespace = RELEASE
        command: list[str | Path] = [
            self.program,
            "template",
            name,
            self.chart,
            "-n",
            namespace,
            *([] if self.tests else ["--skip-tests"]),
        ]
        return _run([*command, *_values(files), *options], self.program.parent)


@dataclass(frozen=True)
class Kitserve:
    """The `kitserve` of an installed wheel."""

    program: Path

    def render(self, files: Sequence[Path], *options: str) -> Rendering:
        """`kitserve render` with the values files."""
        name, namespace = RELEASE
        command: list[str | Path] = [self.program, "render", "--name", name, "-n", namespace]
        return _run([*command, *_values(files), *options], self.program.parent)


def _values(files: Sequence[Path]) -> list[str | Path]:
    return [part for file in files for part in ("-f", file)]


def _run(command: Sequence[str | Path], folder: Path) -> Rendering:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "HELM_"))}
    environment["GOMAXPROCS"] = "1"  # helm's threads would look for work in vain beside other tests
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return Rendering(None if ran.returncode else ran.stdout, ran.stderr)
