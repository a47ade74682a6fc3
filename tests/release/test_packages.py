"""What goes to PyPI: complete, shown as it should be, and the same bytes each time."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from kitserve.version import VERSION

from release.artifacts import packages
from release.plan import Dist
from release.source.stamping import stamp_packages
from release.statements.checksums import tree_digests
from tests.cases import REPOSITORY
from tests.release.commits import plan

pytestmark = pytest.mark.thorough  # builds both distributions
SOURCE = "https://git.example.com/team/kitserve"
PLAN = plan(version=VERSION, source=SOURCE)
COPIED = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "generator", "image")
WHEELS = {"kitserve": "kitserve", "kitserve-initializer": "kitserve_initializer"}


def build(folder: Path) -> Path:
    """Build all that goes to PyPI, as a release does."""
    tree = folder / "tree"
    tree.mkdir()
    for name in COPIED:
        source = REPOSITORY / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, tree / name)
    stamp_packages(tree, PLAN)
    dist = Dist(folder / "dist")
    packages.build(tree, PLAN, dist)
    return dist.packages


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("packages"))


def metadata(built: Path, wheel: str) -> Message:
    with zipfile.ZipFile(built / f"{wheel}-{VERSION}-py3-none-any.whl") as packed:
        return message_from_bytes(packed.read(f"{wheel}-{VERSION}.dist-info/METADATA"))


def test_there_is_a_wheel_and_a_source_distribution_of_each(built: Path) -> None:
    assert {path.name for path in built.iterdir()} == {
        f"{name}-{VERSION}{suffix}" for name in WHEELS.values() for suffix in ("-py3-none-any.whl", ".tar.gz")
    }


def test_pypi_can_show_them(built: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "twine",
        "--no-color",
        "check",
        "--strict",
        *built.iterdir(),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("PASSED") == 4


@pytest.mark.parametrize(("name", "wheel"), WHEELS.items(), ids=WHEELS)
def test_a_stranger_learns_what_it_is_and_where_it_comes_from(built: Path, name: str, wheel: str) -> None:
    told = metadata(built, wheel)

    assert (told["Name"], told["License-Expression"], told["License-File"]) == (name, "Apache-2.0", "LICENSE")
    assert f"Source, {SOURCE}" in told.get_all("Project-URL", [])
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)} <= {
        *told.get_all("Classifier", [])
    }
    assert told["Keywords"]
    page = str(told.get_payload())
    assert f"{SOURCE}/blob/v{VERSION}/" in page
    assert "](docs/" not in page
    assert "](../" not in page


@pytest.mark.parametrize("wheel", WHEELS.values(), ids=WHEELS)
def test_a_source_distribution_has_its_licence_and_no_tests(built: Path, wheel: str) -> None:
    with tarfile.open(built / f"{wheel}-{VERSION}.tar.gz") as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}

    assert {"LICENSE", "README.md", "pyproject.toml"} <= names
    assert not [name for name in names if name.startswith(("tests", "release", ".github"))]


@pytest.mark.thorough
def test_two_builds_are_the_same(built: Path, tmp_path: Path) -> None:
    assert tree_digests(build(tmp_path)) == tree_digests(built)


def test_both_licences_are_the_same() -> None:
    assert (REPOSITORY / "image/LICENSE").read_bytes() == (REPOSITORY / "LICENSE").read_bytes()
