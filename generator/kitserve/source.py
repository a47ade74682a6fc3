"""Values as Helm reads them: files and standard input, merged, then --set and --set-string."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from kitserve import faults
from kitserve.document import Document, parse
from kitserve.merge import Values, merge_defaults, merge_files
from kitserve.problems import Path, Position, Problem

__all__ = ["Sources", "merge_defaults", "read"]

STDIN = "<stdin>"


@dataclass(frozen=True)
class Sources:
    """What the user gave: the merged values and all that is wrong with how they are written."""

    data: Values
    problems: tuple[Problem, ...] = ()
    documents: tuple[Document, ...] = field(default=(), repr=False)

    def locate(self, path: Path) -> Position | None:
        """Where the value at the path comes from, or its nearest parent that is in a source."""
        for length in range(len(path), 0, -1):
            for document in reversed(self.documents):
                position = document.locate(path[:length])
                if position:
                    return position
        return None


def read(
    files: Sequence[str] = (),
    sets: Sequence[str] = (),
    string_sets: Sequence[str] = (),
    stdin: Callable[[], bytes] = lambda: sys.stdin.buffer.read(),
) -> Sources:
    """Values files in order (`-` is standard input), then every --set, then every --set-string, as Helm does.

    Never raises for what is in the files or options: see `problems`.
    """
    documents = [_read_file(file, stdin) for file in files]
    data: Values = {}
    for document in documents:
        data = merge_files(data, document.data)
    problems = tuple(problem for document in documents for problem in document.problems)
    return Sources(data, problems, tuple(documents))


def _read_file(file: str, stdin: Callable[[], bytes]) -> Document:
    name = STDIN if file == "-" else file
    try:
        text = (stdin() if file == "-" else FilePath(file).read_bytes()).decode()
    except OSError as error:
        problem = faults.UNREADABLE.problem(f"can't read {file}: {error.strerror}")
        return Document(name, problems=(problem,))
    except UnicodeDecodeError:
        problem = faults.ENCODING.problem("not UTF-8", hint="save the file as UTF-8")
        return Document(name, problems=(problem,))
    return parse(name, text)
