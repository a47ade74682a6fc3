"""Heads that http.client refuses and registries send: what HTTP allows is read, what contradicts itself is named."""

import io
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kitserve_initializer.errors import RegistryError, RegistryFailure, RegistryUnreachable, UntrustedRegistry
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.log.amounts import size
from kitserve_initializer.secret import Secret
from kitserve_initializer.wire.head import FIELDS, read_head
from kitserve_initializer.wire.pace import HEAD_BYTES

from tests.image.initializer import Initializer
from tests.image.listening import Listening
from tests.image.packing import file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

OK = b"HTTP/1.1 200 OK\r\n"
TWELVE = b"Content-Length: 12\r\n"
END = b"\r\nhello, world"

# All of them bring "hello, world".
RIGHT = {
    "as it should be": OK + TWELVE + END,
    "a length twice": OK + TWELVE * 2 + END,
    "a length three times, spelled differently": OK
    + TWELVE
    + b"content-length:  012 \r\nCONTENT-LENGTH: 12\r\n"
    + END,
    "a length that is a list": OK + b"Content-Length: 12, 12\r\n" + END,
    "101 headers": OK + b"".join(b"X-%d: x\r\n" % number for number in range(101)) + TWELVE + END,
    "5000 headers of one name": OK + b"Set-Cookie: a=b\r\n" * 5000 + TWELVE + END,
    "a header of 70,000 bytes": OK + b"Content-Security-Policy: " + b"x" * 70_000 + b"\r\n" + TWELVE + END,
    "a header of 400,000 bytes": OK + b"X: " + b"x" * 400_000 + b"\r\n" + TWELVE + END,
    "a reason of 70,000 bytes": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n" + TWELVE + END,
    "no reason": b"HTTP/1.1 200\r\n" + TWELVE + END,
    "a reason that is UTF-8": "HTTP/1.1 200 grün\r\n".encode() + TWELVE + END,
    "a header that is UTF-8": OK + "X-Name: Ωåß\x85\r\n".encode() + TWELVE + END,
    "a header of any bytes": OK + b"X: \xff\xfe\x00\x0b\x0c\x1c\x85\r\n" + TWELVE + END,
    "a header that goes on in the next line": OK + b"X: a\r\n b\r\n\tc\r\n" + TWELVE + END,
    "a length that goes on in the next line": OK + b"Content-Length:\r\n 12\r\n" + END,
    "a line that is no header": OK + b"no header\r\n" + TWELVE + END,
    "a blank before the colon": OK + b"Content-Length : 12\r\n" + END,
    "blanks behind the value": OK + b"Content-Length: 12 \t \r\n" + END,
    "a header without a value": OK + b"X:\r\n" + TWELVE + END,
    "lines that end with LF alone": b"HTTP/1.1 200 OK\nContent-Length: 12\n\nhello, world",
    "an empty line before": b"\r\n" + OK + TWELVE + END,
    "103 before": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + TWELVE + END,
    "100 and 102 before": b"HTTP/1.1 100 \r\n\r\nHTTP/1.1 102 P\r\n\r\n" * 5 + OK + TWELVE + END,
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n" + TWELVE + END,
    "HTTP/1.0 without a length": b"HTTP/1.0 200 OK\r\n" + END,
    "no length": OK + b"Connection: close\r\n" + END,
    "identity": OK + b"Transfer-Encoding: identity\r\n" + TWELVE + END,
    "chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n",
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0c\r\nhello, world\r\n0\r\n\r\n",
    "chunked in capitals": OK + b"transfer-encoding:  Chunked \r\n\r\nC\r\nhello, world\r\n0\r\n\r\n",
    "chunks with extensions": OK
    + b'Transfer-Encoding: chunked\r\n\r\n5;a=b;c="d"\r\nhello\r\n7 ;x\r\n, world\r\n0;y\r\n\r\n',
    "chunks with trailers": OK
    + b"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\nc\r\nhello, world\r\n0\r\nX: y\r\nZ: w\r\n\r\n",
    "chunks and another length": OK
    + b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nhello, world\r\n0\r\n\r\n",
    "a size of many digits": OK
    + b"Transfer-Encoding: chunked\r\n\r\n0000000c\r\nhello, world\r\n0000\r\n\r\n",
    "chunks that end without an empty line": OK
    + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nhello, world\r\n0\r\n",
}
WRONG: dict[str, tuple[bytes, type[RegistryFailure], str]] = {
    "lengths that differ": (
        OK + TWELVE + b"Content-Length: 11\r\n" + END,
        RegistryError,
        "answers with several Content-Length headers that differ",
    ),
    "a list of lengths that differ": (
        OK + b"Content-Length: 12, 11\r\n" + END,
        RegistryError,
        "answers with several Content-Length headers that differ",
    ),
    "a length that is no number": (
        OK + b"Content-Length: twelve\r\n" + END,
        RegistryError,
        "answers with a Content-Length that is no number",
    ),
    "a length below zero": (
        OK + b"Content-Length: -12\r\n" + END,
        RegistryError,
        "answers with a Content-Length that is no number",
    ),
    "gzip in chunks": (
        OK + b"Transfer-Encoding: gzip, chunked\r\n" + END,
        RegistryError,
        "answers with a Transfer-Encoding other than chunked",
    ),
    "more bytes than a head may have": (
        OK + b"X: " + b"x" * HEAD_BYTES + b"\r\n" + END,
        RegistryError,
        f"answers with headers of more than {size(HEAD_BYTES)}",
    ),
    "more headers than a head may have": (
        OK + b"X: x\r\n" * (FIELDS + 1) + END,
        RegistryError,
        f"answers with more than {FIELDS} headers",
    ),
    "a head that ends early": (OK + b"Content-Length: 1", RegistryUnreachable, "failed: it ended early"),
    "a status line that ends early": (b"HTTP/1.1 20", RegistryUnreachable, "failed: the answer isn't HTTP"),
    "nothing": (b"", RegistryUnreachable, "failed: it ended early"),
    "an alert of TLS": (
        b"\x15\x03\x01\x00\x02\x02\x46",
        UntrustedRegistry,
        "speaks https, and was asked by http",
    ),
    "another protocol": (b"SSH-2.0-OpenSSH_9\r\n", RegistryUnreachable, "the answer isn't HTTP"),
}
BROKEN_CHUNKS = {
    "a size that is no number": b"5\r\nhello\r\nx\r\n",
    "a size below zero": b"5\r\nhello\r\n-1\r\n",
    "a size of too many digits": b"5\r\nhello\r\n" + b"f" * 16 + b"\r\n",
    "a size without an end": b"5\r\nhello\r\n" + b"0" * 100_000,
    "a chunk that is longer than its size": b"5\r\nhello, world\r\n0\r\n\r\n",
    "no last chunk": b"5\r\nhello\r\n",
    "half a chunk": b"c\r\nhello",
    "half a size": b"5\r\nhello\r\n1",
}


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(ssl.create_default_context(), Proxies(Secret(""), Secret("")))
    yield made
    for pool in made._pools.values():
        pool.clear()


@contextmanager
def answering(answer: bytes, *, stays: bool = False) -> Iterator[Listening]:
    """Give this answer to the first request of a connection and hang up, or to all of them."""

    def deal(connection: socket.socket, _: int) -> None:
        while server.request(connection):
            connection.sendall(answer)
            if not stays:
                return

    with Listening(deal) as server:
        yield server


def get(transport: Transport, server: Listening) -> Answer:
    return transport.get(f"http://{server.host}/", {})


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_an_answer_that_http_allows(transport: Transport, answer: bytes) -> None:
    with answering(answer) as server:
        assert get(transport, server).read() == b"hello, world"


@pytest.mark.parametrize(
    "name",
    ["a length twice", "101 headers", "103 before", "chunks with trailers", "chunks and another length"],
)
def test_a_connection_is_used_again(transport: Transport, name: str) -> None:
    with answering(RIGHT[name], stays=True) as server:
        for _ in range(5):
            assert get(transport, server).read() == b"hello, world"

    assert server.connections == 1


@pytest.mark.parametrize(("answer", "kind", "words"), WRONG.values(), ids=WRONG)
def test_an_answer_that_it_does_not(
    transport: Transport, answer: bytes, kind: type[RegistryFailure], words: str
) -> None:
    with answering(answer) as server, pytest.raises(kind, match=words) as raised:
        get(transport, server).read()

    assert raised.value.temporary == (kind is RegistryUnreachable)


@pytest.mark.parametrize("body", BROKEN_CHUNKS.values(), ids=BROKEN_CHUNKS)
def test_chunks_that_break_bring_what_came(transport: Transport, body: bytes) -> None:
    with answering(OK + b"Transfer-Encoding: chunked\r\n\r\n" + body) as server:
        chunks = get(transport, server).chunks()
        assert next(chunks) == b"hello"
        with pytest.raises(RegistryUnreachable) as raised:
            next(chunks)

    assert raised.value.temporary


@pytest.mark.parametrize(
    "name", ["Docker-Content-Digest", "Content-Type", "Content-Range", "Location", "X-Anything"]
)
def test_a_header_that_stands_there_twice(transport: Transport, name: str) -> None:
    same = f"{name}: some/thing\r\n".encode()
    with answering(OK + same * 2 + TWELVE + END) as server:
        assert get(transport, server).one(name) == "some/thing"
    with (
        answering(OK + same + same.upper() + TWELVE + END) as server,
        pytest.raises(RegistryError, match=f"answers with several {name} headers that differ"),
    ):
        get(transport, server).one(name)


def test_bytes_of_a_header_are_kept_as_they_are() -> None:
    head = read_head(io.BufferedReader(io.BytesIO(OK + "Location: /grün\r\n b\r\n\r\n".encode())))

    assert [(name, value.encode("latin-1").decode()) for name, value in head.fields] == [
        ("Location", "/grün b")
    ]


@pytest.mark.parametrize("headers", [{f"X-{number}": "x" for number in range(150)}, {"X": "x" * 70_000}])
def test_a_model_behind_a_registry_with_many_headers(
    registry: Registry, initializer: Initializer, headers: dict[str, str]
) -> None:
    made = pack(registry, layer(file("weights")))
    with Proxy(registry.url, lambda _: Fault(headers=headers)) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert run.exit == 0, run.stderr
