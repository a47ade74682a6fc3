"""The lock of the staging folder: one run at a time works in a destination.

Some volumes have no locks: NFS without its lock daemon, file systems in user space, Lustre without `-o flock`
(anyvm-org/anyvm#35, huggingface/huggingface_hub#2402, tox-dev/filelock#67). A run goes on there without one.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from kitserve_initializer.destination.names import LOCK, STAGING
from kitserve_initializer.fs.directory import enter, mode
from kitserve_initializer.fs.remove_tree import remove
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def locked(target: int, destination: Path) -> tuple[int, int]:
    """Open the staging folder, made if missing, and its lock; wait for the run that has it."""
    while True:
        with suppress(FileExistsError):
            os.mkdir(STAGING, 0o700, dir_fd=target)
        try:
            folder = enter(STAGING, target)
        except FileNotFoundError:
            continue
        except OSError:
            if not _remove_foreign(STAGING, target, stat.S_ISDIR):
                raise
            continue
        try:
            return folder, _lock(folder, target, destination)
        except FileNotFoundError:
            os.close(folder)  # the run that had it has taken the folder away
        except BaseException:
            os.close(folder)
            raise


def _remove_foreign(name: str, directory: int, is_ours: Callable[[int], bool]) -> bool:
    """Remove what has a name of ours and isn't of its kind; tell whether there was such a thing, and it is gone."""
    there = mode(name, directory)
    return bool(there) and not is_ours(there) and remove(name, directory)


def _lock(folder: int, target: int, destination: Path) -> int:
    _remove_foreign(LOCK, folder, stat.S_ISREG)
    lock = os.open(LOCK, _LOCK_FLAGS, 0o600, dir_fd=folder)
    try:
        if _is_ours(lock, destination):
            _compare(os.stat(f"{STAGING}/{LOCK}", dir_fd=target), os.fstat(lock))
    except BaseException:
        os.close(lock)
        raise
    return lock


def _is_ours(lock: int, destination: Path) -> bool:
    """Wait for the lock; False on a volume that has none, whatever error it says that with."""
    try:
        _wait_for(lock, destination)
    except OSError as error:
        say(events.LOCKS_ABSENT, cause=error.strerror, destination=destination)
        return False
    return True


def _wait_for(lock: int, destination: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(events.WAITING_FOR_RUN, destination=destination)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _compare(there: os.stat_result, locked: os.stat_result) -> None:
    if not os.path.samestat(there, locked):
        raise FileNotFoundError
