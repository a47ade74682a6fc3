"""Files to problems: tells values from manifests, and checks both."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kitserve.check import object_rules, rendered_objects, unpublished
from kitserve.check.merged_values import check, place
from kitserve.check.objects import Ask, check_objects
from kitserve.check.one_mistake import without_pitfalls
from kitserve.check.reading import kustomization, manifest_reader, ownership, repeated
from kitserve.check.reading.manifest_reader import Object
from kitserve.check.reading.ownership import Kind
from kitserve.crds import validate
from kitserve.helm.codes import KEY
from kitserve.helm.file_cache import FileCache
from kitserve.helm.load import merge_documents
from kitserve.problems import MOST, Path, Problem, first

_NAMED = 3
"""Files of others that a note names."""
_LEFT = (Kind.OTHERS, Kind.TEMPLATE)
_OTHERS = "neither a manifest nor values of kitserve"
_TEMPLATES = "a template (validate what it renders)"


@dataclass(frozen=True)
class Checked:
    """The problems of some files; `notes` names the objects that were not checked, and what is left out.

    `files` counts those that were looked at.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    files: int = 0


def check_files(files: Sequence[str], cache: FileCache, version: str = "", ask: Ask | None = None) -> Checked:
    """Check values files and manifests, each alone, and together the objects of several files."""
    problems: list[Problem] = []
    found: list[Object] = []
    images: list[str] = []
    patches = kustomization.patches(files, cache)
    kinds: dict[str, Kind] = {}
    for file in dict.fromkeys(files):
        kind = kinds[file] = _kind(file, cache, patches)
        if kind is Kind.MANIFEST:
            manifest = manifest_reader.read(cache.composed(file), whole=ask is not None)
            problems += manifest.problems
            problems += repeated.problems(manifest.objects)
            found += manifest.objects
        elif kind is Kind.VALUES:
            of_file, image = _merged([file], cache, version, ask)
            problems += of_file
            images += image
        else:
            cache.drop(file)
    if found:
        unread = {
            (each.position.file, each.path) for each in problems if each.code == KEY.code and each.position
        }
        judged = first(_judged(found, unread, version, ask))
        problems = sorted(without_pitfalls((*problems, *judged)), key=place)
    others, templates = ([file for file in kinds if kinds[file] is kind] for kind in _LEFT)
    looked_at = sum(kind in {Kind.MANIFEST, Kind.VALUES} for kind in kinds.values())
    images += unpublished.of_objects(item.data for item in found)
    left = (*_left_alone(others, _OTHERS), *_left_alone(templates, _TEMPLATES))
    notes = (*unpublished.note(images), *left, *(() if ask else _unknown(found)))
    return _bounded(problems, looked_at, notes)


def _kind(file: str, cache: FileCache, patches: frozenset[str]) -> Kind:
    return Kind.OTHERS if file in patches else ownership.kind_of(file, cache, found=cache.is_found(file))


def _left_alone(others: list[str], because: str) -> Iterator[str]:
    """Yield a note on the files that other tools read."""
    if others:
        named, more = others[:_NAMED], len(others) - _NAMED
        listed = f"{', '.join(named)}{f' and {more} more' if more > 0 else ''}"
        yield f"not looked at, because {because}: {listed}"


def check_merged(
    files: Sequence[str], cache: FileCache, version: str = "", ask: Ask | None = None
) -> Checked:
    """Check values files merged, and the objects that they render."""
    problems, images = _merged(files, cache, version, ask)
    return _bounded(problems, len(files), tuple(unpublished.note(images)))


def _merged(
    files: Sequence[str], cache: FileCache, version: str, ask: Ask | None
) -> tuple[list[Problem], list[str]]:
    """Return the problems of merged values, and the images of their initializers."""
    user = merge_documents([cache.document(file) for file in files])
    checked = check(user)
    found = checked.problems
    if checked.is_whole:
        rendered = rendered_objects.problems(checked.values, checked.services, version, ask)
        found += checked.further(rendered, user)
    images = list(unpublished.of_values(checked.values)) if checked.is_whole else []
    return sorted(without_pitfalls(found), key=place), images


def _bounded(problems: Sequence[Problem], files: int, unknown: tuple[str, ...] = ()) -> Checked:
    """Return as many problems and notes as a person reads; notes say where there are more."""
    reported = tuple(first(problems))
    counts = Counter(problem.severity for problem in reported)
    full = [
        f"only the first {MOST} {severity}s are reported: there may be more"
        for severity, count in counts.items()
        if count >= MOST
    ]
    left = len(unknown) - MOST
    more = [f"{left} more objects are not looked at"] if left > 0 else []
    return Checked(reported, (*unknown[:MOST], *more, *full), files)


def _judged(
    found: list[Object], unread: set[tuple[str, Path]], version: str, ask: Ask | None
) -> Iterator[Problem]:
    """Yield the problems of objects; nothing about values that are unread, which are by file and path."""
    for number, problem in check_objects([item.data for item in found], version, ask):
        item = found[number]
        if unread and (item.document.file, (*item.prefix, *problem.path)) in unread:
            continue
        private = item.data["kind"] == "Secret"
        others = tuple(map(item.locate, problem.also))
        yield replace(problem, position=item.locate(problem.path), private=private, others=others)


def _unknown(found: list[Object]) -> Iterator[str]:
    for item in found:
        if validate.is_foreign(item.data):
            what = "only its volumes are checked" if object_rules.has_rules(item.data) else "not checked"
            yield f"{item.locate(())}: {item.name}: {what}: kitserve doesn't know its kind"
