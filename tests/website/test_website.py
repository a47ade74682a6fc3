"""The documentation's site: every page is in it and reachable, and nothing in it asks another host."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import markdown
import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from tests.cases import REPOSITORY

DOCS = REPOSITORY / "docs"
CONFIG = (REPOSITORY / "website/mkdocs.yml").read_text()
LOADED = re.compile(r"<(?:script|link|img|iframe)[^>]+?(?:src|href)=\"?(https?://[^\"> ]+)")
PAGES = [
    page.relative_to(DOCS).as_posix()
    for page in sorted(DOCS.rglob("*.md"))
    if page.parent.name != "decisions"  # website/pages.py adds them all
]

STEP = re.compile(r"^\d+\. ", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
WITH_STEPS = [
    page
    for page in (
        *sorted((DOCS / "guide").glob("*.md")),
        *sorted(DOCS.glob("*.md")),
        REPOSITORY / "CONTRIBUTING.md",
    )
    if STEP.search(page.read_text())
]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_in_the_navigation(page: str) -> None:
    assert re.search(rf"[-:] {re.escape(page)}\n", CONFIG)


@pytest.fixture(scope="module")
def config() -> MkDocsConfig:
    return load_config(str(REPOSITORY / "website/mkdocs.yml"))


@pytest.mark.parametrize("page", WITH_STEPS, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_steps_are_one_list_with_what_belongs_to_them(page: Path, config: MkDocsConfig) -> None:
    steps = STEP.findall(CODE.sub("", page.read_text()))
    indented = runpy.run_path(str(REPOSITORY / "website/pages.py"))["indented"]

    shown = markdown.markdown(
        "".join(indented(page.read_text())),
        extensions=config.markdown_extensions,
        extension_configs=config.mdx_configs,
    )

    lists = re.findall(r"<ol>.*?</ol>", shown, re.DOTALL)
    assert len(lists) == steps.count("1. ")
    assert sum(each.count("<li>") for each in lists) == len(steps)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make site` builds it: a link or an anchor that leads nowhere ends the build."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "-f",
            REPOSITORY / "website/mkdocs.yml",
            "-d",
            folder,
        ],
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.mark.thorough
def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = [*site.rglob("*.html")]

    assert len(pages) > len(PAGES)
    assert not {url for page in pages for url in LOADED.findall(page.read_text()) if "canonical" not in url}
