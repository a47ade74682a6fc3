"""Imports go one way: a folder knows those on the floors below it, never its own floor's nor those above."""

import re
import subprocess
import sys
from pathlib import Path

import kitserve
import kitserve_initializer
import pytest

import release
from tests.contract.import_graph import arrows, circles, imported, reduced, sources

GENERATOR = Path(kitserve.__file__).parent
INITIALIZER = Path(kitserve_initializer.__file__).parent
RELEASE = Path(release.__file__).parent
REPOSITORY = Path(__file__).parents[2]
ARCHITECTURE = REPOSITORY / "docs/architecture.md"

# From the ground up.
FLOORS = {
    GENERATOR: (
        ("__init__", "version", "errors", "problems", "forms", "image_name", "replacement"),
        ("values", "helm", "crds", "registry", "cluster"),
        ("render", "pins", "proposal"),
        ("check", "image"),
        ("serving", "drift", "doctor"),
        ("report",),
        ("cli",),
        ("__main__",),
    ),
    INITIALIZER: (
        ("__init__", "version", "errors", "log", "login", "printable", "secret", "termination"),
        ("concurrency", "fs", "oci"),
        ("config", "archive"),
        ("wire",),
        ("http",),
        ("registry",),
        ("credentials", "trust"),
        ("modelkit",),
        ("destination",),
        ("engines",),
        ("__main__",),
    ),
    RELEASE: (
        ("__init__", "errors", "plan", "programs"),
        ("source",),
        ("artifacts",),
        ("statements",),
        ("registry",),
        ("notes", "preconditions"),
        ("building",),
        ("__main__",),
    ),
}
PACKAGES = {"kitserve": GENERATOR, "kitserve_initializer": INITIALIZER, "release": RELEASE}
GROUND = 0


def floor(package: Path, name: str) -> int:
    return next(number for number, names in enumerate(FLOORS[package]) if name in names)


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_every_folder_has_a_floor(package: Path) -> None:
    assert set(sources(package).values()) == {name for names in FLOORS[package] for name in names}


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_imports_go_down(package: Path) -> None:
    up = {
        arrow: files
        for arrow, files in arrows(package).items()
        if floor(package, arrow[0]) <= floor(package, arrow[1]) != GROUND
    }

    assert up == {}


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_no_modules_import_each_other_in_a_circle(package: Path) -> None:
    assert circles(package) == []


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_no_folder_is_crowded(package: Path) -> None:
    folders = [path for path in (package, *package.rglob("*")) if path.is_dir()]

    assert {
        str(each): len(list(each.glob("*.py"))) for each in folders if len(list(each.glob("*.py"))) > 16
    } == {}


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_the_picture_shows_the_imports(package: Path) -> None:
    """docs/architecture.md draws those that no longer way stands for, and leaves out the ground."""
    drawn = {arrow for arrow in arrows(package) if floor(package, arrow[1]) != GROUND}
    (picture,) = re.findall(rf"```mermaid\n%% {package.name}\n(.*?)```", ARCHITECTURE.read_text(), re.DOTALL)

    assert sorted(picture.split("\n")[1:-1]) == sorted(
        f"  {one} --> {other}" for one, other in reduced(drawn)
    )


def test_the_initializer_never_imports_the_generator() -> None:
    found = {name for source in sources(INITIALIZER) for name in imported(source)}

    assert not {name for name in found if name.split(".")[0] in ("kitserve", "codegen")}


def test_who_judges_and_who_asks_registries_imports_the_initializer() -> None:
    importing = {
        source.relative_to(GENERATOR).as_posix()
        for source in sources(GENERATOR)
        if any(name.split(".")[0] == "kitserve_initializer" for name in imported(source))
    }

    assert {name.partition("/")[0] for name in importing} == {
        *("check", "doctor", "image", "pins", "registry", "report"),
    }
    assert {name for name in importing if name.startswith("check/")} == {"check/initializer.py"}
    assert {name for name in importing if name.startswith("doctor/")} == {
        "doctor/node/room.py",
        "doctor/remote/registries.py",
    }
    assert {name for name in importing if name.startswith("report/")} == {"report/inspection.py"}


def test_a_release_imports_neither_what_it_releases_nor_tests() -> None:
    found = {
        name.split(".")[0] for source in (REPOSITORY / "release").glob("*.py") for name in imported(source)
    }

    assert found & {"codegen", "kitserve", "kitserve_initializer", "tests"} == set()


def test_nothing_shipped_imports_what_generates_files() -> None:
    found = {name for source in sources(GENERATOR) for name in imported(source)}

    assert not {name for name in found if name.split(".")[0] in ("codegen", "pydantic", "release")}


@pytest.mark.parametrize("command", ["render", "schema", "validate"])
def test_no_command_imports_kubernetes_or_images(command: str, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("{}")
    arguments = {"render": ["-f", str(values)], "schema": [], "validate": [str(values)]}[command]
    program = f"""
import sys
sys.modules["kubernetes"] = sys.modules["kitserve.image"] = None  # an import of them fails
sys.argv = ["kitserve", {command!r}, *{arguments!r}]
from kitserve.cli import main
main()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
