"""Files to problems: tells values from manifests, and checks both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kitserve.check import manifest_reader, rendered_objects
from kitserve.check.manifest_reader import Manifest, Object
from kitserve.check.merged_values import check, has_errors, place, placed
from kitserve.check.objects import Ask, check_objects
from kitserve.crds import validate
from kitserve.helm.file_cache import FileCache, UnreadableError
from kitserve.helm.load import merge_documents
from kitserve.problems import Problem


def expanded(arguments: list[str]) -> Iterator[str]:
    """Yield the arguments, a folder as its YAML and JSON files in the order of names."""
    for argument in arguments:
        if argument == "-" or not _is_folder(argument):
            yield argument
            continue
        for path in sorted(Path(argument).rglob("*")):
            if path.suffix in {".yaml", ".yml", ".json"} and path.is_file():
                yield str(path)


def _is_folder(argument: str) -> bool:
    try:
        return Path(argument).is_dir()
    except OSError:  # a name that is too long for one
        return False


@dataclass(frozen=True)
class Checked:
    """The problems of some files; `notes` names the objects that were not checked."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


def check_files(files: Sequence[str], cache: FileCache, version: str = "", ask: Ask | None = None) -> Checked:
    """Check values files and manifests, each by itself, except rules for objects beside each other."""
    problems: list[Problem] = []
    found: list[Object] = []
    for file in files:
        if manifest := _manifest(file, cache):
            problems += manifest.problems
            found += manifest.objects
        else:
            problems += check_merged([file], cache, version, ask).problems
    if not found:
        return Checked(tuple(problems))
    judged = (*problems, *_judged(found, version, ask))
    return Checked(tuple(sorted(judged, key=place)), () if ask else tuple(_unknown(found)))


def check_merged(
    files: Sequence[str], cache: FileCache, version: str = "", ask: Ask | None = None
) -> Checked:
    """Check merged values files, and the objects that they render to."""
    user = merge_documents([cache.document(file) for file in files])
    checked = check(user)
    found = checked.problems
    if not has_errors(found):
        found += placed(rendered_objects.problems(checked.values, checked.services, version, ask), user)
    return Checked(tuple(sorted(found, key=place)))


def _manifest(file: str, cache: FileCache) -> Manifest | None:
    """Return the objects in a file; None if it isn't a manifest, or can't be read."""
    try:
        composed = cache.composed(file)
    except UnreadableError:
        return None
    return manifest_reader.read(composed) if manifest_reader.is_manifest(composed) else None


def _judged(found: list[Object], version: str, ask: Ask | None) -> Iterator[Problem]:
    for number, problem in check_objects([item.data for item in found], version, ask):
        item = found[number]
        private = item.data["kind"] == "Secret"
        yield replace(problem, position=item.locate(problem.path), private=private)


def _unknown(found: list[Object]) -> Iterator[str]:
    for item in found:
        if not validate.is_known(item.data):
            yield f"{item.locate(())}: {item.name}: not checked: kitserve doesn't know its kind"
