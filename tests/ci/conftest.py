"""What somebody else's CI sees: a git repository of kitserve, under its address in docs/guide/ci.md."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import REPOSITORY
from tests.parts import cache

ADDRESS = "https://git.example.com/kitserve.git"
PAGE = (REPOSITORY / "docs/guide/ci.md").read_text()
_SHIPPED = (
    "generator/kitserve",
    "image/kitserve_initializer",
    "image/LICENSE",
    "image/README.md",
    "image/pyproject.toml",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
    "action.yml",
)
PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COMPILE": "1"}
_WHEN = "2026-01-01T00:00:00+00:00"

GOOD = {
    "values.yaml": "inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n"
    "    storageUri: kit://r.example.com/iris:v1\n",
    "manifests/iris.yaml": "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: iris}\n"
    "spec:\n"
    "  predictor:\n    model:\n      modelFormat: {name: sklearn}\n      storageUri: kit://r.example.com/iris:v1\n",
}


def block(language: str, after: str) -> str:
    """The first code block of a language below a heading of the page."""
    section = PAGE.partition(f"\n## {after}\n")[2]
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return found[0]


@pytest.fixture(scope="session")
def kitserve_repository() -> Path:
    """A git repository of what is here, tagged v0.1.0: one folder and one commit for one content."""
    files = [path for shipped in _SHIPPED for path in _files(REPOSITORY / shipped)]
    digest = hashlib.sha256()
    for path in files:
        digest.update(
            f"{path.relative_to(REPOSITORY)}\0{path.stat().st_mode & 0o111}\0".encode() + path.read_bytes()
        )

    def commit(folder: Path) -> None:
        for path in files:
            target = folder / path.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        git(folder, "init", "--quiet")
        git(folder, "add", "--all", "--force")
        git(folder, "commit", "--quiet", "--message", "kitserve")
        git(folder, "tag", "v0.1.0")

    return cache.make_once(f"ci/{digest.hexdigest()[:16]}", commit)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != ".pyc")


def git(folder: Path, *arguments: str) -> None:
    """Run git, as nobody in particular and at no particular time."""
    identity = {
        f"GIT_{who}_{what}": "kitserve" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    dates = {"GIT_AUTHOR_DATE": _WHEN, "GIT_COMMITTER_DATE": _WHEN}
    ran = subprocess.run(["git", "-C", folder, *arguments], env=os.environ | identity | dates, check=False)
    assert ran.returncode == 0


@pytest.fixture
def environment(kitserve_repository: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which the page's address leads to that repository, with this Python first on PATH."""
    home = tmp_path / "home"
    home.mkdir()
    redirected = {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.file://{kitserve_repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return os.environ | redirected | {"PATH": path, "HOME": str(home), **PIP}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody's repository, with nothing wrong in it."""
    folder = tmp_path / "project"
    for name, text in GOOD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    return folder


def plant(project: Path) -> Path:
    """What the author of a pull request may leave in a checkout to have it run; the file that it would then write."""
    proof = project.parent / "ran"
    code = f"import os; os.close(os.open({str(proof)!r}, os.O_CREAT | os.O_WRONLY))\n"
    pth = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/planted.pth"
    modules = (
        "venv",
        "pip",
        "ensurepip",
        "kitserve",
        "typer",
        "ruamel",
        "json",
        "sitecustomize",
        "usercustomize",
    )
    planted = {
        **{f"{module}.py": code for module in modules},
        **{f"{module}/__init__.py": code for module in ("venv", "pip", "kitserve", "hatchling")},
        **{f"{module}/__main__.py": code for module in ("venv", "pip", "kitserve")},
        **{f"{folder}/{pth}": code for folder in (".kitserve", "environment", "kitserve", ".venv")},
        ".kitserve/pyvenv.cfg": "include-system-site-packages = true\n",
        "pyvenv.cfg": "home = .\n",
        "setup.py": code,
        "setup.cfg": "[install]\nprefix = planted\n[options]\nsetup_requires = planted\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n',
        "pip.conf": "[global]\nindex-url = http://127.0.0.1:9/\nno-index = true\n",
        ".pydistutils.cfg": "[install]\nprefix = planted\n",
    }
    for name, text in planted.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    for name in ("python3", "python", "pip", "bin/python", ".kitserve/bin/python"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        if not (project / name).is_dir():
            (project / name).write_text(f"#!/bin/sh\ntouch {proof}\n")
            (project / name).chmod(0o755)
    return proof


def damage(project: Path) -> None:
    """Misspell a key in the values, and let the model's tag float in the manifest."""
    values, manifest = project / "values.yaml", project / "manifests/iris.yaml"
    values.write_text(values.read_text().replace("storageUri", "storageURI"))
    manifest.write_text(manifest.read_text().replace("iris:v1", "iris:latest"))
    git(project, "add", "--all")
