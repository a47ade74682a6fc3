"""Problems as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0), which code scanners and editors read."""

import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, TextIO
from urllib.parse import quote

from kitserve.check.codes import CODES
from kitserve.problems import Code, Problem, others
from kitserve.report.line import json_text
from kitserve.version import VERSION

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_INDEX = {code.code: index for index, code in enumerate(CODES)}


def write_sarif(problems: Iterable[Problem], stream: TextIO) -> None:
    """Write one run, with every code as a rule."""
    driver = {"name": "kitserve", "semanticVersion": VERSION, "rules": [_rule(code) for code in CODES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem) for problem in problems],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    stream.write(json_text(document))


def _rule(code: Code) -> dict[str, Any]:
    example = f"```\n{code.example.rstrip()}\n```"
    return {
        "id": code.code,
        "shortDescription": {"text": code.meaning},
        "fullDescription": {"text": f"{code.meaning} {code.why}"},
        "help": {
            "text": f"{code.why}\n\n{code.remedy}",
            "markdown": f"{code.why}\n\n{example}\n\n{code.remedy}",
        },
        "defaultConfiguration": {"level": code.severity},
    }


def _result(problem: Problem) -> dict[str, Any]:
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    location = _location(problem)
    related = [_location(other) for other in others(problem)]
    return {
        "ruleId": problem.code,
        "ruleIndex": _INDEX[problem.code],
        "level": problem.severity,
        "message": {"text": ": ".join(filter(None, (problem.dotted, text)))},
        "locations": [location] if location else [],
        **({"relatedLocations": related} if related else {}),
    }


def _location(problem: Problem) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place := problem.position:
        region = {"startLine": place.line, "startColumn": place.column}
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
    if problem.path:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.dotted}]
    return location


def _uri(file: str) -> str:
    # A file's name that isn't UTF-8 stays the bytes that it is.
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
