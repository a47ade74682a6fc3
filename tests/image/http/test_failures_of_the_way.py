"""Faults of connections, TLS and proxies: which pass, which are final, and what is said of them."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from kitserve_initializer.config.identity import Authorities, Identity
from kitserve_initializer.errors import (
    InvalidEnvironment,
    RegistryFailure,
    RegistryUnreachable,
    UntrustedRegistry,
)
from kitserve_initializer.http import tls
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.secret import Secret

from tests.image.certificates import Company, self_signed
from tests.image.listening import Deal, Listening, reset
from tests.parts.certificates import Pair

NAME = "models.example.com"
PLAIN = "put --plain-http into KIT_UNPACK_FLAGS (the value unpackFlags)"


def transport(company: Company, proxy: str = "") -> Transport:
    trusting = Identity((Authorities("a test", company.authority.pem, InvalidEnvironment),))
    return Transport(tls.context(verify=True, told=trusting), Proxies(Secret(proxy), Secret(proxy)))


def failure(made: Transport, url: str) -> RegistryFailure:
    with pytest.raises(RegistryFailure) as raised:
        made.get(url, {}).drain()
    return raised.value


def hello(connection: socket.socket) -> None:
    """Read a client's first message."""
    connection.recv(65536)


def hang_up(connection: socket.socket, _: int) -> None:
    hello(connection)


def tear_down(connection: socket.socket, _: int) -> None:
    hello(connection)
    reset(connection)


def saying(answer: bytes) -> Deal:
    def deal(connection: socket.socket, _: int) -> None:
        hello(connection)
        connection.sendall(answer)

    return deal


def alert(number: int) -> Deal:
    """A fatal alert of TLS (RFC 8446, 6)."""
    return saying(bytes([21, 3, 3, 0, 2, 2, number]))


PASSING: dict[str, tuple[Deal, str]] = {
    "an end": (hang_up, "it ended early"),
    "a tear-down": (tear_down, "Connection reset by peer"),
    "half a record": (saying(b"\x16\x03\x03\x00\x7a\x02"), "it ended early"),
    "a record of nothing known": (saying(b"\x99\x03\x03\x00\x02xx"), "broke: "),
    "a record of another version": (saying(b"\x16\x09\x09\x00\x02xx"), "broke: wrong version number"),
    "noise": (saying(b"\x00" * 50), "broke: "),
    "another protocol": (saying(b"220 mail ESMTP\r\n"), "broke: wrong version number"),
    "an alert: internal error": (alert(80), "broke: "),
    "an alert: user canceled": (alert(90), "broke: "),
    "an alert: unexpected message": (alert(10), "broke: "),
    "an alert: bad record mac": (alert(20), "broke: "),
    "an alert: decode error": (alert(50), "broke: "),
}
FINAL: dict[str, tuple[Deal, str]] = {
    "an alert: bad certificate": (alert(42), "give a client certificate"),
    "an alert: unknown CA": (alert(48), "give a client certificate"),
    "an alert: certificate required": (alert(116), "give a client certificate"),
    "an alert: access denied": (alert(49), "give a client certificate"),
}
DISAGREEING = {"handshake failure": 40, "protocol version": 70, "unrecognized name": 112}
HTTP = {
    "Go's": b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
    "nginx's": b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nno\n",
    "Python's": b'<!DOCTYPE HTML>\n<html lang="en">\n',
    "an old one's": b"<html><head><title>400 Bad Request</title></head></html>\r\n",
}


@pytest.mark.parametrize(("deal", "words"), PASSING.values(), ids=PASSING)
def test_a_handshake_that_breaks_may_be_tried_again(company: Company, deal: Deal, words: str) -> None:
    with Listening(deal) as server:
        error = failure(transport(company), f"https://{server.host}/")

    assert isinstance(error, RegistryUnreachable)
    assert error.temporary
    assert words in error.cause
    assert "--plain-http" not in error.hint


@pytest.mark.parametrize(("deal", "words"), FINAL.values(), ids=FINAL)
def test_a_server_that_refuses_us_is_not_asked_again(company: Company, deal: Deal, words: str) -> None:
    with Listening(deal) as server:
        error = failure(transport(company), f"https://{server.host}/")

    assert isinstance(error, UntrustedRegistry)
    assert not error.temporary
    assert words in f"{error.cause}; {error.hint}"
    assert "--plain-http" not in error.hint


@pytest.mark.parametrize("said", DISAGREEING)
def test_a_server_that_agrees_to_nothing_may_have_no_backend_yet(company: Company, said: str) -> None:
    with Listening(alert(DISAGREEING[said])) as server:
        error = failure(transport(company), f"https://{server.host}/")

    assert isinstance(error, UntrustedRegistry)
    assert error.temporary
    assert said in error.cause
    assert "versions and ciphers" in error.hint


def test_plain_http_is_not_suggested_for_a_proxy_that_speaks_it(company: Company) -> None:
    with Listening(saying(HTTP["nginx's"])) as server:
        error = failure(transport(company, f"https://{server.host}"), f"https://{NAME}/")

    assert isinstance(error, UntrustedRegistry)
    assert "the proxy on the way" in error.cause
    assert error.hint == "write its URL with http://"


@pytest.mark.parametrize("answer", HTTP.values(), ids=HTTP)
def test_plain_http_is_suggested_to_whom_it_helps(company: Company, answer: bytes) -> None:
    with Listening(saying(answer)) as server:
        error = failure(transport(company), f"https://{server.host}/")

    assert isinstance(error, UntrustedRegistry)
    assert not error.temporary
    assert error.hint == PLAIN


@pytest.mark.parametrize(
    ("name", "hint"),
    [("", "make its CA trusted"), ("elsewhere.example.com", "use a name that the certificate is for")],
    ids=["nobody's", "another name's"],
)
def test_a_certificate_is_not_another_one_a_second_later(
    company: Company, tmp_path: Path, name: str, hint: str
) -> None:
    made = Pair.issue(name, company.authority).context(tmp_path) if name else self_signed(tmp_path)

    def deal(connection: socket.socket, _: int) -> None:
        made.wrap_socket(connection, server_side=True).recv(1)

    with Listening(deal) as server:
        error = failure(transport(company), f"https://{server.host}/")

    assert isinstance(error, UntrustedRegistry)
    assert not error.temporary
    assert hint in error.hint
    assert "--plain-http" not in error.hint


def speaking_tls(company: Company, then: Callable[[ssl.SSLSocket, socket.socket], None]) -> Deal:
    """A registry with TLS that sends half a body, and then does something to the connection (TLS and beneath it)."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*company.pair("localhost"))

    def deal(connection: socket.socket, _: int) -> None:
        beneath = connection.dup()
        with beneath, server.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 40_000)
            then(secure, beneath)

    return deal


def broken_record(_: ssl.SSLSocket, beneath: socket.socket) -> None:
    beneath.sendall(b"\x17\x03\x03\x00\x40" + b"x" * 64)


def noise(_: ssl.SSLSocket, beneath: socket.socket) -> None:
    beneath.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")


def end(_: ssl.SSLSocket, beneath: socket.socket) -> None:
    beneath.shutdown(socket.SHUT_WR)


def goodbye(secure: ssl.SSLSocket, _: socket.socket) -> None:
    with suppress(OSError):
        secure.unwrap()


@pytest.mark.parametrize("then", [broken_record, noise, end, goodbye])
def test_tls_that_breaks_in_a_body_leaves_what_came(
    company: Company, then: Callable[[ssl.SSLSocket, socket.socket], None]
) -> None:
    with Listening(speaking_tls(company, then)) as server:
        chunks = transport(company).get(f"https://{server.host}/", {}).chunks()
        came = len(next(chunks))
        with pytest.raises(RegistryUnreachable) as raised:
            next(chunks)

    assert came == 40_000
    assert raised.value.temporary
    assert "--plain-http" not in raised.value.hint


def tunnel_to_http(connection: socket.socket, _: int) -> None:
    for answer in (b"HTTP/1.1 200 OK\r\n\r\n", HTTP["Go's"]):
        hello(connection)
        connection.sendall(answer)


CONNECTS: dict[str, tuple[Deal, str, bool]] = {
    **{
        str(status): (saying(b"HTTP/1.1 %d Said\r\n\r\n" % status), f"({status})", passing)
        for status, passing in {
            400: False,
            401: False,
            403: False,
            404: False,
            405: False,
            407: False,
            408: True,
            429: True,
            500: True,
            502: True,
            503: True,
            504: True,
        }.items()
    },
    "nothing": (hang_up, "it ended early", True),
    "a tear-down": (tear_down, "Connection reset by peer", True),
    "another protocol": (saying(b"220 mail ESMTP\r\n"), "the answer isn't HTTP", True),
    "100 and then 503": (saying(b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 503 No\r\n\r\n"), "(503)", True),
    # Whether its handshake is read before the end decides what the end is called.
    "200, and then an end": (saying(b"HTTP/1.1 200 OK\r\n\r\n"), NAME, True),
    "200, and then HTTP": (tunnel_to_http, "speaks http", False),
}


@pytest.mark.parametrize(("deal", "words", "passing"), CONNECTS.values(), ids=CONNECTS)
def test_a_proxys_answer_to_connect(company: Company, deal: Deal, words: str, passing: bool) -> None:
    with Listening(deal) as proxy:
        error = failure(transport(company, f"http://{proxy.host}"), f"https://{NAME}/")

    assert error.temporary == passing, error.cause
    assert words in error.cause
    assert NAME in error.cause


def test_a_proxy_that_is_not_there_may_come_back(company: Company) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        errors = [
            failure(transport(company, f"http://127.0.0.1:{port}"), f"{scheme}://{NAME}/")
            for scheme in ("http", "https")
        ]

    for error in errors:
        assert error.temporary
        assert f"the proxy on the way to {NAME} failed: Connection refused" in error.cause
        assert "check HTTPS_PROXY" in error.hint


@pytest.mark.parametrize("head", ["", "Content-Length: 0\r\n", "X: y\r\n" * 300, "HTTP/1.1 103 H\r\n\r\n"])
def test_a_tunnel_is_a_tunnel_whatever_its_head(company: Company, tmp_path: Path, head: str) -> None:
    """Many headers, a length, and an interim answer before."""
    server = Pair.issue(NAME, company.authority).context(tmp_path)
    interim, headers = (head, "") if head.startswith("HTTP") else ("", head)

    def deal(connection: socket.socket, _: int) -> None:
        proxy.request(connection)
        connection.sendall(f"{interim}HTTP/1.1 200 Connected\r\n{headers}\r\n".encode())
        with server.wrap_socket(connection, server_side=True) as secure:
            proxy.request(secure)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            secure.recv(1)

    with Listening(deal) as proxy:
        body = transport(company, f"http://user:word@{proxy.host}").get(f"https://{NAME}/", {}).read()

    assert body == b"ok"
    asked = proxy.requests[0].decode().lower()
    assert asked.startswith(f"connect {NAME}:443 http/1.1\r\nhost: {NAME}:443\r\n")
    assert asked.count("host:") == 1
    assert "\r\nproxy-authorization: basic dxnlcjp3b3jk\r\n" in asked


def test_a_tunnel_to_an_address_of_ipv6_has_brackets(company: Company) -> None:
    def deal(connection: socket.socket, _: int) -> None:
        proxy.request(connection)
        connection.sendall(b"HTTP/1.1 403 No\r\n\r\n")

    with Listening(deal) as proxy:
        failure(transport(company, f"http://{proxy.host}"), "https://[2001:db8::1]:4/")

    assert proxy.requests[0].startswith(b"CONNECT [2001:db8::1]:4 HTTP/1.1\r\nHost: [2001:db8::1]:4\r\n")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What looking a name up ends with, each time anew."""
    errors: list[int] = []
    real = socket.getaddrinfo

    def fake(host: str, *arguments: Any, **keywords: Any) -> list[Any]:  # noqa: ANN401
        if host == NAME and errors:
            raise socket.gaierror(errors[0], "said by a name server")
        return real("127.0.0.1" if host == NAME else host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return errors


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (socket.EAI_AGAIN, True),
        (socket.EAI_FAIL, True),
        (socket.EAI_SYSTEM, True),
        (socket.EAI_MEMORY, True),
        (socket.EAI_NONAME, False),
        (socket.EAI_NODATA, False),
    ],
)
def test_a_name_server_that_knows_nothing_now(
    company: Company, names: list[int], error: int, passing: bool
) -> None:
    names.append(error)

    assert failure(transport(company), f"http://{NAME}/").temporary == passing


def test_a_name_that_was_there_in_this_run_may_come_back(company: Company, names: list[int]) -> None:
    """A service whose pod is replaced has none for a while."""
    with Listening(saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")) as server:
        made = transport(company)
        made.get(f"http://{NAME}:{server.port}/", {}).drain()
        names.append(socket.EAI_NONAME)

        assert failure(made, f"http://{NAME}:{server.port}/").temporary
