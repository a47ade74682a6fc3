"""The values that docs/guide shows."""

import re

from tests.cases import REPOSITORY

# What ci.md shows are other tools' files; tests/ci runs them.
GUIDES = sorted(
    set((REPOSITORY / "docs" / "guide").rglob("*.md")) - {REPOSITORY / "docs" / "guide" / "ci.md"}
)
SHOWN = {
    f"{page.stem}-{number}": text
    for page in GUIDES
    for number, text in enumerate(
        re.findall(r"^ *```yaml\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE)
    )
}
