"""A folder outside the checkout for what is made once and used by every run after."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


def folder() -> Path:
    """`$KITSERVE_CACHE`, by default `$XDG_CACHE_HOME/kitserve` or `~/.cache/kitserve`."""
    chosen = os.environ.get("KITSERVE_CACHE")
    if chosen:
        return Path(chosen).absolute()
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "kitserve"


def make_once(key: str, make: Callable[[Path], None]) -> Path:
    """The cache's folder `key`, filled by `make(empty folder)` unless it is there already.

    Processes that ask at the same time wait for the first one. The folder appears complete or not at all;
    the lock ends with the process that holds it, so a maker that was killed blocks nobody.
    """
    made = folder() / key
    if made.is_dir():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    with locked(made.with_name(f".{made.name}.lock"), key):
        if not made.is_dir():
            _make(made, make)
    return made


@contextmanager
def locked(path: Path, key: str) -> Iterator[None]:
    """Hold the lock of a file, which is made if it isn't there, and wait for whoever makes `key` under it."""
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        print(f"waiting for another process that makes {key}", file=sys.stderr, flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _make(made: Path, make: Callable[[Path], None]) -> None:
    partial = f".{made.name}.partial-"
    for left_over in made.parent.glob(f"{partial}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=partial, dir=made.parent) as temporary:
        product = Path(temporary) / "product"
        product.mkdir()
        make(product)
        product.rename(made)
