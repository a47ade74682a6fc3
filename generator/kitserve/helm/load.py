"""Values as Helm reads them: files and standard input in order, then every --set, then every --set-string."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import itemgetter
from typing import Any

from kitserve.helm import codes, set_options
from kitserve.helm.document import Document
from kitserve.helm.file_cache import FileCache
from kitserve.helm.merge import Values, merge_defaults, merge_files
from kitserve.problems import Path, Position, Problem, known

__all__ = ["UserValues", "merge_defaults", "read"]

SET, SET_STRING = "--set", "--set-string"

Assignment = tuple[Path, Position]


@dataclass(frozen=True)
class UserValues:
    """The user's merged values, and the problems of their text.

    If `problems` has an error, `data` may lack the value at its place.
    """

    data: Values = field(repr=False)
    problems: tuple[Problem, ...]
    documents: tuple[Document, ...]
    assignments: tuple[Assignment, ...]

    def has(self, path: Path) -> bool:
        """Return whether the user gives a value at the path."""
        return known(self.data, path) == len(path)

    def locate(self, path: Path) -> Position | None:
        """Return the place of the value at the path, or of its nearest parent in a source. None at the root.

        In a --set the line is the number of the option, and the column is the start of the assignment.
        """
        # A value that a later source replaced must not be found in an earlier one.
        for length in range(known(self.data, path), 0, -1):
            if position := self._origin(path[:length]):
                return position
        return None

    def _origin(self, path: Path) -> Position | None:
        """Return the last source of a value: one that sets it or its parent, a file, or one that sets a child."""
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
    cache: FileCache | None = None,
) -> UserValues:
    """Return the values of some files (`-` is standard input), --set and --set-string.

    Faults in them are in `problems`, and raise no error.
    """
    cache = cache or FileCache()
    return merge_documents([cache.document(file) for file in files], sets, string_sets)


def merge_documents(
    documents: Sequence[Document], sets: Sequence[str] = (), string_sets: Sequence[str] = ()
) -> UserValues:
    """Return values that are already read, merged with --set and --set-string."""
    data = reduce(merge_files, (document.data for document in documents), Values())
    if sets or string_sets:
        data = copy.deepcopy(data)
    assignments, faulty = _override(data, SET, sets, set_options.typed)
    text_assignments, text_faulty = _override(data, SET_STRING, string_sets, str)
    problems = (*(problem for document in documents for problem in document.problems), *faulty, *text_faulty)
    return UserValues(data, problems, tuple(documents), (*assignments, *text_assignments))


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
