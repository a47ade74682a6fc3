"""Problems that a command found, in the form that was asked for, and how the command ends because of them."""

import io
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.stdout import emit
from kitserve.errors import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve.helm.file_cache import FileCache
    from kitserve.problems import Problem

Form = Literal["text", "json", "github", "sarif"]
Format = Annotated[
    Form,
    typer.Option("--format", help="Format of the report: text to standard error, others to standard output."),
]


def report(problems: "Iterable[Problem]", form: Form, cache: "FileCache") -> None:
    """Write problems: as text to standard error, in other forms to standard output."""
    if form == "text":
        from kitserve.report.text import write

        write(problems, sys.stderr, cache.text)
        return
    text = io.StringIO()
    if form == "sarif":
        from kitserve.report.sarif import write_sarif

        write_sarif(problems, text)
    else:
        from kitserve.report import machine

        (machine.write_json if form == "json" else machine.write_github)(problems, text)
    emit(text.getvalue())


def conclude(problems: "Iterable[Problem]", counted: str) -> None:
    """Print the result. Raises ProblemsFound if there are errors."""
    severities = [problem.severity for problem in problems]
    errors, warnings = severities.count("error"), severities.count("warning")
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in {counted}")
    said = f"{warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else "no problems"
    sys.stderr.write(f"{counted}: {said}\n")
