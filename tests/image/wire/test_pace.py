"""Answers that don't end: too slow, too long, or never more than a beginning."""

import io
import itertools
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from kitserve_initializer.wire import pace
from kitserve_initializer.wire.pace import HeadError, PacedReader, TooSlowError

from tests.image.initializer import Initializer, Run, listing

UNREACHABLE, REGISTRY_ERROR = 13, 14
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


class Dripping(io.RawIOBase):
    """A socket that gives `size` bytes at a time, each after `seconds` on the clock."""

    def __init__(self, size: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._size = size
        self._seconds = seconds
        self.now = 1000.0
        monkeypatch.setattr("kitserve_initializer.wire.pace.time.monotonic", lambda: self.now)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self.now += self._seconds
        count = min(self._size, len(buffer))
        buffer[:count] = bytes(count)
        return count


def taken(reader: PacedReader, times: int) -> int:
    return sum(reader.readinto(bytearray(65536)) or 0 for _ in range(times))


@pytest.mark.parametrize(("size", "seconds"), [(1, 5), (5000, 6), (61_000, 60), (1, 19)])
def test_a_body_below_the_floor_ends(monkeypatch: pytest.MonkeyPatch, size: int, seconds: float) -> None:
    raw = Dripping(size, seconds, monkeypatch)
    reader = PacedReader(raw)
    reader.begin_body()

    came = taken(reader, 100)
    assert "less than 1.0 KiB per second" in str(reader.fault)
    assert raw.now - 1000 <= pace.FLOOR_SECONDS + seconds
    assert came == size * (raw.now - 1000) / seconds, "bytes that came are lost"


@pytest.mark.parametrize(("size", "seconds"), [(62_000, 60), (6_200, 6), (1, 0), (65_536, 19)])
def test_a_body_above_it_goes_on(monkeypatch: pytest.MonkeyPatch, size: int, seconds: float) -> None:
    reader = PacedReader(Dripping(size, seconds, monkeypatch))
    reader.begin_body()

    assert taken(reader, 500) == 500 * size


def test_the_time_that_we_take_ourselves_doesnt_count(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Dripping(10, 0, monkeypatch)
    reader = PacedReader(raw)
    reader.begin_body()
    for _ in range(100):
        raw.now += 30
        assert taken(reader, 1) == 10


class Late(io.RawIOBase):
    """A socket that gives one piece with each read."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._pieces = iter(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = next(self._pieces, b"")
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize(
    ("head", "is_awaited"),
    [([HEAD], True), ([HEAD[:-1], HEAD[-1:]], True), ([HEAD + b"bo"], False)],
    ids=["alone", "in two pieces", "with the first bytes"],
)
def test_the_first_byte_of_a_body_may_come_as_late_as_an_answer(head: list[bytes], is_awaited: bool) -> None:
    limits: list[float | None] = []
    reader = PacedReader(Late(*head, b"dy"), limits.append, patience=300)
    taken(reader, len(head))

    reader.begin_body()
    begun = limits[-1] or 0
    taken(reader, 1)

    assert (begun > 290) == is_awaited
    assert limits[-1] == pace.STALL_SECONDS


def test_a_head_has_a_time_and_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Dripping(1, 5, monkeypatch)
    with pytest.raises(TooSlowError, match="headers take more than"):
        taken(PacedReader(raw), 100)
    assert raw.now - 1000 <= pace.HEAD_SECONDS + 10
    with pytest.raises(HeadError, match="headers of more than"):
        taken(PacedReader(Dripping(8192, 0, monkeypatch)), 100)


# The floor and the limits are constants of the program; here nobody wants to wait so long.
SLOW_HEAD = "answers too slowly: headers take more than"
IMPATIENT = """
import sys
from kitserve_initializer import __main__
from kitserve_initializer.http import retry
from kitserve_initializer.wire import pace
assert pace.FLOOR_SECONDS > 1 and pace.HEAD_SECONDS > 1
pace.FLOOR_SECONDS, pace.HEAD_SECONDS, retry._FIRST_WAIT_SECONDS = 0.2, 0.2, 0.01
sys.exit(__main__.main())
"""


@contextmanager
def server(answer: Callable[[str], Iterator[bytes]]) -> Iterator[tuple[str, list[str]]]:
    """Serve what `answer` yields for a path, a piece each twentieth of a second, until the client leaves."""
    asked: list[str] = []
    ended = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            asked.append(path)
            with suppress(OSError):
                for piece in answer(path):
                    self.wfile.write(piece)
                    if ended.wait(0.02):
                        return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as made:
        made.daemon_threads = True
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"localhost:{made.server_address[1]}", asked
        finally:
            ended.set()
            made.shutdown()
            thread.join()


def dripping(begin: bytes, piece: bytes) -> Callable[[str], Iterator[bytes]]:
    return lambda _: itertools.chain([begin], itertools.repeat(piece))


def assert_ended(run: Run, initializer: Initializer, code: int, *words: str) -> None:
    """It ended with the code and one of the sentences."""
    assert run.exit == code, run.stderr
    assert any(each in run.last_line for each in words), run.last_line
    assert listing(initializer.folder).keys() == {"termination-log"}


@pytest.mark.parametrize(
    ("begin", "piece", "code", "words"),
    [
        (HEAD, b" ", UNREACHABLE, "answers too slowly: less than 1.0 KiB per second come"),
        (b"HTTP/1.1 2", b"0", UNREACHABLE, SLOW_HEAD),
        (b"HTTP/1.1 200 OK\r\n", b"A", UNREACHABLE, SLOW_HEAD),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", REGISTRY_ERROR, "answers with more than 32 answers 1xx"),
        (
            b"",
            b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n",
            REGISTRY_ERROR,
            "answers with more than 32 answers 1xx",
        ),
        (
            b"HTTP/1.1 200 OK\r\n",
            b"".join(b"%d: %b\r\n" % (number, b"x" * 60_000) for number in range(9)),
            REGISTRY_ERROR,
            "answers with headers of more than",
        ),
        (HEAD.replace(b"200", b"401"), b" ", REGISTRY_ERROR, "no WWW-Authenticate header"),
        (
            HEAD.replace(b"200 OK", b"307 A\r\nLocation: /x"),
            b" ",
            REGISTRY_ERROR,
            "redirects more than 10 times",
        ),
        (HEAD.replace(b"200", b"404"), b" ", 12, "(404)"),
    ],
    ids=["body", "status", "header", "100", "103", "headers", "challenge", "redirect", "failure"],
)
def test_an_answer_without_end_ends(
    initializer: Initializer, begin: bytes, piece: bytes, code: int, words: str
) -> None:
    with server(dripping(begin, piece)) as (host, asked):
        run = initializer.run_program(IMPATIENT, f"kit://{host}/a/b:v1", flags="--plain-http")

    # On a busy machine the server may be late with a piece, and its silence is told.
    late = ["doesn't answer in time"] if words == SLOW_HEAD else []
    assert_ended(run, initializer, code, words, *late)
    assert len(asked) <= 11


def test_a_token_without_end_ends(initializer: Initializer) -> None:
    def answer(path: str) -> Iterator[bytes]:
        if path.startswith("/token"):
            return dripping(HEAD, b" ")(path)
        realm = f'WWW-Authenticate: Bearer realm="http://{host}/token"'
        return iter(
            [f"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n{realm}\r\n\r\n".encode()]
        )

    with server(answer) as (host, asked):
        run = initializer.run_program(IMPATIENT, f"kit://{host}/a/b:v1", flags="--plain-http")

    assert_ended(run, initializer, UNREACHABLE, "answers too slowly: less than 1.0 KiB per second come")
    assert len([path for path in asked if path.startswith("/token")]) == 5


def test_interim_answers_before_the_final_one_are_passed_over(initializer: Initializer) -> None:
    interim = b"HTTP/1.1 102 Processing\r\n\r\n" + b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    with server(lambda _: iter([interim * 3 + b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"])) as (host, _):
        run = initializer(f"kit://{host}/a/b:v1")

    assert_ended(run, initializer, 12, "(404)")
