r"""Regular expressions that Go reads (regexp/syntax of Go 1.26): RE2 with Perl's flags, as in `regexp.Compile`.

Python's `re` is no judge: it has look-around and backreferences, and lacks `\z`, `\pL`, `[[:alpha:]]` and `\Q...\E`.
"""

from kitserve.check.object_rules.go_regexp.reader import Reader
from kitserve.check.object_rules.go_regexp.tree import UnreadableError

__all__ = ["fault"]


def fault(pattern: str) -> str:
    """Return why Go can't compile a pattern; empty if it can."""
    try:
        Reader(pattern).read()
    except UnreadableError as error:
        return str(error)
    return ""
