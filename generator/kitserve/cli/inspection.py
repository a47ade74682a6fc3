"""Files to problems: which of them are values and which manifests, and what is wrong with either."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve.cli.options import checked_values, place
from kitserve.cli.sources import Given

if TYPE_CHECKING:
    from kitserve.objects import Manifest, Object
    from kitserve.problems import Problem
    from kitserve.verdicts import Ask


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


class Inspection:
    """A look at some files. `notes` says afterwards which objects were not looked at."""

    def __init__(self, version: str, given: Given, ask: "Ask | None" = None) -> None:
        self._version, self._given, self._ask = version, given, ask
        self.notes: list[str] = []

    def problems(self, files: list[str]) -> "list[Problem]":
        """All that is wrong with files, each by itself, but for what objects of several files break together."""
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

    def merged(self, files: list[str]) -> "list[Problem]":
        """All that is wrong with values files together, and with the objects that they give."""
        from kitserve.rendered import problems

        more = partial(problems, version=self._version, ask=self._ask)
        return checked_values(files, given=self._given, more=more)[1]

    def _manifest(self, file: str) -> "Manifest | None":
        """The objects in a file; None where it is no manifest, or can't be read."""
        from kitserve import objects
        from kitserve.source import STDIN

        try:
            text = self._given.content(file).decode(errors="replace")
        except OSError:
            return None
        return objects.parse(STDIN if file == "-" else file, text)

    def _broken(self, found: "list[Object]") -> "Iterator[Problem]":
        from kitserve import openapi
        from kitserve.verdicts import verdicts

        for item in found:
            if not (self._ask or openapi.is_known(item.data)):
                note = f"{item.locate(())}: {item.name}: not looked at, its kind isn't known here"
                self.notes.append(note)
        for number, problem in verdicts([item.data for item in found], self._version, self._ask):
            yield _placed(problem, found[number])


def _placed(problem: "Problem", item: "Object") -> "Problem":
    private = item.data["kind"] == "Secret"
    return replace(problem, position=item.locate(problem.path), private=private)
