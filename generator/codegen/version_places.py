"""The version wherever it is repeated: its one home is generator/kitserve/version.py."""

import re
from functools import partial
from pathlib import Path

from kitserve.version import VERSION

_REPOSITORY = Path(__file__).parents[2]
_VERSION = r"\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?"
_PAGE = r"kitserve-initializer[: ]|kitserve(?:\.git)?@v|rev: v|kitserve-|targetRevision: |version (?=[\d.]+, )|^ *tag: "
"""What stands before our own version on a page."""
PLACES = {
    "README.md": _PAGE,
    "chart/Chart.yaml": r"^version: |^appVersion: |/kitserve-initializer:",
    "docs/guide/air-gapped.md": _PAGE,
    "docs/guide/ci.md": _PAGE,
    "docs/guide/from-kitops.md": _PAGE,
    "docs/guide/gitops.md": _PAGE,
    "docs/guide/quick-start.md": _PAGE,
    "docs/guide/troubleshooting.md": _PAGE,
    "image/README.md": _PAGE,
    "image/kitserve_initializer/version.py": 'VERSION = "',
    "pyproject.toml": r"kitserve-initializer(?:\[keyless\])?==",
}
"""What stands before the version in each file, as a regular expression."""


def written(name: str, version: str = VERSION) -> str:
    """Return the text of a file of PLACES with this version in it."""
    text = (_REPOSITORY / name).read_text(encoding="utf-8")
    return re.sub(rf"(?m)({PLACES[name]}){_VERSION}", rf"\g<1>{version}", text)


FILES = {name: partial(written, name) for name in PLACES}
