"""Badges that say what this repository knows of itself, drawn here: none asks a service."""

import tomllib
from html import escape

from kitserve.crds import structures

from tests.cases import REPOSITORY

_PYTHON = "Programming Language :: Python :: 3."
_LETTER, _EDGE = 6.6, 7
"""Pixels: the mean width of a letter, and what is on each side of a text."""
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="20" role="img">
<title>{name}: {said}</title>
<clipPath id="round"><rect width="{width:g}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left:g}" height="20" fill="#444c56"/>
<rect x="{left:g}" width="{right:g}" height="20" fill="#0b62a8"/>
</g>
<g fill="#fff" font-family="Verdana, 'DejaVu Sans', sans-serif" font-size="11">
<text x="{edge}" y="14" textLength="{name_length:g}" lengthAdjust="spacingAndGlyphs">{name}</text>
<text x="{middle:g}" y="14" textLength="{said_length:g}" lengthAdjust="spacingAndGlyphs">{said}</text>
</g>
</svg>
"""


def badges() -> dict[str, str]:
    """The pictures by their files' names."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    minors = [int(each.removeprefix(_PYTHON)) for each in project["classifiers"] if each.startswith(_PYTHON)]
    tested = structures.released()
    return {
        "license": _badge("license", project["license"]),
        "python": _badge("Python", f"3.{min(minors)} to 3.{max(minors)}"),
        "kserve": _badge("KServe", f"{tested[0]} to {tested[-1]}"),
    }


def _badge(name: str, said: str) -> str:
    lengths = [len(each) * _LETTER for each in (name, said)]
    left, right = (length + 2 * _EDGE for length in lengths)
    return _SVG.format(
        name=escape(name),
        said=escape(said),
        name_length=lengths[0],
        said_length=lengths[1],
        left=left,
        right=right,
        width=left + right,
        edge=_EDGE,
        middle=left + _EDGE,
    )
