"""The files that `make generate` writes from code, and a test compares."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from codegen import (
    chart_readme,
    defaults,
    environment,
    log_reference,
    policy_texts,
    reference,
    schema,
    types,
    version_places,
)
from codegen.monitoring import files as monitoring
from codegen.values import page as values_page

REPOSITORY = Path(__file__).parents[2]
COMMAND = "make generate"

FILES: dict[str, Callable[[], str]] = {
    "chart/README.md": chart_readme.text,
    "chart/values.schema.json": schema.text,
    "chart/values.yaml": defaults.text,
    "docs/reference/cli.md": reference.cli,
    "docs/reference/environment.md": reference.variables,
    "docs/reference/exit-codes.md": reference.exit_codes,
    "docs/reference/log.md": log_reference.text,
    "docs/reference/problems.md": reference.problems,
    "docs/reference/values.md": values_page.text,
    "generator/kitserve/values/types.py": types.text,
    "generator/kitserve/values/values.schema.json": schema.text,
    "generator/kitserve/values/variables.json": environment.rendered_text,
    "image/kitserve_initializer/config/variables.json": environment.read_text,
    "image/kitserve_initializer/trust/rules/identity.json": policy_texts.text,
    "monitoring/prometheusrule.yaml": monitoring.wrapped,
    "monitoring/rules.yaml": monitoring.plain,
    **version_places.FILES,
}


def write() -> None:
    """Write every generated file whose text has changed, and print its name."""
    for name in outdated():
        path = REPOSITORY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name](), encoding="utf-8")
        sys.stderr.write(f"wrote {name}\n")


def outdated(names: Iterable[str] = FILES) -> list[str]:
    """Return the generated files that are missing or differ from what their source gives."""
    return [name for name in names if _read(REPOSITORY / name) != FILES[name]()]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    write()
