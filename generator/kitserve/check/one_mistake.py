"""Problems that one mistake makes together, told as one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kitserve.check.object_rules.inferenceservice.implementations import IMPLEMENTATION
from kitserve.check.schema import schema_messages
from kitserve.crds import codes as crds
from kitserve.crds.lookup import FRAMEWORKS
from kitserve.helm import codes as helm
from kitserve.problems import Path, Problem

_UNKNOWN = frozenset({crds.UNKNOWN.code, schema_messages.UNKNOWN.code})
_TYPES = frozenset({crds.TYPE.code, schema_messages.TYPE.code})
_CHOICES = frozenset({crds.CHOICE.code, schema_messages.CHOICE.code})
_MISSING = frozenset({crds.MISSING.code, crds.FILLED.code, crds.LACKING.code, schema_messages.MISSING.code})
_PITFALLS = frozenset({helm.WORD.code, helm.NOTATION.code, helm.DIGITS.code})


def joined(found: Iterable[Problem]) -> list[Problem]:
    """Return problems of one object, or of values, those that one mistake makes as one.

    A value that is no choice is of the wrong type too, a misspelt field has a value of another type, and a field that
    is missing stands there by an unknown name. There is an error of the same severity for each that isn't told.
    """
    told = list(found)
    if len(told) < 2:
        return told
    told = _one_a_place(told)
    strange = _strange(told)
    for path, number in strange.items():
        needed = [each for each in told if _is_missing_from(path, each)]
        if needed:
            said = told[number]
            told[number] = replace(said, hint="; ".join(filter(None, (_needed(needed), said.hint))))
    return [each for each in told if not any(_is_missing_from(path, each) for path in strange)]


def _one_a_place(told: list[Problem]) -> list[Problem]:
    """Return problems without the wrong types of values that are misspelt, or no choice."""
    meant = {each.path: each for each in told if each.code in _UNKNOWN | _CHOICES}
    types = {each.path: each for each in told if each.code in _TYPES and each.path in meant}
    kept = [each for each in told if types.get(each.path) is not each]
    return [_with_form(each, types) for each in kept if not _is_of_a_wrong_type(each, told)]


def _with_form(problem: Problem, types: dict[Path, Problem]) -> Problem:
    form = types.get(problem.path) if problem.code in _UNKNOWN else None
    return replace(problem, hint=" ".join(filter(None, (problem.hint, form.hint)))) if form else problem


def _is_of_a_wrong_type(problem: Problem, told: Sequence[Problem]) -> bool:
    """Return whether a component's server isn't found because what stands for it is of another type, or misspelt."""
    is_none = problem.code == IMPLEMENTATION.code and "needs" in problem.message
    return is_none and any(each.path[:-1] == problem.path and _is_server(each) for each in told if each.path)


def _is_server(problem: Problem) -> bool:
    key = str(problem.path[-1]).lower()
    likely = key in FRAMEWORKS or key.startswith("container")
    return likely and problem.code in _TYPES | _UNKNOWN


def _strange(told: list[Problem]) -> dict[Path, int]:
    """Return the maps with one unknown key whose meaning nobody knows, each with the number of its problem."""
    numbers: dict[Path, list[int]] = {}
    for number, each in enumerate(told):
        if each.code in _UNKNOWN and not each.hint.startswith(("did you mean", "indent", "leave")):
            numbers.setdefault(each.path[:-1], []).append(number)
    return {path: few[0] for path, few in numbers.items() if len(few) == 1}


def _is_missing_from(path: Path, problem: Problem) -> bool:
    if problem.code == IMPLEMENTATION.code:
        return problem.path == path and "needs" in problem.message
    return problem.code in _MISSING and problem.path[:-1] == path


def _needed(missing: Sequence[Problem]) -> str:
    names = [str(each.path[-1]) for each in missing if each.code != IMPLEMENTATION.code]
    others = [each.message for each in missing if each.code == IMPLEMENTATION.code]
    named = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} needed here" if names else ""
    return "; ".join(filter(None, (*others, named)))


def without_pitfalls(found: Iterable[Problem]) -> list[Problem]:
    """Return problems of texts: how a word or number is read is told with the error that it makes, if it makes one."""
    told = list(found)
    read = {(each.position, each.path): each for each in told if each.code in _PITFALLS}
    if not read:
        return told
    read_at = {(each.position.file, each.path): each for each in read.values() if each.position}
    wrong = {
        (each.position.file, each.path) for each in told if each.code in _TYPES and each.position
    } & read_at.keys()
    return [
        _explained(each, read_at) if each.code in _TYPES else each
        for each in told
        if not (each.code in _PITFALLS and each.position and (each.position.file, each.path) in wrong)
    ]


def _explained(problem: Problem, read_at: dict[tuple[str, Path], Problem]) -> Problem:
    read = read_at.get((problem.position.file, problem.path)) if problem.position else None
    return replace(problem, message=f"{problem.message}: {read.message}") if read else problem
