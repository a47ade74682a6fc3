"""Problems as JSON, and as GitHub's annotations."""

from collections.abc import Iterable
from typing import TextIO

from kitserve.problems import Problem
from kitserve.report.line import json_text, printed


def write_json(problems: Iterable[Problem], stream: TextIO) -> None:
    """Write a list of objects; `file`, `line` and `column` are null if a problem has no place."""
    stream.write(json_text([_record(problem) for problem in problems]))


def write_github(problems: Iterable[Problem], stream: TextIO) -> None:
    """Write a workflow command for each problem, which GitHub shows beside the line."""
    for problem in problems:
        place = problem.position
        fields = {"file": place.file, "line": place.line, "col": place.column} if place else {}
        properties = {**fields, "title": problem.code}
        listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        text = ": ".join(filter(None, (problem.dotted, problem.message)))
        said = (text, f"hint: {problem.hint}") if problem.hint else (text,)
        stream.write(f"::{problem.severity} {listed}::{'%0A'.join(map(_data, said))}\n")


def _record(problem: Problem) -> dict[str, str | int | None]:
    place = problem.position
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": problem.dotted,
        "message": problem.message,
        "hint": problem.hint,
    }


def _data(text: str) -> str:
    return printed(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
