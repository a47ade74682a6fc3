r"""Which regular expressions Go reads (regexp/syntax of Go 1.26): RE2 with Perl's flags, as `regexp.Compile` has it.

Python's `re` is no judge: it has look-around and backreferences, and lacks `\z`, `\pL`, `[[:alpha:]]` and `\Q...\E`.
"""

from kitserve.check.object_rules.go_regexp.reader import Reader
from kitserve.check.object_rules.go_regexp.tree import UnreadableError

__all__ = ["fault"]


def fault(pattern: str) -> str:
    """What keeps Go from compiling a pattern, in words; empty where nothing does."""
    try:
        Reader(pattern).read()
    except UnreadableError as error:
        return str(error)
    return ""
