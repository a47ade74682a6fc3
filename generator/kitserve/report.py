"""Problems as text."""

from collections.abc import Iterable
from typing import TextIO

from kitserve.problems import Problem


def write(problems: Iterable[Problem], stream: TextIO) -> None:
    """One line a problem, `file:line:col: error[KSnnn] path: sentence`, and its hint below."""
    for problem in problems:
        stream.write(_line(problem) + "\n")
        if problem.hint:
            stream.write(f"  hint: {problem.hint}\n")


def _line(problem: Problem) -> str:
    # What no source gives a place stands in the chart's defaults.
    place = str(problem.position or "values")
    path = f"{problem.dotted}: " if problem.path else ""
    return f"{place}: {problem.severity}[{problem.code}] {path}{problem.message}"
