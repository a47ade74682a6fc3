"""A large layer over several connections: in order, bounded, and never worse off than over one."""

import itertools
import math
import random
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator
from types import SimpleNamespace

import pytest
from kitserve_initializer.concurrency.machine import Machine
from kitserve_initializer.concurrency.shares import divide
from kitserve_initializer.errors import RegistryError
from kitserve_initializer.registry import starvation
from kitserve_initializer.registry.range_fetch import RANGE, fetch
from kitserve_initializer.registry.starvation import Starvation

from tests.bench.throttle import Throttle
from tests.image.initializer import Initializer, Run, listing, visible
from tests.image.packing import Packed, digest, file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry
from tests.parts.token_server import TokenServer

CORRUPT = 22
SIZE = 36 * 1024 * 1024
STEP = 256 * 1024
SLOW = 10_000_000
"""Bytes a second: a connection that is the bottleneck on any machine."""

RANGES = divide(Machine(2, math.inf)).ranges
BLOB = random.Random(5).randbytes(SIZE)  # noqa: S311


class Slow:
    """A source whose every chunk takes its time; counts what is on its way and what is ahead of the taker."""

    def __init__(self, wait: float, refuse: Callable[[int], bool] = lambda _: False) -> None:
        self.asked: list[tuple[int, int | None]] = []
        self.most = 0
        self.taken = 0
        self.farthest = 0
        self._wait = wait
        self._refuse = refuse
        self._lock = threading.Lock()
        self._open = 0

    def __call__(self, begin: int, end: int | None = None) -> Generator[bytes, None, None]:
        with self._lock:
            self.asked.append((begin, end))
            self._open += 1
            self.most = max(self.most, self._open)
        try:
            if end and self._refuse(begin):
                raise RegistryError("no ranges here")
            for at in range(begin, end or SIZE, STEP):
                time.sleep(self._wait)
                self.farthest = max(self.farthest, at + STEP - self.taken)
                yield BLOB[at : min(at + STEP, end or SIZE)]
        finally:
            with self._lock:
                self._open -= 1


def taken(source: Slow, slots: int = RANGES) -> bytes:
    semaphore = threading.Semaphore(slots)
    whole = bytearray()
    for chunk in fetch(source, SIZE, semaphore):
        whole += chunk
        source.taken = len(whole)
    assert all(semaphore.acquire(timeout=10) for _ in range(slots)), "a slot was kept"
    return bytes(whole)


def test_ranges_are_handed_out_in_order_and_within_bounds() -> None:
    source = Slow(0.01)

    assert taken(source) == BLOB
    assert len(source.asked) > 4
    assert 2 < source.most <= RANGES + 1
    assert source.farthest <= RANGES * RANGE + 2 * RANGE


def test_no_byte_is_fetched_twice_but_what_the_first_connection_had_begun() -> None:
    source = Slow(0.01)
    taken(source)
    ranges = sorted((begin, end) for begin, end in source.asked if end)

    assert source.asked[0] == (0, None)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(ranges))
    assert ranges[-1][1] == SIZE


class Clock:
    """A clock of a test's own in the place of the machine's; `used` is the process's CPU time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds, self.used = 100_000.0, 0.0  # a machine that has been up for a day
        clock = SimpleNamespace(monotonic=lambda: self.seconds, process_time=lambda: self.used)
        monkeypatch.setattr(starvation, "time", clock)


def test_where_the_taker_takes_the_time_one_connection_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, source = Clock(monkeypatch), Slow(0)
    for chunk in fetch(source, SIZE, threading.Semaphore(RANGES)):
        assert chunk
        clock.seconds += 1

    assert source.asked == [(0, None)]


@pytest.mark.parametrize(
    ("cores", "used", "ranges"),
    [
        pytest.param(1, 1.0, False, id="a core that is used up"),
        pytest.param(1, 0.6, False, id="a core that is mostly busy"),
        pytest.param(0.5, 0.5, False, id="half a core that is used up"),
        pytest.param(2, 1.9, False, id="two cores"),
        pytest.param(1, 0.1, True, id="a core that is idle"),
        pytest.param(8, 0.6, True, id="eight cores"),
    ],
)
def test_where_cores_are_what_is_waited_for_one_connection_is_enough(
    monkeypatch: pytest.MonkeyPatch, cores: float, used: float, ranges: bool
) -> None:
    """A quota that is used up makes a process wait as a slow registry does."""
    clock = Clock(monkeypatch)

    def source(begin: int, end: int | None = None) -> Generator[bytes, None, None]:
        asked.append((begin, end))
        for at in range(begin, end or SIZE, STEP):
            clock.seconds += 1
            clock.used += used
            yield BLOB[at : min(at + STEP, end or SIZE)]

    asked: list[tuple[int, int | None]] = []
    taken = b"".join(fetch(source, SIZE, threading.Semaphore(RANGES), cores=cores))

    assert taken == BLOB
    assert (len(asked) > 1) is ranges


def test_the_wait_for_the_first_byte_asks_for_no_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    def source(begin: int, end: int | None = None) -> Generator[bytes, None, None]:
        asked.append((begin, end))
        clock.seconds += 1000
        yield from (BLOB[at : at + STEP] for at in range(begin, end or SIZE, STEP))

    asked: list[tuple[int, int | None]] = []
    for chunk in fetch(source, SIZE, threading.Semaphore(RANGES)):
        assert chunk
        clock.seconds += 1

    assert asked == [(0, None)]


@pytest.mark.parametrize(
    ("ahead", "pace", "kept"),
    [
        pytest.param(7, 8, True, id="eight times as fast"),
        pytest.param(7, 1.6, True, id="half as fast again"),
        pytest.param(7, 1, False, id="as fast as one connection"),
        pytest.param(7, 0.5, False, id="slower"),
        pytest.param(2, 1, True, id="too few to tell"),
    ],
)
def test_ranges_have_to_gain_something(
    monkeypatch: pytest.MonkeyPatch, ahead: int, pace: float, kept: bool
) -> None:
    """A blob over one connection that gives a range a second, and then so many times as fast over ranges."""
    clock, starved, offset = Clock(monkeypatch), Starvation(1), 0

    def come(count: int, seconds: float, ahead: int) -> None:
        nonlocal offset
        for _ in range(count):
            for _ in starved.clocked(waits(seconds)):
                pass
            offset += RANGE
            starved.look(offset, ahead)

    def waits(seconds: float) -> Iterator[bytes]:
        clock.seconds += seconds
        yield b""

    come(1, 1, 0)
    assert starved.wanted == 1
    come(40, 1 / pace, ahead)

    assert (starved.wanted > 0) is kept


def test_layers_share_the_slots() -> None:
    assert taken(Slow(0.01), slots=2) == BLOB
    source = Slow(0.001)
    assert taken(source, slots=0) == BLOB
    assert source.asked == [(0, None)]


@pytest.mark.parametrize("from_range", [0, 3])
def test_a_range_that_can_t_be_had_leaves_one_connection(from_range: int) -> None:
    """From the beginning the first connection just goes on; later a new one goes on where the bytes end."""
    source = Slow(0.01, lambda begin: begin >= (2 + from_range) * RANGE)

    assert taken(source) == BLOB
    whole = [begin for begin, end in source.asked if end is None]
    assert len(whole) == (2 if from_range else 1)
    assert source.asked[-1][1] is None or not from_range


def test_a_taker_that_stops_stops_the_ranges() -> None:
    source = Slow(0.01)
    slots = threading.Semaphore(RANGES)
    chunks = fetch(source, SIZE, slots)
    for _ in range(60):
        next(chunks)
    chunks.close()  # type: ignore[attr-defined]

    assert all(slots.acquire(timeout=10) for _ in range(RANGES))


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, layer(file("weights", BLOB)))


def run_slowly(initializer: Initializer, proxy: Proxy, made: Packed, flags: str = "--plain-http") -> Run:
    with Throttle(f"http://{proxy.host}", SLOW) as slow:
        return initializer(f"kit://{slow.host}/{made.repository}:v1", flags=flags)


def ranges(proxy: Proxy, made: Packed) -> list[str]:
    return [seen.headers.get("Range", "") for seen in proxy.seen if made.layers[0] in seen.path]


def faults(made: Packed, *given: Fault | None, then: Fault | None = None) -> Callable[[str], Fault | None]:
    """The faults of the first requests for the layer, and of all that follow."""
    left = iter(given)
    return lambda path: next(left, then) if made.layers[0] in path else None


def assert_unpacked(initializer: Initializer, run: Run) -> None:
    assert run.exit == 0, run.stderr
    assert digest((initializer.destination / "weights").read_bytes()) == digest(BLOB)


def test_a_slow_registry_is_asked_for_ranges(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with Proxy(registry.url) as proxy:
        run = run_slowly(initializer, proxy, made)

    assert_unpacked(initializer, run)
    asked = ranges(proxy, made)
    assert asked[0] == ""
    assert len(asked) > 4
    assert len(set(asked)) == len(asked)


def test_concurrency_1_is_one_connection(registry: Registry, initializer: Initializer, made: Packed) -> None:
    with Proxy(registry.url) as proxy:
        run = run_slowly(initializer, proxy, made, "--plain-http --concurrency 1")

    assert_unpacked(initializer, run)
    assert ranges(proxy, made) == [""]


@pytest.mark.parametrize(
    "fault", [Fault(drop=("Range",)), Fault(headers={"Content-Range": f"bytes 7-{RANGE + 6}/{SIZE}"})]
)
def test_a_registry_without_ranges_or_with_others_loses_nothing(
    registry: Registry, initializer: Initializer, made: Packed, fault: Fault
) -> None:
    """200 instead of 206, and a Content-Range that lies."""
    with Proxy(registry.url, faults(made, then=fault)) as proxy:
        run = run_slowly(initializer, proxy, made)

    assert_unpacked(initializer, run)
    assert "going on over one connection" in run.stderr
    asked = ranges(proxy, made)
    assert asked.count("") == 1
    assert len(asked) <= 1 + RANGES


def test_a_range_that_breaks_goes_on_by_itself(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with Proxy(registry.url, faults(made, None, None, Fault(cut=1_000_000), Fault(status=503))) as proxy:
        run = run_slowly(initializer, proxy, made)

    assert_unpacked(initializer, run)
    assert "going on over one connection" not in run.stderr
    spans = [tuple(map(int, asked[6:].split("-"))) for asked in ranges(proxy, made) if asked]
    # On a busy machine another range may break as well.
    resumed = [span for span in spans if span[0] % RANGE]
    assert resumed
    assert {(begin // RANGE * RANGE, end) for begin, end in resumed} <= {*spans}


def test_a_range_that_broke_behind_its_last_byte_is_whole(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with Proxy(registry.url, faults(made, None, then=Fault(cut=RANGE, framing="chunked"))) as proxy:
        run = run_slowly(initializer, proxy, made)

    assert_unpacked(initializer, run)
    assert "trying again" not in run.stderr
    assert "going on over one connection" not in run.stderr
    asked = ranges(proxy, made)
    assert len(asked) > 4
    assert len(set(asked)) == len(asked)


def test_a_range_without_a_length_that_just_ends_goes_on_by_itself(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    fault = Fault(cut=1_000_000, framing="close")
    with Proxy(registry.url, faults(made, None, None, fault)) as proxy:
        run = run_slowly(initializer, proxy, made)

    assert_unpacked(initializer, run)
    assert "going on over one connection" not in run.stderr
    assert (
        sum(
            asked.startswith("bytes=") and int(asked[6:].split("-")[0]) % RANGE != 0
            for asked in ranges(proxy, made)
        )
        == 1
    )


@pytest.fixture(scope="module")
def guarded(token_registry: Registry) -> Packed:
    return pack(token_registry, layer(file("weights", BLOB)))


def log_in(registry: Registry) -> dict[str, str]:
    assert registry.auth
    return {"KIT_USER": registry.auth.user, "KIT_PASSWORD": registry.auth.password}


def authorizations(proxy: Proxy, made: Packed) -> list[str]:
    return [seen.headers.get("Authorization", "") for seen in proxy.seen if made.layers[0] in seen.path]


def test_ranges_share_a_new_token_when_the_old_one_expires(
    token_registry: Registry, initializer: Initializer, guarded: Packed
) -> None:
    assert isinstance(token_registry.auth, TokenServer)
    count = itertools.count()

    def expire(path: str) -> None:
        if guarded.layers[0] in path and next(count) in (3, 8):
            proxy.expired.update(filter(None, authorizations(proxy, guarded)))

    before = len(token_registry.auth.requests)
    with (
        Proxy(token_registry.url, expire) as proxy,
        Throttle(f"http://{proxy.host}", SLOW) as slow,
    ):
        run = initializer(f"kit://{slow.host}/{guarded.repository}:v1", **log_in(token_registry))

    assert_unpacked(initializer, run)
    assert "going on over one connection" not in run.stderr
    assert len(token_registry.auth.requests) - before == 3
    assert len(set(authorizations(proxy, guarded))) == 3
    assert len(set(ranges(proxy, guarded))) > 4


def test_every_range_is_redirected_by_itself_and_without_credentials(
    token_registry: Registry, initializer: Initializer, guarded: Packed
) -> None:
    """To an address that is good for one request, as storages sign them; one breaks, and asks for another."""
    count = itertools.count()
    with Registry() as storage:
        storage.push_blob(guarded.repository, layer(file("weights", BLOB)))
        broken = iter([None, None, Fault(cut=1_000_000)])
        with (
            Proxy(storage.url, lambda _: next(broken, None)) as elsewhere,
            Throttle(f"http://{elsewhere.host}", SLOW) as slow,
        ):

            def redirect(path: str) -> Fault | None:
                if guarded.layers[0] not in path:
                    return None
                place = f"http://{slow.host}{path}?signature={next(count)}"
                return Fault(status=307, headers={"Location": place, "Content-Length": "0"}, cut=0)

            with Proxy(token_registry.url, redirect) as proxy:
                run = initializer(f"kit://{proxy.host}/{guarded.repository}:v1", **log_in(token_registry))

    assert_unpacked(initializer, run)
    assert "going on over one connection" not in run.stderr
    assert all(authorizations(proxy, guarded))
    assert not any(authorizations(elsewhere, guarded))
    assert len(ranges(elsewhere, guarded)) > 4
    assert len({seen.path for seen in elsewhere.seen}) == len(elsewhere.seen)
    assert (
        len([asked for asked in ranges(elsewhere, guarded) if asked and int(asked[6:].split("-")[0]) % RANGE])
        == 1
    )


def test_a_byte_flipped_in_a_range(registry: Registry, initializer: Initializer, made: Packed) -> None:
    with Proxy(registry.url, faults(made, None, None, Fault(flip=7))) as proxy:
        run = run_slowly(initializer, proxy, made)

    assert run.exit == CORRUPT, run.stderr
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_signal_ends_a_run_whose_ranges_stall(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with (
        Proxy(registry.url, faults(made, None, then=Fault(cut=1000, stall=True))) as proxy,
        Throttle(f"http://{proxy.host}", SLOW) as slow,
        initializer.start(f"kit://{slow.host}/{made.repository}:v1") as process,
    ):
        proxy.stalled.wait()
        process.send_signal(signal.SIGTERM)
        process.communicate()

    assert process.returncode == 128 + signal.SIGTERM
    assert visible(initializer.destination) == set()
