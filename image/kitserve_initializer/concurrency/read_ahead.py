"""Stages of a stream that work at the same time, each in a thread of its own."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOM = 4
"""Chunks that one stage may be ahead of the next."""

T = TypeVar("T")


def pays(streams: int) -> bool:
    """Tell whether stages get something done that so many streams at a time leave undone: there is a core for them."""
    return streams < len(os.sched_getaffinity(0))


@contextmanager
def ahead(chunks: Iterable[T]) -> Iterator[Iterable[T]]:
    """Take chunks in a thread of its own while the caller is busy with those before; what it raises, the caller gets.

    When the context is left nothing is taken any more, and `chunks` is the caller's again.
    """
    stage = _Stage(chunks)
    try:
        yield stage.taken()
    finally:
        stage.close()


class _Stage(Generic[T]):
    """A thread that takes, and two queues: chunks to the caller, leaves to take one more back."""

    def __init__(self, chunks: Iterable[T]) -> None:
        self._ready: SimpleQueue[tuple[T] | None] = SimpleQueue()
        self._leaves: SimpleQueue[bool] = SimpleQueue()
        self._failure: BaseException | None = None
        self._closed = False
        for _ in range(ROOM):
            self._leaves.put(True)
        self._thread = threading.Thread(target=self._take, args=(chunks,), daemon=True)
        self._thread.start()

    def taken(self) -> Iterator[T]:
        while found := self._ready.get():
            yield found[0]
            self._leaves.put(True)
        if self._failure:
            raise self._failure

    def close(self) -> None:
        self._closed = True
        self._leaves.put(True)
        self._thread.join()

    def _take(self, chunks: Iterable[T]) -> None:
        try:
            for chunk in chunks:
                self._ready.put((chunk,))
                self._leaves.get()
                if self._closed:
                    return
        except BaseException as error:  # noqa: BLE001 - raised again in the thread of the caller
            self._failure = error
        self._ready.put(None)
