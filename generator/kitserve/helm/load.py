"""Values as Helm reads them: files and standard input in order, then every --set, then every --set-string."""

import copy
import errno
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path as FilePath
from typing import Any

from kitserve.helm import codes, set_options
from kitserve.helm.document import Document, parse
from kitserve.helm.merge import Values, merge_defaults, merge_files
from kitserve.problems import Path, Position, Problem, known

__all__ = ["Sources", "merge_defaults", "read"]

STDIN = "<stdin>"
SET, SET_STRING = "--set", "--set-string"

Assignment = tuple[Path, Position]


@dataclass(frozen=True)
class Sources:
    """The user's merged values, and the problems of their text.

    If `problems` has an error, `data` may lack the value at its place.
    """

    data: Values = field(repr=False)
    problems: tuple[Problem, ...]
    documents: tuple[Document, ...]
    assignments: tuple[Assignment, ...]

    def locate(self, path: Path) -> Position | None:
        """Return the place of the value at the path, or of its nearest parent in a source. None at the root.

        In a --set the line is the number of the option, and the column is the start of the assignment.
        """
        # What a later source replaced must not be found in an earlier.
        for length in range(known(self.data, path), 0, -1):
            if position := self._origin(path[:length]):
                return position
        return None

    def _origin(self, path: Path) -> Position | None:
        """Return the last source of a value: one that sets it or its parent, a file, or one that sets a child."""
        assignments = self.assignments[::-1]
        above = (position for target, position in assignments if path[: len(target)] == target)
        files = (document.locate(path) for document in reversed(self.documents))
        below = (position for target, position in assignments if target[: len(path)] == path)
        return next((position for places in (above, files, below) for position in places if position), None)


def read(
    files: Sequence[str] = (),
    sets: Sequence[str] = (),
    string_sets: Sequence[str] = (),
    content: Callable[[str], bytes] | None = None,
) -> Sources:
    """Read files (`-` is standard input), --set and --set-string. `content` reads a file.

    Faults in them are in `problems`, and raise no error.
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
    except OSError as error:
        problem = codes.UNREADABLE.problem(
            f"can't be read: {error.strerror}",
            hint="name a file on this machine, or `-` for standard input",
            position=Position(name, 1, 1),
        )
        return Document(name, problems=(problem,))


def read_bytes(file: str) -> bytes:
    """Return the bytes of a file; `-` is standard input. Raises OSError."""
    if file != "-":
        return FilePath(file).read_bytes()
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer.read()


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
