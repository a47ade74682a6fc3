"""What a KServe may allow whose CRD isn't known: kitserve judges by an older one."""

from dataclasses import replace
from typing import Any

from kitserve.crds import structures
from kitserve.crds.codes import BOUND, CHOICE, NOT_SERVED, RULE, UNKNOWN, UNSURE
from kitserve.problems import Problem

_MAY_CHANGE = frozenset(code.code for code in (UNKNOWN, CHOICE, BOUND, RULE, NOT_SERVED))
"""What newer CRDs are known to allow: more fields, words, room and kinds. Types and required fields stay."""


def eased(problem: Problem, item: dict[str, Any], version: str) -> Problem:
    """Return a problem of an object's fields, as a warning if the CRD of this version may be without it."""
    older = structures.judging(f"{item['apiVersion']}/{item['kind']}", version)
    if older == version or problem.code not in _MAY_CHANGE or problem.path[:1] == ("metadata",):
        return problem
    message = f"{problem.message}: KServe {older} refuses this, and {version} may allow it"
    return replace(problem, code=UNSURE.code, severity=UNSURE.severity, message=message)
