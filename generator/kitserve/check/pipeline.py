"""Files to problems: which of them are values and which manifests, and what is wrong with either."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kitserve.check import manifest_reader, rendered_objects
from kitserve.check.manifest_reader import Manifest, Object
from kitserve.check.merged_values import checked_values, place
from kitserve.check.objects import Ask, verdicts
from kitserve.crds import validate
from kitserve.helm.file_cache import FileCache
from kitserve.helm.load import STDIN
from kitserve.problems import MOST, Problem, Severity, first


class Inspection:
    """A look at some files. `notes` says afterwards which objects were not looked at, and if problems are left out."""

    def __init__(self, version: str, cache: FileCache, ask: Ask | None = None) -> None:
        self._version, self._cache, self._ask = version, cache, ask
        self._passed: list[str] = []
        self._told: Counter[Severity] = Counter()

    @property
    def notes(self) -> list[str]:
        """A sentence each."""
        left = len(self._passed) - MOST
        more = [f"{left} more objects are not looked at"] if left > 0 else []
        full = [
            f"the first {MOST} {severity}s are told: there may be more"
            for severity, count in self._told.items()
            if count >= MOST
        ]
        return [*self._passed[:MOST], *more, *full]

    def problems(self, files: list[str], *, merged: bool = False) -> list[Problem]:
        """What is wrong with files, the first MOST errors and warnings: with each, or with values files together."""
        found = list(first(self._merged(files) if merged else self._problems(files)))
        self._told = Counter(problem.severity for problem in found)
        return found

    def _problems(self, files: list[str]) -> list[Problem]:
        """All that is wrong with files, each by itself, but for what objects of several files break together."""
        problems: list[Problem] = []
        found: list[Object] = []
        for file in files:
            manifest = self._manifest(file)
            if manifest is None:
                problems += self._merged([file])
            else:
                problems += manifest.problems
                found += manifest.objects
        return sorted((*problems, *first(self._broken(found))), key=place) if found else problems

    def _merged(self, files: list[str]) -> list[Problem]:
        """All that is wrong with values files together, and with the objects that they give."""
        more = partial(rendered_objects.problems, version=self._version, ask=self._ask)
        return checked_values(files, cache=self._cache, more=more)[1]

    def _manifest(self, file: str) -> Manifest | None:
        """The objects in a file; None where it is no manifest, or can't be read."""
        try:
            text = self._cache.content(file).decode(errors="replace")
        except OSError:
            return None
        return manifest_reader.parse(STDIN if file == "-" else file, text)

    def _broken(self, found: list[Object]) -> Iterator[Problem]:
        for item in found:
            if not (self._ask or validate.is_known(item.data)):
                note = f"{item.locate(())}: {item.name}: not looked at, its kind isn't known here"
                self._passed.append(note)
        for number, problem in verdicts([item.data for item in found], self._version, self._ask):
            yield _placed(problem, found[number])


def _placed(problem: Problem, item: Object) -> Problem:
    private = item.data["kind"] == "Secret"
    return replace(problem, position=item.locate(problem.path), private=private)
