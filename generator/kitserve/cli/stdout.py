"""Standard output."""

import os
import sys

from kitserve.errors import Failure


def emit(text: str) -> None:
    """Write all of it, or say why not. A reader that has seen enough, as `head` has, is no error.

    Raises:
        Failure: it can't be written, because the disk is full for one.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget()
    except OSError as error:
        _forget()
        raise Failure(f"can't write to standard output: {error.strerror}") from error


def _forget() -> None:
    """Python flushes what is left once more when it ends, and would complain again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
