"""Standard output."""

import os
import sys
from contextlib import suppress
from typing import TextIO

from kitserve.errors import Failure


def emit(text: str) -> None:
    """Write the whole text in UTF-8, in any locale.

    A reader that stops early, such as `head`, is no error.

    Raises:
        Failure: it can't be written, for example because the disk is full.
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
    """Redirect a broken stream to nowhere: Python flushes it again at exit, and would report the error again."""
    with suppress(OSError):  # no file at all
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
