"""`kitserve validate`."""

import sys
from typing import Annotated

import typer

from kitserve import report
from kitserve.cli.options import checked_values
from kitserve.errors import ProblemsFound

EXAMPLES = """\
Examples:

\b
  kitserve validate values.yaml
  kitserve validate environments/*.yaml
  kitserve validate --merged values.yaml production.yaml
"""


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Values files, `-` for standard input.")
    ],
    merged: Annotated[
        bool,
        typer.Option(
            "--merged",
            help="Check what the files give together, the last winning, instead of each by itself.",
        ),
    ] = False,
) -> None:
    """Check values files against the schema and the rules, without rendering anything."""
    groups = [files] if merged else [[file] for file in files]
    problems = [problem for group in groups for problem in checked_values(group)[1]]
    report.write(problems, sys.stderr)
    errors = sum(problem.severity == "error" for problem in problems)
    counted = f"{len(files)} {'file' if len(files) == 1 else 'files'}"
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in {counted}")
    sys.stderr.write(f"{counted}: no problems\n")
