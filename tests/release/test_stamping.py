"""What a release writes into its copy of the commit."""

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from kitserve.version import VERSION
from ruamel.yaml import YAML

from release.artifacts import chart
from release.errors import ReleaseError
from release.plan import Dist, Plan
from release.source.stamping import absolute, stamp_chart, stamp_packages
from release.statements.checksums import sha256
from tests.cases import REPOSITORY
from tests.release.commits import DIGEST, plan

SOURCE = "https://git.example.com/team/kitserve"
PAGE = f"{SOURCE}/blob/v{VERSION}"
IMAGE = f"registry.example.com/team/kitserve-initializer:{VERSION}"
PLAN = plan(version=VERSION, source=SOURCE)
OTHER = "sha256:" + "ab" * 32
LINKS = {
    "a page": ("[a](docs/a.md)", "", f"[a]({PAGE}/docs/a.md)"),
    "a place on a page": ("[a](docs/a.md#b)", "", f"[a]({PAGE}/docs/a.md#b)"),
    "from a folder": ("[a](requirements.lock)", "image/", f"[a]({PAGE}/image/requirements.lock)"),
    "up": ("[a](../docs/a.md)", "image/", f"[a]({PAGE}/docs/a.md)"),
    "a picture": ("![a](b.svg)", "", f"![a]({SOURCE}/raw/v{VERSION}/b.svg)"),
    "a picture that is a link": (
        "[![a](b.svg)](c.md)",
        "",
        f"[![a]({SOURCE}/raw/v{VERSION}/b.svg)]({PAGE}/c.md)",
    ),
    "elsewhere": ("[a](https://example.com/a)", "", "[a](https://example.com/a)"),
    "on the page": ("[a](#b)", "", "[a](#b)"),
    "two": ("[a](a.md) [b](b.md)", "", f"[a]({PAGE}/a.md) [b]({PAGE}/b.md)"),
}
SETTINGS = {
    "the release's": ((), f"{IMAGE}@{DIGEST}"),
    "another tag": (
        ("image.tag=0.1.0-keyless",),
        "registry.example.com/team/kitserve-initializer:0.1.0-keyless",
    ),
    "another digest": (
        (f"image.digest={OTHER}",),
        f"registry.example.com/team/kitserve-initializer@{OTHER}",
    ),
    "a mirror": (("image.registry=mirror.example.com",), f"{IMAGE}@{DIGEST}".replace("registry.", "mirror.")),
    "a mirror of all": (
        ("global.imageRegistry=m.example.com",),
        f"{IMAGE}@{DIGEST}".replace("registry.", "m."),
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what is stamped."""
    folder = tmp_path / "tree"
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "image/pyproject.toml", "image/README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, folder / name)
    shutil.copytree(REPOSITORY / "chart", folder / "chart")
    return folder


@pytest.mark.parametrize(("text", "folder", "expected"), LINKS.values(), ids=LINKS)
def test_links_lead_to_the_repository(text: str, folder: str, expected: str) -> None:
    assert absolute(text, folder, PLAN) == expected


@pytest.mark.parametrize("name", ["pyproject.toml", "image/pyproject.toml"])
def test_packages_name_the_repository(tree: Path, name: str) -> None:
    before = tomllib.loads((tree / name).read_text())

    stamp_packages(tree, PLAN)

    after = tomllib.loads((tree / name).read_text())
    assert after["project"].pop("urls") == before["project"].pop("urls") | {
        "Source": SOURCE,
        "Changelog": f"{PAGE}/CHANGELOG.md",
    }
    assert after == before
    assert "](docs/" not in (tree / "README.md").read_text()


def test_without_an_address_packages_stay_as_they_are(tree: Path) -> None:
    stamp_packages(tree, plan())

    assert (tree / "pyproject.toml").read_text() == (REPOSITORY / "pyproject.toml").read_text()
    assert (tree / "README.md").read_text() == (REPOSITORY / "README.md").read_text()


def test_the_chart_names_its_image_and_what_artifact_hub_shows(tree: Path) -> None:
    stamp_chart(tree / "chart", tree, PLAN, DIGEST)

    metadata = _yaml(tree / "chart" / "Chart.yaml")
    annotations = metadata["annotations"]
    assert annotations["kitserve.io/image-digest"] == DIGEST
    assert _yaml(annotations["artifacthub.io/images"])[0]["image"] == IMAGE
    assert len(_yaml(annotations["artifacthub.io/changes"])) > 50
    assert (metadata["home"], metadata["sources"]) == (SOURCE, [SOURCE])
    assert _yaml(tree / "chart" / "values.yaml")["image"] | {"tag": "", "digest": ""} == _yaml(
        REPOSITORY / "chart" / "values.yaml"
    )["image"] | {"registry": "registry.example.com", "repository": "team/kitserve-initializer"}


def test_a_chart_whose_places_have_moved_is_refused(tree: Path) -> None:
    values = tree / "chart" / "values.yaml"
    values.write_text(values.read_text().replace("\nimage:\n", "\npicture:\n"))

    with pytest.raises(ReleaseError, match=r"values\.yaml has 0 places"):
        stamp_chart(tree / "chart", tree, PLAN, DIGEST)


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("helm", ["helm3", "helm4"])
@pytest.mark.parametrize(("settings", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_pods_get_the_image_of_the_release_unless_values_name_another(
    helm: str, settings: tuple[str, ...], expected: str, packaged: Path, request: pytest.FixtureRequest
) -> None:
    program: Path = request.getfixturevalue(helm)
    options = [option for each in settings for option in ("--set", each)]
    ran = subprocess.run(
        [program, "template", packaged, *options], capture_output=True, text=True, check=True
    )

    assert f'image: "{expected}"' in ran.stdout


@pytest.mark.thorough
@pytest.mark.usefixtures("programs")
def test_two_archives_of_a_commit_are_the_same(tree: Path, tmp_path: Path) -> None:
    archives = [_packaged(tree, PLAN, tmp_path / name) for name in ("once", "again")]
    other = _packaged(tree, plan(version=VERSION), tmp_path / "other")

    assert sha256(archives[0]) == sha256(archives[1]) != sha256(other)


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory, _linked: str) -> Path:
    folder = tmp_path_factory.mktemp("packaged")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", _linked, prepend=":")
        return _packaged(REPOSITORY, PLAN, folder)


def _packaged(tree: Path, of: Plan, folder: Path) -> Path:
    dist, scratch = Dist(folder / "dist"), folder / "scratch"
    scratch.mkdir(parents=True)
    chart.package(tree, of, DIGEST, dist, scratch)
    return dist.chart(of.version)


def _yaml(source: Path | str) -> Any:  # noqa: ANN401 - whatever the document is
    return YAML(typ="safe").load(source)
