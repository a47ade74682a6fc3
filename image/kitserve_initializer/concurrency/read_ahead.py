"""Stages of a stream that work in parallel, each in its own thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOM = 4
"""Chunks that one stage may be ahead of the next."""

T = TypeVar("T")


@contextmanager
def ahead(chunks: Iterable[T]) -> Iterator[Iterable[T]]:
    """Take chunks in another thread while the caller works on earlier ones; the caller gets its errors.

    At the end of the context the thread has ended, and the caller owns `chunks` again.
    """
    stage = _Stage(chunks)
    try:
        yield stage.taken()
    finally:
        stage.close()


class _Stage(Generic[T]):
    """A thread, and two queues: one brings chunks to the caller, the other permissions for more to the thread."""

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
