"""Tasks in threads that the run needn't wait for: a signal or a failure ends the run while a read blocks."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    Task = Callable[[], None]

_LET_GO_SECONDS = 0.5
"""How long running threads may take to see the stop; one that blocks in a read sees it later, and writes nothing."""

T = TypeVar("T")


class AbandonedError(Exception):
    """A task ends early because the run ends."""


def run(tasks: Sequence[Task], threads: int, stop: threading.Event) -> None:
    """Run the tasks, `threads` at a time, and raise the first failure after the other threads have stopped.

    `stop` is set if the run has to end early; tasks check it through `until`.
    """
    left: SimpleQueue[Task] = SimpleQueue()
    for task in tasks:
        left.put(task)
    ended: SimpleQueue[BaseException | None] = SimpleQueue()
    crew = [
        threading.Thread(target=_work, args=(left, ended, stop), daemon=True)
        for _ in range(min(threads, len(tasks)))
    ]
    try:
        for thread in crew:
            thread.start()
        for _ in crew:
            if failure := ended.get():
                raise failure
    finally:
        stop.set()
        _let_go(crew)


def until(stop: threading.Event, chunks: Iterable[T]) -> Generator[T, None, None]:
    """Yield the chunks until the run has to end.

    Raises:
        AbandonedError: if it has to end.
    """
    for chunk in chunks:
        if stop.is_set():
            raise AbandonedError
        yield chunk


def _work(left: SimpleQueue[Task], ended: SimpleQueue[BaseException | None], stop: threading.Event) -> None:
    try:
        while (task := _next(left)) and not stop.is_set():
            task()
        ended.put(None)
    except BaseException as error:  # noqa: BLE001 - raised again by run(), in the thread that waits for it
        ended.put(error)


def _next(left: SimpleQueue[Task]) -> Task | None:
    try:
        return left.get_nowait()
    except Empty:
        return None


def _let_go(crew: list[threading.Thread]) -> None:
    deadline = time.monotonic() + _LET_GO_SECONDS
    for thread in crew:
        if thread.ident:
            thread.join(max(0.0, deadline - time.monotonic()))
