"""Standard output."""

import os
import sys
from contextlib import suppress
from typing import TextIO

from kitserve.errors import Failure


def emit(text: str) -> None:
    """Write all of it, or say why not: in UTF-8, whatever the locale says.

    A reader that has seen enough, as `head` has, is no error.

    Raises:
        Failure: it can't be written, because the disk is full for one.
    """
    if sys.stdout is None:
        raise Failure("can't write to standard output: it is closed")
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        forget(sys.stdout)
    except OSError as error:
        forget(sys.stdout)
        raise Failure(f"can't write to standard output: {error.strerror}") from error


def forget(stream: TextIO | None) -> None:
    """Python flushes what is left once more when it ends, and would complain again."""
    with suppress(OSError):  # no file at all
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
