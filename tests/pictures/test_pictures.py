"""The pictures in docs/pictures show what the commands say, and ask nobody for anything."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from kitserve.report import status

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine
from tests.generator.serving.recording import look
from tests.pictures import loading
from tests.pictures.badges import badges
from tests.pictures.drawing import lines
from tests.pictures.run import FOLDER
from tests.pictures.scenes import LATER, SCENES, VALUES

PAGES = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
STALE = "docs/pictures isn't what the command says: run `make pictures`"


def committed(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text()


def shown(name: str) -> list[str]:
    """The lines of a picture, without the command and the rules between screens."""
    command, *rest = lines(committed(name))
    assert command == f"$kitserve{''.join(SCENES[name].words)}"
    return [line for line in rest if not line.startswith("".join(LATER.split()))]


def squeezed(said: Iterable[str]) -> list[str]:
    return [squeezed for line in said if (squeezed := "".join(line.split()))]


def test_the_mistakes_are_what_validate_says(
    kitserve: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("values.yaml").write_text(VALUES)

    assert shown("validate") == squeezed(kitserve("validate", "values.yaml").err.splitlines()), STALE


def test_the_model_that_loads_is_what_status_says() -> None:
    seen = [list(look(each, loading.NAMESPACE).values()) for each in loading.looks()]
    waiting = [status.line(service) for services in seen for service in services]

    assert shown("status") == squeezed([*waiting, *status.text(seen[-1]).splitlines()]), STALE


@pytest.mark.parametrize("name", ["validate", pytest.param("status", marks=pytest.mark.thorough)])
def test_a_run_on_a_terminal_gives_the_same_picture(name: str) -> None:
    scene = SCENES[name]

    assert scene.picture(name, scene.screens()) == committed(name), STALE


@pytest.mark.parametrize("name", badges())
def test_a_badge_says_what_the_repository_says(name: str) -> None:
    assert badges()[name] == committed(name), STALE
    (title,) = re.findall("<title>(.*)</title>", committed(name))
    assert f"![{title}](docs/pictures/{name}.svg)" in (REPOSITORY / "README.md").read_text()


def test_each_picture_is_on_a_page_and_says_in_words_what_it_shows() -> None:
    used = {
        (page.parent / path).resolve(): words
        for page in PAGES
        for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text())
    }

    assert set(used) == set(FOLDER.glob("*")) == {FOLDER / f"{name}.svg" for name in (*badges(), *SCENES)}
    assert all(used.values())


@pytest.mark.parametrize("name", [*badges(), *SCENES])
def test_a_picture_loads_and_runs_nothing_and_tells_no_time(name: str) -> None:
    picture = committed(name).replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert not re.findall(r"https?:|href|@import|@font-face|<script|<foreignObject|\son\w+=", picture)
    assert set(re.findall(r"url\((.)", picture)) <= {"#"}
    assert not re.findall(r"\d\d:\d\d:\d\d|20\d\d-\d\d|127\.0\.0\.1|localhost|/(?:tmp|home|root)/", picture)
