"""What a run makes of TLS, proxies, silence and outages on the way to a registry: rows of docs/reference/faults.md."""

import itertools
import socket
import threading

import pytest

from tests.image.answering import Answering
from tests.image.certificates import Company, self_signed
from tests.image.credentials.logins import iris, login
from tests.image.faults.fault_table import row, rows
from tests.image.faults.hurried import HURRIED
from tests.image.initializer import Initializer, Run, listing
from tests.image.listening import Deal, Listening, passing_on, reset
from tests.image.packing import Packed, file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

UNREACHABLE, REGISTRY_ERROR, UNTRUSTED = 13, 14, 15

WEIGHTS = bytes(range(256)) * 8_000
CUT = 1_000_000


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, layer(file("weights", WEIGHTS)))


def hurried(
    initializer: Initializer, host: str, made: Packed, flags: str = "--plain-http", **variables: str
) -> Run:
    return initializer.run_program(HURRIED, f"kit://{host}/{made.repository}:v1", flags, **variables)


def assert_unpacked(initializer: Initializer, run: Run, code: int) -> None:
    assert run.exit == code == 0, run.stderr
    assert (initializer.destination / "weights").read_bytes() == WEIGHTS


def assert_nothing_left(initializer: Initializer, run: Run, code: int, words: str) -> None:
    assert run.exit == code, run.stderr
    assert words in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


def hang_up(connection: socket.socket, _: int) -> None:
    connection.recv(65536)


def tear_down(connection: socket.socket, _: int) -> None:
    connection.recv(65536)
    reset(connection)


def broken_record(connection: socket.socket, _: int) -> None:
    connection.recv(65536)
    connection.sendall(b"\x17\x03\x03\x00\x40" + b"x" * 64)


@row("TLS handshake ends, is torn down and gets a broken record, once each", 0)
def test_a_handshake_that_breaks(
    company: Company, tls_registry: Registry, initializer: Initializer, code: int
) -> None:
    port = int(tls_registry.host.rpartition(":")[2])
    with Listening(passing_on(port, [hang_up, tear_down, broken_record])) as relay:
        run = initializer(iris(relay.host), flags=f"--tls-cert {company.file}", **login(tls_registry))

    assert run.exit == code, run.stderr
    assert run.stderr.count("trying again") == 1


@row("TLS handshake ends, always", UNREACHABLE)
def test_a_handshake_that_always_breaks(company: Company, initializer: Initializer, code: int) -> None:
    with Listening(hang_up) as server:
        run = initializer(f"kit://{server.host}/a/b:v1", flags=f"--tls-cert {company.file}")

    assert_nothing_left(initializer, run, code, f"TLS with {server.host} broke: it ended early")
    assert server.connections == 5
    assert "--plain-http" not in run.everything


@row("certificate that isn't trusted", UNTRUSTED)
def test_a_certificate_that_is_not_trusted(initializer: Initializer, code: int) -> None:
    context = self_signed(initializer.folder.parent)

    def deal(connection: socket.socket, _: int) -> None:
        context.wrap_socket(connection, server_side=True).recv(1)

    with Listening(deal) as server:
        run = initializer(f"kit://{server.host}/a/b:v1", flags="")

    assert run.exit == code, run.stderr
    assert "make its CA trusted" in run.termination
    assert "--plain-http" not in run.everything
    assert server.connections == 1


@row("https to a registry that speaks http", UNTRUSTED)
def test_a_registry_that_speaks_http(registry: Registry, initializer: Initializer, code: int) -> None:
    run = initializer(f"kit://{registry.host}/a/b:v1", flags="")

    assert_nothing_left(initializer, run, code, "put --plain-http into KIT_UNPACK_FLAGS")


@row("http to a registry that speaks https", UNTRUSTED)
def test_a_registry_that_speaks_https(initializer: Initializer, code: int) -> None:
    with Answering(b"\x15\x03\x01\x00\x02\x02\x46") as host:
        run = initializer(f"kit://{host}/a/b:v1")

    assert_nothing_left(initializer, run, code, "take --plain-http out of KIT_UNPACK_FLAGS")


def refusing(status: int) -> Deal:
    def deal(connection: socket.socket, _: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 %d No\r\n\r\n" % status)

    return deal


@row("proxy answers CONNECT with 502, 503, 504 and an end, once each", 0)
def test_a_proxy_in_trouble(company: Company, initializer: Initializer, code: int) -> None:
    """To a name that only the proxy knows."""

    def connect(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        passing_on(port)(connection, number)

    first = [*map(refusing, (502, 503, 504)), hang_up]
    with (
        Registry(tls=company.tls()) as registry,
        Listening(lambda each, number: (first[number] if number < 4 else connect)(each, number)) as proxy,
    ):
        port = int(registry.host.rpartition(":")[2])
        made = pack(registry, layer(file("weights", WEIGHTS)))
        flags = f"--tls-verify=false --proxy http://{proxy.host}"
        run = hurried(initializer, "models.example.com", made, flags)

    assert_unpacked(initializer, run, code)
    assert proxy.connections > 4


@rows({"proxy answers CONNECT with 503, always": UNREACHABLE, "proxy asks for a login (407)": UNREACHABLE})
def test_a_proxy_that_refuses(initializer: Initializer, fault: str, code: int) -> None:
    status, tries = (503, 5) if "503" in fault else (407, 1)
    with Listening(refusing(status)) as proxy:
        run = initializer("kit://models.example.com/a/b:v1", flags=f"--proxy http://{proxy.host}")

    assert_nothing_left(initializer, run, code, "the proxy on the way to models.example.com")
    assert f"({status})" in run.termination
    assert proxy.connections == tries


@row("registry is away for eight tries, in a layer", 0)
def test_a_registry_that_is_restarted(
    registry: Registry, initializer: Initializer, made: Packed, code: int
) -> None:
    left = iter([Fault(cut=CUT), *[Fault(status=503)] * 4, *[Fault(cut=0, reset=True)] * 4])
    with Proxy(registry.url, lambda path: next(left, None) if made.layers[0] in path else None) as proxy:
        run = hurried(initializer, proxy.host, made)

    assert_unpacked(initializer, run, code)
    asked = [seen.headers.get("Range", "") for seen in proxy.seen if made.layers[0] in seen.path]
    assert asked == ["", *[f"bytes={CUT}-"] * 9]
    assert run.stderr.count("trying again") == 1, run.stderr


@row("first byte of a layer comes late, as from a pull-through cache", 0)
def test_a_cache_that_fetches_first(
    registry: Registry, initializer: Initializer, made: Packed, code: int
) -> None:
    """Longer than a body may be silent, and told meanwhile; on one connection."""
    late = threading.Event()

    def wait(path: str) -> Fault | None:
        if made.layers[0] in path:
            late.wait(1.5)
        return None

    with Proxy(registry.url, wait) as proxy:
        run = hurried(initializer, proxy.host, made)

    assert_unpacked(initializer, run, code)
    assert len([seen for seen in proxy.seen if made.layers[0] in seen.path]) == 1
    assert f"{proxy.host} hasn't answered yet" in run.stderr
    assert "trying again" not in run.stderr


@row("no first byte within KITSERVE_FIRST_BYTE_SECONDS, always", UNREACHABLE)
def test_a_registry_that_never_answers(initializer: Initializer, code: int) -> None:
    def silent(connection: socket.socket, _: int) -> None:
        server.request(connection)
        connection.recv(1)

    with Listening(silent) as server:
        run = initializer.run_program(
            HURRIED, f"kit://{server.host}/a/b:v1", "--plain-http", KITSERVE_FIRST_BYTE_SECONDS="1"
        )

    assert_nothing_left(initializer, run, code, f"{server.host} doesn't answer in time")
    assert len(server.requests) == 5


@row("layer in chunks stalls within a chunk, once", 0)
def test_chunks_that_stall_lose_nothing(initializer: Initializer, code: int) -> None:
    """docker/hub-feedback#1225, moby/moby#22598: what came of a chunk isn't asked for again."""
    with Registry() as registry:
        made = pack(registry, layer(file("weights", WEIGHTS)))
        with Proxy(registry.url) as proxy, Listening(passing_on(0)) as relay:
            relay._deal = _stalling(relay, proxy, made)
            run = hurried(initializer, relay.host, made)

    assert_unpacked(initializer, run, code)
    asked = [seen.headers.get("Range", "") for seen in proxy.seen if made.layers[0] in seen.path]
    assert asked == [f"bytes={CUT}-"]


def _stalling(relay: Listening, proxy: Proxy, made: Packed) -> Deal:
    """Answer the first request for the layer with a part of one large chunk, and pass all others on."""
    port = int(proxy.host.rpartition(":")[2])
    blob = layer(file("weights", WEIGHTS))
    once = itertools.count()

    def deal(connection: socket.socket, number: int) -> None:
        request = connection.recv(65536, socket.MSG_PEEK)
        if made.layers[0].encode() not in request or next(once):
            passing_on(port)(connection, number)
            return
        relay.request(connection)
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(blob)
        connection.sendall(head + blob[:CUT])
        connection.recv(1)

    return deal


HEADS: dict[str, tuple[bytes, int, str]] = {
    "header twice with other values": (
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        REGISTRY_ERROR,
        "answers with several Content-Length headers that differ",
    ),
    "headers of more than 512 KiB": (
        b"X: " + b"x" * 530_000 + b"\r\n\r\n",
        REGISTRY_ERROR,
        "answers with headers of more than 512.0 KiB",
    ),
}


@rows({name: code for name, (_, code, _) in HEADS.items()})
def test_a_head_that_can_t_be_used(initializer: Initializer, fault: str, code: int) -> None:
    with Answering(b"HTTP/1.1 200 OK\r\n" + HEADS[fault][0]) as host:
        run = initializer(f"kit://{host}/a/b:v1")

    assert_nothing_left(initializer, run, code, HEADS[fault][2])


@row("more than 100 headers, one of 70,000 bytes and one twice", 0)
def test_a_head_that_is_long(registry: Registry, initializer: Initializer, made: Packed, code: int) -> None:
    """python/cpython#131724; the digest stands there in another spelling of its name too."""
    headers = {f"X-{number}": "x" for number in range(150)} | {"X": "x" * 70_000}
    twice = {"docker-content-digest": made.digest}

    def fault(path: str) -> Fault:
        return Fault(headers=headers | (twice if "/manifests/" in path else {}))

    with Proxy(registry.url, fault) as proxy:
        run = hurried(initializer, proxy.host, made)

    assert_unpacked(initializer, run, code)
