"""Files to pin: which references in them need a digest, and what is wrong with them."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kitserve.helm.document import refusal
from kitserve.helm.file_cache import FileCache, UnreadableError
from kitserve.pins.codes import MOVED, NOT_PINNED
from kitserve.pins.places import Place, find
from kitserve.pins.source import Source
from kitserve.problems import Problem
from kitserve.values.schema import defaults


@dataclass(frozen=True)
class Examined:
    """A file's references by tag; `problems` are why it can't be read."""

    file: str
    places: tuple[Place, ...] = ()
    problems: tuple[Problem, ...] = ()


def distinct(files: Iterable[str]) -> list[str]:
    """Return each file once, however it is named: what is written by one name isn't what was read by another."""
    return list({os.path.realpath(file): file for file in reversed([*files])}.values())[::-1]


def examine(file: str, cache: FileCache) -> Examined:
    """Find the references in a file. What a folder holds and isn't YAML, such as a template, has none."""
    try:
        composed = cache.composed(file)
    except UnreadableError as error:
        return Examined(file, problems=(error.problem,))
    if composed.refused:
        problem = replace(refusal(composed.file, composed.refused), private=True)
        return Examined(file, problems=() if cache.is_found(file) else (problem,))
    images = defaults()["image"]
    source = Source(cache.content(file))
    told = {key: str(images[key]) for key in ("registry", "repository")}
    return Examined(file, tuple(find(composed, source, told)))


def to_ask(places: Iterable[Place], *, unpinned: bool, pinned: bool) -> list[Place]:
    """Return the places whose tags' digests are needed: of those without a digest, of those with one, or of both."""
    return [place for place in places if (pinned if place.reference.digest else unpinned)]


def faults(places: Iterable[Place], known: Mapping[str, str]) -> Iterable[Problem]:
    """Yield what isn't pinned, and what has moved; `known` are the digests of tags that have one written."""
    for place in places:
        reference = place.reference
        if not reference.digest:
            message, hint = f"{reference.written} isn't pinned to a digest", "run kitserve pin"
            yield NOT_PINNED.problem(message, path=place.path, hint=hint, position=place.position)
        elif reference.digest != known[reference.asked]:
            message = f"{reference.written} is {known[reference.asked]} in the registry by now"
            hint = "run kitserve pin --update if that is wanted"
            yield MOVED.problem(message, path=place.path, hint=hint, position=place.position)
