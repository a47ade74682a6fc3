"""Which folders of a package import which: every import counts, wherever in a file it stands, one for types too."""

import ast
from collections.abc import Iterator
from pathlib import Path

Arrow = tuple[str, str]
"""A folder, or a module that lies in none, and another one that it imports."""


def imported(source: Path) -> Iterator[str]:
    """Yield the modules that a file imports, and the names that it takes from them, as they may be modules too."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """Return the folder of a module `PACKAGE.a.b`, or the module's own name if it lies in none."""
    parts = name.split(".")[1:]
    return parts[0] if parts else "__init__"


def sources(package: Path) -> dict[Path, str]:
    """Return the package's files, each with its folder."""
    found = sorted(package.rglob("*.py"))
    return {source: source.relative_to(package).parts[0].removesuffix(".py") for source in found}


def arrows(package: Path) -> dict[Arrow, list[str]]:
    """Return the arrows between the folders of a package, each with the files that draw it."""
    drawn: dict[Arrow, list[str]] = {}
    for source, own in sources(package).items():
        for name in imported(source):
            if name.startswith(f"{package.name}.") and (other := room(name)) != own:
                drawn.setdefault((own, other), []).append(source.relative_to(package).as_posix())
    return drawn


def reduced(drawn: set[Arrow]) -> set[Arrow]:
    """Return the arrows that no longer way stands for: the picture of a graph without circles."""
    return {(start, end) for start, end in drawn if not _is_reached(start, end, drawn - {(start, end)})}


def _is_reached(start: str, end: str, drawn: set[Arrow]) -> bool:
    return any(
        following == end or _is_reached(following, end, drawn) for first, following in drawn if first == start
    )


def circles(package: Path) -> list[set[str]]:
    """Return the sets of modules that import each other in a circle, whatever the way."""
    names = {source: _module(package, source) for source in package.rglob("*.py")}
    known = set(names.values())
    below = {
        name: {found for each in imported(source) if (found := _known(each, known)) and found != name}
        for source, name in names.items()
    }
    reached = {name: _reached(name, below) for name in known}
    return [
        {other for other in known if name in reached[other] and other in reached[name]}
        for name in sorted(known)
        if name in reached[name]
    ]


def _module(package: Path, source: Path) -> str:
    parts = source.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _known(name: str, known: set[str]) -> str:
    """Return the module that an import names, itself or the one that it takes a name from."""
    return name if name in known else name.rpartition(".")[0] if name.rpartition(".")[0] in known else ""


def _reached(start: str, below: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for following in below[ahead.pop()] - found:
            found.add(following)
            ahead.append(following)
    return found
