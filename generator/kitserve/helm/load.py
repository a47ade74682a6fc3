"""Values as Helm reads them: files and standard input in order, then every --set, then every --set-string."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import itemgetter
from typing import Any

from kitserve.helm import codes, set_options
from kitserve.helm.document import Document, parse
from kitserve.helm.files import UntakenError, read_bytes
from kitserve.helm.merge import Values, merge_defaults, merge_files
from kitserve.problems import Path, Position, Problem, known

__all__ = ["Sources", "merge_defaults", "read"]

STDIN = "<stdin>"
SET, SET_STRING = "--set", "--set-string"

Assignment = tuple[Path, Position]


@dataclass(frozen=True)
class Sources:
    """What the user gave: the merged values, and all that is wrong with how they are written.

    Where `problems` has an error, `data` may lack what was in its place.
    """

    data: Values = field(repr=False)
    problems: tuple[Problem, ...]
    documents: tuple[Document, ...]
    assignments: tuple[Assignment, ...]

    def locate(self, path: Path) -> Position | None:
        """Where the value at the path comes from; for one that no source has, its nearest parent. None at the root.

        The line of a place in --set counts the options of that name, the column is where the assignment starts.
        """
        # What a later source replaced must not be found in an earlier.
        for length in range(known(self.data, path), 0, -1):
            if position := self._origin(path[:length]):
                return position
        return None

    def _origin(self, path: Path) -> Position | None:
        """The last source of the path's value: one that sets it or a parent of it, a file, one that sets a child."""
        set_above = (self._set.get(path[:length]) for length in range(len(path), -1, -1))
        last = max((found for found in set_above if found), default=None, key=itemgetter(0))
        if last:
            return last[1]
        files = (document.locate(path) for document in reversed(self.documents))
        return next(filter(None, files), self._set_below.get(path))

    @cached_property
    def _set(self) -> dict[Path, tuple[int, Position]]:
        """What the options set: the number and the place of the last that did."""
        return {path: (number, position) for number, (path, position) in enumerate(self.assignments)}

    @cached_property
    def _set_below(self) -> dict[Path, Position]:
        """The last option that set something below a path."""
        return {
            path[:length]: position for path, position in self.assignments for length in range(len(path) + 1)
        }


def read(
    files: Sequence[str] = (),
    sets: Sequence[str] = (),
    string_sets: Sequence[str] = (),
    content: Callable[[str], bytes] | None = None,
) -> Sources:
    """The values of some files (`-` is standard input), --set and --set-string. `content` reads a file, as read_bytes.

    Nothing in them raises: what can't be read is in `problems`.
    """
    documents = tuple(_read_file(file, content or read_bytes) for file in files)
    data = reduce(merge_files, (document.data for document in documents), Values())
    if sets or string_sets:
        data = copy.deepcopy(data)
    assignments, faulty = _override(data, SET, sets, set_options.typed)
    text_assignments, text_faulty = _override(data, SET_STRING, string_sets, str)
    problems = (*(problem for document in documents for problem in document.problems), *faulty, *text_faulty)
    return Sources(data, problems, documents, (*assignments, *text_assignments))


def _override(
    data: Values, option: str, expressions: Sequence[str], convert: Callable[[str], Any]
) -> tuple[list[Assignment], list[Problem]]:
    """Apply one option's expressions to `data`, in place."""
    assignments, problems = [], []
    for number, expression in enumerate(expressions, start=1):
        try:
            assigned = set_options.apply(expression, data, convert)
        except set_options.OverrideError as error:
            position = Position(option, number, error.column)
            problems.append(codes.OVERRIDE.problem(str(error), hint=error.hint, position=position))
        else:
            assignments += [(path, Position(option, number, column)) for path, column in assigned]
    return assignments, problems


def _read_file(file: str, content: Callable[[str], bytes]) -> Document:
    name = STDIN if file == "-" else file
    try:
        return _decode(name, content(file))
    except UntakenError as error:
        hint = "name a file of values or manifests itself, or copy it to where it is looked for"
        problem = codes.UNTAKEN.problem(
            f"isn't read: {error.strerror}", hint=hint, position=Position(name, 1, 1)
        )
        return Document(name, problems=(problem,))
    except OSError as error:
        problem = codes.UNREADABLE.problem(
            f"can't be read: {error.strerror}",
            hint="name a file of this machine, or `-` for standard input",
            position=Position(name, 1, 1),
        )
        return Document(name, problems=(problem,))


def _decode(name: str, content: bytes) -> Document:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        problem = codes.ENCODING.problem(
            "not UTF-8 text", hint="save the file as UTF-8", position=Position(name, line, column)
        )
        return Document(name, problems=(problem,))
    return parse(name, text)
