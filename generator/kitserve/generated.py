"""The files that are generated from the definition of the values: written by `make generate`, compared by a test."""

import sys
from collections.abc import Callable
from pathlib import Path

from kitserve import defaults, environment, schema

REPOSITORY = Path(__file__).parents[2]
COMMAND = "make generate"

FILES: dict[str, Callable[[], str]] = {
    "chart/values.schema.json": schema.text,
    "chart/values.yaml": defaults.text,
    "image/kitserve_initializer/variables.json": environment.text,
}


def write() -> None:
    """Write every generated file whose text has changed, and say which."""
    for name in outdated():
        (REPOSITORY / name).write_text(FILES[name](), encoding="utf-8")
        sys.stderr.write(f"wrote {name}\n")


def outdated() -> list[str]:
    """The generated files that are missing or differ from what their source gives."""
    return [name for name, text in FILES.items() if _read(REPOSITORY / name) != text()]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    write()
