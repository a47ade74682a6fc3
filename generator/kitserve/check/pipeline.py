"""Files to problems: tells values from manifests, and checks both."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from kitserve.check import manifest_reader, rendered_objects
from kitserve.check.manifest_reader import Manifest, Object
from kitserve.check.merged_values import checked_values, place
from kitserve.check.objects import Ask, verdicts
from kitserve.crds import validate
from kitserve.helm.file_cache import FileCache
from kitserve.helm.load import STDIN
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


class Inspection:
    """A check of some files. Afterwards `notes` names the objects that were not checked."""

    def __init__(self, version: str, cache: FileCache, ask: Ask | None = None) -> None:
        self._version, self._cache, self._ask = version, cache, ask
        self.notes: list[str] = []

    def problems(self, files: list[str]) -> list[Problem]:
        """Return the problems of files, each checked by itself, except rules for objects beside each other."""
        problems: list[Problem] = []
        found: list[Object] = []
        for file in files:
            manifest = self._manifest(file)
            if manifest is None:
                problems += self.merged([file])
            else:
                problems += manifest.problems
                found += manifest.objects
        return sorted((*problems, *self._broken(found)), key=place) if found else problems

    def merged(self, files: list[str]) -> list[Problem]:
        """Return the problems of merged values files and of the objects that they render to."""
        more = partial(rendered_objects.problems, version=self._version, ask=self._ask)
        return checked_values(files, cache=self._cache, more=more)[1]

    def _manifest(self, file: str) -> Manifest | None:
        """Return the objects in a file; None if it isn't a manifest, or can't be read."""
        try:
            text = self._cache.content(file).decode(errors="replace")
        except OSError:
            return None
        return manifest_reader.parse(STDIN if file == "-" else file, text)

    def _broken(self, found: list[Object]) -> Iterator[Problem]:
        for item in found:
            if not (self._ask or validate.is_known(item.data)):
                note = f"{item.locate(())}: {item.name}: not checked: kitserve doesn't know its kind"
                self.notes.append(note)
        for number, problem in verdicts([item.data for item in found], self._version, self._ask):
            yield _placed(problem, found[number])


def _placed(problem: Problem, item: Object) -> Problem:
    private = item.data["kind"] == "Secret"
    return replace(problem, position=item.locate(problem.path), private=private)
