"""Files to problems: which of them are values and which manifests, and what is wrong with either."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve.cli.options import checked_values, place
from kitserve.cli.sources import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve.objects import Manifest, Object
    from kitserve.problems import Problem
    from kitserve.verdicts import Ask


def expanded(arguments: list[str]) -> Iterator[str]:
    """The arguments, with the YAML and JSON files of a folder, by name, in its place."""
    for argument in arguments:
        if argument == "-" or not Path(argument).is_dir():
            yield argument
            continue
        for path in sorted(Path(argument).rglob("*")):
            if path.suffix in {".yaml", ".yml", ".json"} and path.is_file():
                yield str(path)


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
            if isinstance(manifest, bytes):
                problems += self.merged([file], partial(bytes, manifest))
            else:
                problems += manifest.problems
                found += manifest.objects
        return sorted((*problems, *self._broken(found)), key=place) if found else problems

    def merged(self, files: list[str], stdin: "Callable[[], bytes] | None" = None) -> "list[Problem]":
        """All that is wrong with values files together, and with the objects that they give."""
        from kitserve.rendered import problems

        more = partial(problems, version=self._version, ask=self._ask)
        return checked_values(files, stdin=stdin or self._given.stdin, more=more)[1]

    def _manifest(self, file: str) -> "Manifest | bytes":
        """The objects in a file; its bytes, which are empty if it can't be read, where it is no manifest."""
        from kitserve import objects
        from kitserve.source import STDIN

        try:
            content = self._given.stdin() if file == "-" else Path(file).read_bytes()
        except OSError:
            return b""
        text = content.decode(errors="replace")
        return objects.parse(STDIN if file == "-" else file, text) or content

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
