"""Stages of a stream: bounded, in order, and no thread is left behind."""

import threading
from collections.abc import Iterator

import pytest
from kitserve_initializer.concurrency.read_ahead import ROOM, ahead


def counted(seen: list[int], end: int, failure: Exception | None = None) -> Iterator[int]:
    for number in range(end):
        seen.append(number)
        yield number
    if failure:
        raise failure


def test_chunks_come_in_order_and_no_more_than_fit_are_taken_ahead() -> None:
    seen: list[int] = []
    with ahead(counted(seen, 1000)) as chunks:
        for number in chunks:
            assert len(seen) <= number + 2 + ROOM

    assert seen == list(range(1000))


def test_a_failure_comes_after_the_chunks_before_it() -> None:
    with ahead(counted([], 7, ValueError("broken"))) as chunks:
        taken = iter(chunks)
        assert [next(taken) for _ in range(7)] == list(range(7))
        with pytest.raises(ValueError, match="broken"):
            next(taken)


def test_what_was_not_taken_is_the_caller_s_again() -> None:
    seen: list[int] = []
    source = counted(seen, 1000)
    before = threading.active_count()
    with ahead(source) as chunks:
        assert next(iter(chunks)) == 0
    after = len(seen)

    assert threading.active_count() == before
    assert after <= 2 + ROOM
    assert next(source) == after
