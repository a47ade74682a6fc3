"""No byte that came is lost: a body that stalls, breaks or is torn down is handed out as far as it came."""

import socket
import ssl
from collections.abc import Callable, Iterator

import pytest
from kitserve_initializer.errors import RegistryUnreachable
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.secret import Secret
from kitserve_initializer.wire import pace

from tests.image.listening import Listening

BODY = bytes(range(256)) * 4000
CHUNK = 32 * 1024
LARGE = len(BODY)


@pytest.fixture
def transport(monkeypatch: pytest.MonkeyPatch) -> Iterator[Transport]:
    monkeypatch.setattr(pace, "STALL_SECONDS", 0.3)
    made = Transport(ssl.create_default_context(), Proxies(Secret(""), Secret("")))
    yield made
    for pool in made._pools.values():
        pool.clear()


def plain(body: bytes, count: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:count]


def until_the_end(body: bytes, count: int) -> bytes:
    return b"HTTP/1.0 200 OK\r\n\r\n" + body[:count]


def chunked(body: bytes, count: int, chunk: int = CHUNK) -> bytes:
    """Chunks, of which the last one is cut so that `count` bytes of the body come."""
    made = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for begin in range(0, count, chunk):
        size = len(body[begin : begin + chunk])
        made += (
            b"%x\r\n" % size
            + body[begin : min(begin + chunk, count)]
            + (b"\r\n" if begin + size <= count else b"")
        )
    return made


def one_chunk(body: bytes, count: int) -> bytes:
    return chunked(body, count, LARGE)


def stall(server: Listening, _: socket.socket) -> None:
    server.ended.wait(60)


def end(_: Listening, __: socket.socket) -> None:
    """Nothing: the connection is closed."""


@pytest.mark.parametrize("framed", [plain, until_the_end, chunked, one_chunk])
@pytest.mark.parametrize("count", [1, 5, 1000, 200_000, 262_144, 300_001, LARGE - 1])
@pytest.mark.parametrize("then", [stall, end])
def test_what_came_is_handed_out(
    transport: Transport,
    framed: Callable[[bytes, int], bytes],
    count: int,
    then: Callable[[Listening, socket.socket], None],
) -> None:
    def deal(connection: socket.socket, _: int) -> None:
        server.request(connection)
        connection.sendall(framed(BODY, count))
        then(server, connection)

    came = bytearray()
    with Listening(deal) as server:
        chunks = transport.get(f"http://{server.host}/", {}).chunks()
        try:
            for chunk in chunks:
                came += chunk
            broke = False
        except RegistryUnreachable as error:
            broke = error.temporary

    assert came == BODY[:count]
    # What nothing but the connection's end ends is whole then, as far as HTTP tells.
    assert broke == (framed is not until_the_end or then is stall)


def test_a_body_that_is_too_slow_is_handed_out_as_far_as_it_came(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FLOOR_SECONDS", 0.1)
    sent = 0

    def deal(connection: socket.socket, _: int) -> None:
        nonlocal sent
        server.request(connection)
        connection.sendall(plain(BODY, 0))
        while not server.ended.wait(0.02):
            connection.sendall(BODY[sent : sent + 1])
            sent += 1

    came = bytearray()
    with Listening(deal) as server:
        chunks = transport.get(f"http://{server.host}/", {}).chunks()
        came += next(chunks)
        with pytest.raises(RegistryUnreachable, match="answers too slowly"):
            next(chunks)

    assert came
    assert came == BODY[: len(came)]
