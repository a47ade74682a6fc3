"""What a page of docs shows: its blocks, and the commands in them."""

import re


def blocks(text: str, language: str) -> list[str]:
    """The contents of the blocks of a language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[str]:
    """What follows a `$`, with the lines that go on from it."""
    shown = "\n".join(blocks(text, "console"))
    found = re.split(r"^ *\$ ", shown, flags=re.MULTILINE)
    return [re.sub(r"(?: \\)?\n\s+", " ", command).strip() for command in found if command]
