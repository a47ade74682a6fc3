"""Files to problems: which of them are values and which manifests, and what is wrong with either."""

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
    """The arguments, with the YAML and JSON files of a folder, by name, in its place."""
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
    """What is wrong with some files; `notes` says which objects were not looked at."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


def check_files(files: Sequence[str], cache: FileCache, version: str = "", ask: Ask | None = None) -> Checked:
    """Check values files and manifests, each by itself, but for what objects of several files break together."""
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
    """Check values files for what they give together, and the objects that they give."""
    user = merge_documents([cache.document(file) for file in files])
    checked = check(user)
    found = checked.problems
    if not has_errors(found):
        found += placed(rendered_objects.problems(checked.values, checked.services, version, ask), user)
    return Checked(tuple(sorted(found, key=place)))


def _manifest(file: str, cache: FileCache) -> Manifest | None:
    """Return the objects in a file; None where it is no manifest, or can't be read."""
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
            yield f"{item.locate(())}: {item.name}: not looked at, its kind isn't known here"
