"""Pages say that nothing is published as long as nothing is, and no longer."""

import re
from pathlib import Path

import pytest
from kitserve.version import IMAGE_IS_PUBLISHED

from tests.cases import REPOSITORY

PAGES = ("README.md", "image/README.md", "docs/guide/quick-start.md", "docs/guide/ci.md")
NOT_YET = re.compile(
    r"(?i)not released|(?:nothing|neither|no image, chart or package) is\s+published|isn't published yet"
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_whether_something_is_published(page: str) -> None:
    said = NOT_YET.findall((REPOSITORY / page).read_text())

    assert bool(said) is not IMAGE_IS_PUBLISHED, f"change {page}: {said}"


def test_no_other_page_says_so() -> None:
    pages = [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs/guide").glob("*.md"),
        *(REPOSITORY / "image").glob("*.md"),
    ]
    saying = {path.relative_to(REPOSITORY) for path in pages if NOT_YET.search(path.read_text())}

    assert saying <= {Path(page) for page in PAGES} | {Path("CHANGELOG.md")}
