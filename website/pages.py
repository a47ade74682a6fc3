"""Pages of the site that lie outside docs/, and links of all pages to what is no page."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).parents[1]
OUTSIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "chart/README.md", "image/README.md")
"""Pages by their paths in the repository, which they keep in the site."""
_LINK = re.compile(r"(\]\()(?![a-z]+:|#)([^)#\s]+)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the decisions to the navigation: a new one needs no line there."""
    pages = sorted((REPOSITORY / "docs/decisions").glob("0*.md"))
    decisions = ["decisions/README.md", *(f"decisions/{page.name}" for page in pages)]
    config.nav = [*(config.nav or []), {"Decisions": decisions}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside docs/."""
    for path in OUTSIDE:
        files.append(File.generated(config, path, abs_src_path=str(REPOSITORY / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Lead links to other pages within the site, and links to the repository's other files to where it is published.

    What belongs to a step is indented as this Markdown wants it.
    """
    here = page.file.src_uri
    source = here if here in OUTSIDE else f"docs/{here}"

    def led(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[2]))
        return found[1] + _target(path, posixpath.dirname(here), str(config.repo_url))

    return "".join(indented(_LINK.sub(led, markdown)))


def indented(markdown: str) -> Iterator[str]:
    """Yield lines; below an entry of a numbered list by one space more: GitHub wants three, Python-Markdown four."""
    is_code = False
    for line in markdown.splitlines(keepends=True):
        is_code ^= line.startswith("```")
        yield f" {line}" if line.startswith("   ") and not is_code else line


def _target(path: str, folder: str, published: str) -> str:
    """Return what a link in a page of `folder` of the site says, for a path in the repository."""
    if path in OUTSIDE:
        return posixpath.relpath(path, folder or ".")
    inside = path.removeprefix("docs/")
    if inside != path and not (REPOSITORY / path).is_dir():
        return posixpath.relpath(inside, folder or ".")
    kind = "tree" if (REPOSITORY / path).is_dir() else "blob"
    return f"{published}/{kind}/main/{path}"
