"""Problems of the objects that values render to, each at the values that cause it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.initializer import references
from kitserve.check.objects import check_objects
from kitserve.check.origins import SHARED, base, origin
from kitserve.crds.lookup import text
from kitserve.errors import TooMuch
from kitserve.helm.codes import SIZE
from kitserve.problems import Path, Problem, Tally, dotted
from kitserve.render import manifests
from kitserve.render.manifests.inferenceservice import ANNOTATED, UNPACKING
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.llm.llminferenceservice import services as llm_services
from kitserve.render.release import Release
from kitserve.values.variables import variables
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.check.objects import Ask, Numbered
    from kitserve.check.origins import Keys
    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.values.types import Values

    Data = dict[str, Any]

_KEYS = {
    **{f"the annotation {annotation}": key for annotation, key in ANNOTATED.items()},
    "spec.predictor.storageContainerName": "storageContainerName",
    **{each.name: dotted(each.value) for each in variables() if not each.kind},
}
"""What sentences on fields of an object say, and the keys of the values for it."""
_UNPACKING = {
    form.format(f"{DOMAIN}/{name}"): f"unpacking.{key}"
    for form in ("the annotation {}", "{} of the InferenceService")
    for key, name in UNPACKING.items()
}
"""The same for annotations that keys below `unpacking` become."""
_NAMED = 3
"""Services that a message names."""


def problems(
    values: Values, services: Services, version: str = "", ask: Ask | None = None
) -> Iterator[Problem]:
    """Yield the problems in a cluster with a version of KServe, each once; `ask` is check/objects.py's."""
    data, release = given(values), Release()
    try:
        objects = manifests.render(values, services, release)
    except TooMuch as error:
        yield SIZE.problem(str(error), hint=error.hint)
        return
    keys = service_keys(values, services, release)
    yield from at_values(check_objects(objects, version, ask), objects, data, keys)
    yield from references.of_tests(values.test.uris)


def at_values(numbered: Numbered, objects: Sequence[Data], values: Data, keys: Keys) -> Iterator[Problem]:
    """Yield problems of rendered objects, which come with their index, at the values that make them, each once.

    `keys` are of the services that made them.
    """
    first_extra = len(objects) - len(values.get("extraObjects") or [])
    found: dict[tuple[str, Path, str], tuple[Problem, list[str]]] = {}
    tally = Tally()
    for number, problem in numbered:
        if tally.has_all(problem.severity):
            if problem.severity == "error":
                break
            continue
        item = objects[number]
        moved = _moved(problem, item, values, number - first_extra, keys)
        identity = (moved.code, moved.path, moved.message)
        if identity not in found:
            tally.takes(problem.severity)
        _, names = found.setdefault(identity, (moved, []))
        names.append(text(item, ("metadata", "name")))
    yield from (_naming(problem, names) for problem, names in found.values())


def service_keys(values: Values, services: Services, release: Release) -> Keys:
    """Return the keys of the services that are called otherwise."""
    home = values.namespaceOverride or release.namespace
    llms = ((key, given(service)) for key, service in llm_services(values))
    entries = (
        *(("InferenceService", each.key, each.entry) for each in services),
        *(("LLMInferenceService", key, entry) for key, entry in llms),
    )
    return {
        (kind, entry.get("namespace") or home, entry["name"]): key
        for kind, key, entry in entries
        if entry.get("name")
    }


def _moved(problem: Problem, item: Data, values: Data, extra: int, keys: Keys) -> Problem:
    """Move a problem to the values that make it; else to the object's own values."""
    also = tuple(path for field in problem.also if (path := origin(values, item, field, extra, keys)))
    found = origin(values, item, problem.path, extra, keys)
    words = {} if extra >= 0 else _KEYS | _UNPACKING if "unpacking" in found else _KEYS
    message, hint = (_worded(said, words) for said in (problem.message, problem.hint))
    moved = replace(problem, also=also, message=message, hint=hint, private=item["kind"] == "Secret")
    if found:
        return replace(moved, path=found)
    where = f"{dotted(problem.path)} of {item['kind']} {text(item, ('metadata', 'name'))}".removeprefix(
        " of "
    )
    return replace(moved, path=base(item, extra, keys), message=f"{where}: {message}")


def _worded(sentence: str, words: dict[str, str]) -> str:
    """Return a sentence in the words of values."""
    for field, value in words.items():
        sentence = sentence.replace(field, value)
    return sentence


def _naming(problem: Problem, names: list[str]) -> Problem:
    """Return a problem of what services share with the names of the services that have it."""
    if not problem.path or problem.path[0] not in SHARED:
        return problem
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = f"{'service' if len(names) == 1 else 'services'} {', '.join(names[:_NAMED])}{more}"
    return replace(problem, message=f"{problem.message} (in the {listed})")
