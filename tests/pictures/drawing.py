"""Draws what a terminal shows as an SVG that asks no other host for anything, and reads its text back."""

import io
import xml.etree.ElementTree as ET
from itertools import groupby

from rich.console import Console
from rich.rule import Rule
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.pictures.terminal import COLUMNS

_THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (227, 179, 65),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
)
_FORMAT = """\
<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
.{unique_id}-title {{ font: 16px system-ui, sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
_TEXT = "{http://www.w3.org/2000/svg}text"


def svg(name: str, title: str, drawn: list[Text | Rule]) -> str:
    """Return the picture. The same text gives the same bytes, by the same version of rich."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        _environ={},  # else TERM and COLUMNS of this process change the picture
    )
    for each in drawn:
        console.print(each)
    picture = console.export_svg(title=title, theme=_THEME, code_format=_FORMAT, unique_id=name)
    return "".join(f"{line.strip()}\n" for line in picture.splitlines() if line.strip())


def lines(picture: str) -> list[str]:
    """Return a picture's text, line by line and without spaces, which it doesn't have as text."""
    found = [each for each in ET.fromstring(picture).iter(_TEXT) if "clip-path" in each.attrib]  # noqa: S314 - our own
    rows = ["".join(map(_words, row)) for _, row in groupby(found, key=lambda each: each.attrib["y"])]
    return [row for row in rows if row]


def _words(element: ET.Element) -> str:
    return "".join((element.text or "").split())
