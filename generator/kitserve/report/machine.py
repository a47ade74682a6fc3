"""Problems as JSON, and as GitHub's annotations."""

from collections.abc import Iterable
from typing import TextIO

from kitserve.problems import Problem, others
from kitserve.report.line import json_text, printed


def write_json(problems: Iterable[Problem], stream: TextIO) -> None:
    """Write a list of objects; `file`, `line` and `column` are null if a problem has no place.

    `also` has the places of what else makes the fault.
    """
    stream.write(json_text([record(problem) for problem in problems]))


def write_github(problems: Iterable[Problem], stream: TextIO) -> None:
    """Write a workflow command for each problem, which GitHub shows beside the line."""
    for problem in problems:
        place = problem.position
        fields = {"file": place.file, "line": place.line, "col": place.column} if place else {}
        properties = {**fields, "title": problem.code}
        listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        text = ": ".join(filter(None, (problem.dotted, problem.message)))
        also = [f"and: {other.position}: {other.dotted}" for other in others(problem)]
        said = (text, *also, *([f"hint: {problem.hint}"] if problem.hint else ()))
        stream.write(f"::{problem.severity} {listed}::{'%0A'.join(map(_data, said))}\n")


def record(problem: Problem) -> dict[str, object]:
    """Return a problem as an object of JSON."""
    also = [{**_place(other), "path": other.dotted} for other in others(problem)]
    return {
        "code": problem.code,
        "severity": problem.severity,
        **_place(problem),
        "path": problem.dotted,
        "message": problem.message,
        "hint": problem.hint,
        "also": also,
    }


def _place(problem: Problem) -> dict[str, object]:
    place = problem.position
    return {
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _data(text: str) -> str:
    return printed(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
