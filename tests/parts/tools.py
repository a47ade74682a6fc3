"""Finds the programs of tools.toml on PATH, or builds each once into the cache.

`python -m tests.parts.tools NAME...` fetches them ahead of a run and prints where they are.
"""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.parts.cache import folder, make_once
from tests.parts.go import Build, Go, GoError, Linked, build, build_linked, toolchain

TABLE = Path(__file__).with_name("tools.toml")


class ToolError(RuntimeError):
    """A tool can't be had; the message says what was tried."""


@dataclass(frozen=True)
class Tool:
    """A row of tools.toml."""

    name: str
    program: str
    seconds: int
    source: Build | Linked
    on_path: tuple[str, ...]
    probe: tuple[str, ...]
    least: str
    is_seldom: bool


@cache
def table() -> dict[str, Tool]:
    """The rows of tools.toml by name."""
    return {name: _tool(name, row) for name, row in _document()["tools"].items()}


def go() -> Go:
    """The Go that builds the tools.

    Raises:
        GoError: there is none on PATH and none could be installed.
    """
    return toolchain(**_document()["go"])


@cache
def tool(name: str, version: str = "") -> Path:
    """The program's absolute path; of another version than the table's if one is given.

    Raises:
        ToolError: it is neither on PATH nor can it be built.
    """
    wanted = _of_version(table()[name], version)
    found, refused = _on_path(wanted)
    if found:
        return found
    try:
        return make_once(_key(wanted), lambda product: _build(wanted, product)) / wanted.program
    except GoError as error:
        looked = "; ".join(refused) or "not looked for or not found on PATH"
        raise ToolError(f"{name} {wanted.source.version} can't be had: {looked}; {error}") from error


def _of_version(row: Tool, version: str) -> Tool:
    if not version:
        return row
    return replace(row, source=replace(row.source, version=version), least=version)


def are_built() -> bool:
    """Return whether the cache has every tool that tests often need: if not, one may have to build it, in minutes."""
    return all((folder() / _key(each)).is_dir() for each in table().values() if not each.is_seldom)


def _document() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text())


def _tool(name: str, row: dict[str, Any]) -> Tool:
    on_path, probe = tuple(row.get("on_path", ())), tuple(row.get("probe", ()))
    least = row.get("least", row["version"])
    return Tool(name, row["program"], row["seconds"], _source(row), on_path, probe, least, "seldom" in row)


def _source(row: dict[str, Any]) -> Build | Linked:
    if "sources" in row:
        return Linked(row["module"], row["version"], TABLE.with_name(row["sources"]))
    return Build(**{key: row[key] for key in Build.__annotations__ if key in row})


def _key(wanted: Tool) -> str:
    return f"tools/{wanted.name}-{wanted.source.version}-{_recipe(wanted.source)}"


def _recipe(source: Build | Linked) -> str:
    if isinstance(source, Linked):
        return source.recipe
    return hashlib.sha256(repr(asdict(source)).encode()).hexdigest()[:8]


def _build(wanted: Tool, product: Path) -> None:
    compiler = go()
    version, seconds = wanted.source.version, wanted.seconds
    print(f"building {wanted.name} {version}, about {seconds} s the first time:", file=sys.stderr, flush=True)
    program = product / wanted.program
    if isinstance(wanted.source, Linked):
        build_linked(compiler, wanted.source, program)
    else:
        build(compiler, wanted.source, program)
    print(f"  built {wanted.name} {version}", file=sys.stderr, flush=True)


def _on_path(wanted: Tool) -> tuple[Path | None, list[str]]:
    """The first program on PATH whose version fits, and a sentence about each that doesn't."""
    refused: list[str] = []
    for candidate in (Path(place, name) for place in os.get_exec_path() for name in wanted.on_path):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            version = _version(candidate, wanted.probe)
            if _fits(version, wanted):
                return candidate.absolute(), refused
            refused.append(f"{candidate} is {version or 'something else'}")
    return None, refused


def _version(program: Path, probe: tuple[str, ...]) -> str:
    try:
        ran = subprocess.run([program, *probe], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\bv?(\d+\.\d+\.\d+)", ran.stdout)
    return found[1] if found and not ran.returncode else ""


def _fits(version: str, wanted: Tool) -> bool:
    if not version:
        return False
    have, least = ([int(number) for number in text.split(".")] for text in (version, wanted.least))
    return have[0] == least[0] and have >= least


def main(names: list[str]) -> int:
    """Print each named tool's path, making it first; 1 when one can't be had, 2 for an unknown name."""
    unknown = sorted(set(names) - set(table()))
    if unknown or not names:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(table())}", file=sys.stderr)
        return 2
    try:
        for name in names:
            print(tool(name))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
