"""Patience: a few tries for what never worked, minutes for a host that gave bytes, and one line for an outage."""

import io
import itertools
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from kitserve_initializer.errors import RegistryUnreachable
from kitserve_initializer.http import hosts, retry
from kitserve_initializer.http.hosts import Host, Hosts
from kitserve_initializer.http.retry import PROGRESS, TRIES, Patience, patiently
from kitserve_initializer.log import lines

BROKEN = RegistryUnreachable("the connection to a registry failed: Connection refused", temporary=True)
GB = 1_000_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that only waits turn."""
    made = SimpleNamespace(now=1000.0)

    def sleep(seconds: float) -> None:
        made.now += seconds

    monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=lambda: made.now, sleep=sleep))
    # Threads that look at the hosts of other tests sleep as long as they do.
    monkeypatch.setattr(hosts, "time", SimpleNamespace(monotonic=lambda: made.now, sleep=time.sleep))
    return made


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the log said since the last time, without times and levels."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    lines.start("text")

    def taken() -> list[str]:
        told = [line.split(" ", 2)[2] for line in stream.getvalue().splitlines()]
        stream.truncate(0)
        stream.seek(0)
        return told

    return taken


def borne(patience: Patience, clock: SimpleNamespace, *, each: float = 0) -> tuple[int, float]:
    """Fail until patience ends; return how many tries that were, and seconds between the first and the last."""
    begun = clock.now
    for tries in itertools.count(1):
        try:
            patience.bear(BROKEN)
        except RegistryUnreachable:
            return tries, clock.now - begun
        clock.now += each
    raise AssertionError


def test_what_never_worked_is_tried_five_times(clock: SimpleNamespace) -> None:
    tries, seconds = borne(Patience(Host("a registry")), clock)

    assert tries == TRIES == 5
    assert seconds < 6


def test_who_never_answers_is_not_waited_for_five_times(clock: SimpleNamespace) -> None:
    """Each try takes five minutes."""
    assert borne(Patience(Host("a registry")), clock, each=300)[0] == 2


@pytest.mark.parametrize(
    ("fetched", "least", "most"),
    [
        (PROGRESS - 1, 0, 6),
        (PROGRESS, 110, 135),
        (10 * GB, 210, 235),
        (100 * GB, 890, 915),
        (10_000 * GB, 890, 915),
    ],
)
def test_patience_grows_with_what_was_fetched(
    clock: SimpleNamespace, fetched: int, least: float, most: float
) -> None:
    host = Host("a registry")
    host.came(fetched)

    assert least <= borne(Patience(host), clock)[1] <= most


def test_bytes_of_one_transfer_make_all_of_its_host_patient(clock: SimpleNamespace) -> None:
    host = Host("a registry")
    Patience(host).renew(PROGRESS)

    assert borne(Patience(host), clock)[1] > 100


def test_a_byte_with_each_try_is_no_progress(clock: SimpleNamespace) -> None:
    host = Host("a registry")
    host.came(GB)
    patience = Patience(host)
    begun = clock.now

    while clock.now - begun < 100:
        patience.bear(BROKEN)
        patience.renew(1)
    assert borne(patience, clock)[1] < 50


def test_progress_begins_anew(clock: SimpleNamespace) -> None:
    patience = Patience(Host("a registry"))

    for _ in range(100):
        patience.bear(BROKEN)
        patience.renew(PROGRESS)
    assert borne(patience, clock)[1] > 100


def test_a_final_failure_is_not_borne(clock: SimpleNamespace) -> None:
    host = Host("a registry")
    host.came(GB)

    with pytest.raises(RegistryUnreachable):
        Patience(host).bear(RegistryUnreachable("no"))
    assert clock.now == 1000


@pytest.mark.usefixtures("clock")
def test_an_outage_is_one_line_however_many_meet_it(
    said: Callable[[], list[str]],
) -> None:
    host = Host("a registry")
    host.came(GB)
    with Patience(host) as one, Patience(host) as other, Patience(host) as third:
        for _ in range(8):
            for each in (one, other, third):
                each.bear(BROKEN)
        for each in (one, other, third):
            each.renew(PROGRESS)

    (line,) = said()
    assert line.startswith(f"{BROKEN.cause}: trying again in ")


def test_a_long_outage_is_told_every_ten_seconds_and_when_it_is_over(
    clock: SimpleNamespace, said: Callable[[], list[str]]
) -> None:
    host = Host("a registry")
    with Patience(host) as one, Patience(host) as other:
        for each in (one, other):
            host.fails(each, BROKEN.cause, 2, 0.25)
        for _ in range(35):
            clock.now += 1
            host.look()
    clock.now += 60
    host.look()

    waiting = [f"waiting for {seconds} s: a registry doesn't deliver" for seconds in (10, 20, 30)]
    assert said() == [
        f"{BROKEN.cause}: trying again in 250 ms",
        *waiting,
        "a registry answers again, after 35 s",
    ]


@pytest.mark.usefixtures("clock")
def test_a_connection_that_breaks_now_and_then_is_no_line_each(
    said: Callable[[], list[str]],
) -> None:
    with Patience(Host("a registry")) as patience:
        for _ in range(30):
            patience.bear(BROKEN)
            patience.renew(PROGRESS)

    assert len(said()) == 1


def test_what_is_waited_for_is_told_once_for_all_who_wait(
    clock: SimpleNamespace, said: Callable[[], list[str]]
) -> None:
    host = Host("a registry")
    with host.awaited("a cache"), host.awaited("a cache"):
        for _ in range(25):
            clock.now += 1
            host.look()
    clock.now += 60
    host.look()

    assert said() == [f"waiting for {seconds} s: a cache hasn't answered yet" for seconds in (10, 20)]


def test_hosts_are_awaited_while_one_of_them_is() -> None:
    known = Hosts()
    host = known.of("a registry")
    known.of("another")
    before = known.are_awaited
    with host.awaited("a cache"):
        meanwhile = known.are_awaited

    assert (before, meanwhile, known.are_awaited) == (False, True, False)


def test_a_transfer_that_is_given_up_is_waited_for_no_longer(
    clock: SimpleNamespace, said: Callable[[], list[str]]
) -> None:
    host = Host("a registry")

    def attempt() -> None:
        raise BROKEN

    with pytest.raises(RegistryUnreachable):
        patiently(attempt, host)
    said()
    clock.now += 60
    host.look()

    assert not said()


def test_threads_share_a_host() -> None:
    host = Host("a registry")

    def give() -> None:
        for _ in range(10_000):
            host.came(1)

    threads = [threading.Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert host.bytes == 40_000
