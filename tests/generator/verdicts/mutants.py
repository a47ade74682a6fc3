"""Mutants of objects, drawn by a seed."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from kitserve.crds import structures

from tests.generator.verdicts.growth import grow
from tests.generator.verdicts.words import ANNOTATIONS, NAMES, NUMBERS, ODD, SETTINGS, TEMPLATES, WORDS

Data = dict[str, Any]
Step = str | int
_KIND = ("apiVersion", "kind")


def mutant(item: Data, version: str, chosen: random.Random) -> Data:
    """A copy with further fields, and with up to three faults."""
    changed = copy.deepcopy(item)
    node = structures.kinds(version)[f"{item['apiVersion']}/{item['kind']}"]
    for _ in range(chosen.choice((0, 0, 1, 2, 4, 8))):
        grow(changed, node, chosen)
    for _ in range(chosen.choice((0, 1, 1, 1, 2, 3))):
        chosen.choice(_FAULTS)(changed, chosen)
    return changed | {field: item[field] for field in _KIND}


def _places(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:  # noqa: ANN401 - any JSON
    """Yield the paths of all that is in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inner:
        yield (*path, step)
        yield from _places(child, (*path, step))


def _pick(item: Data, chosen: random.Random) -> tuple[Any, Step]:
    """A random place: what holds it, and its last step. One in ten is in the metadata, whose rules are few."""
    wanted = chosen.random() < 0.1
    found = [path for path in _places(item) if path[0] not in _KIND and (path[0] == "metadata") == wanted]
    *parents, last = chosen.choice(found or [("spec",)])
    holder: Any = item
    for step in parents:
        holder = holder[step]
    return holder, last


def _value(holder: Any, step: Step) -> Any:  # noqa: ANN401 - any JSON
    return holder.get(step) if isinstance(holder, dict) else holder[step]


def _delete(item: Data, chosen: random.Random) -> None:
    holder, last = _pick(item, chosen)
    if isinstance(holder, dict):
        holder.pop(last, None)
    else:
        del holder[last]


def _repeat(item: Data, chosen: random.Random) -> None:
    """Repeat an item of a list, or copy a field to the name of another one."""
    holder, last = _pick(item, chosen)
    value = copy.deepcopy(_value(holder, last))
    if isinstance(holder, list):
        holder.append(value)
    else:
        holder[str(_pick(item, chosen)[1])] = value


def _rename(item: Data, chosen: random.Random) -> None:
    holder, last = _pick(item, chosen)
    if isinstance(holder, dict) and last in holder:
        name = str(last)
        other = chosen.choice((name.swapcase(), name[1:], f"{name}s", name.lower(), name.replace("a", "e")))
        holder[other] = holder.pop(name)


def _move(item: Data, chosen: random.Random) -> None:
    """Put what one place holds into another one."""
    value = copy.deepcopy(_value(*_pick(item, chosen)))
    holder, last = _pick(item, chosen)
    holder[last] = value


def _fill(values: tuple[Any, ...]) -> Callable[[Data, random.Random], None]:
    """Return a fault that puts one of some values into a place."""

    def fault(item: Data, chosen: random.Random) -> None:
        holder, last = _pick(item, chosen)
        holder[last] = copy.deepcopy(chosen.choice(values))

    return fault


def _retitle(item: Data, chosen: random.Random) -> None:
    if isinstance(metadata := item.get("metadata"), dict):
        metadata["name"] = chosen.choice(NAMES)


def _annotate(item: Data, chosen: random.Random) -> None:
    """Set an annotation that KServe reads."""
    metadata = item.get("metadata")
    annotations = metadata.setdefault("annotations", {}) if isinstance(metadata, dict) else None
    if isinstance(annotations, dict):
        annotations[chosen.choice(ANNOTATIONS)] = chosen.choice((*SETTINGS, *WORDS))


_FAULTS = (
    *(_delete, _repeat, _rename, _move, _retitle, _annotate, _annotate),
    *(_fill(WORDS), _fill(NUMBERS), _fill(ODD), _fill(TEMPLATES)),
)
