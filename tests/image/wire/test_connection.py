"""Names that turn out to be this machine, or another one each time that they are looked up."""

import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from kitserve_initializer.errors import RegistryError
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.secret import Secret
from kitserve_initializer.wire.address import Scope

from tests.image.scripted import Reply, Scripted

NAME = "tokens.example.com"
BOTH = frozenset(Scope)


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(ssl.create_default_context(), Proxies(Secret(""), Secret("")))
    yield made
    for pool in made._pools.values():
        pool.clear()


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let NAME have these addresses, the last of them for good; returns the names that were looked up."""
    real, left, looked = socket.getaddrinfo, list(answers), []

    def fake(host: str, port: int, *arguments: Any, **keywords: Any) -> list[Any]:  # noqa: ANN401
        if host != NAME:
            return real(host, port, *arguments, **keywords)
        looked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [each for address in found for each in real(address, port, *arguments, **keywords)]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return looked


@pytest.mark.parametrize(
    ("addresses", "scope"),
    [
        (["127.0.0.1"], "loopback"),
        (["::1"], "loopback"),
        (["0.0.0.0"], "loopback"),
        (["192.0.2.1", "127.0.0.1"], "loopback"),
        (["::ffff:127.0.0.1"], "loopback"),
        (["169.254.169.254"], "link-local"),
        (["64:ff9b::a9fe:a9fe"], "link-local"),
    ],
)
def test_a_name_that_resolves_there_is_refused(
    transport: Transport, monkeypatch: pytest.MonkeyPatch, addresses: list[str], scope: str
) -> None:
    resolve(monkeypatch, addresses)
    with (
        Scripted() as server,
        pytest.raises(RegistryError, match=f"{NAME}:{server.port} has a {scope} address"),
    ):
        transport.get(f"http://{NAME}:{server.port}/token", {}, barred=BOTH)

    assert not server.asked


def test_what_was_looked_at_is_what_is_connected_to(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that gives another address the second time gets nowhere: it isn't asked again."""
    looked = resolve(monkeypatch, ["127.0.0.1"], ["127.0.0.99"])
    with Scripted(lambda _: Reply(200)) as server:
        transport.get(f"http://{NAME}:{server.port}/token", {}, barred=frozenset({Scope.LINK_LOCAL})).drain()

    assert len(server.asked) == 1
    assert looked == [NAME]
    assert server.asked[0].headers["Host"] == f"{NAME}:{server.port}"


def test_the_next_address_is_tried(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["127.0.0.99", "127.0.0.1"])
    with Scripted(lambda _: Reply(200)) as server:
        transport.get(f"http://{NAME}:{server.port}/token", {}, barred=frozenset({Scope.LINK_LOCAL})).drain()

    assert len(server.asked) == 1


def test_a_registry_that_is_there_may_lead_there(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the address that it was reached at, whatever its name."""
    resolve(monkeypatch, ["127.0.0.1"])
    with Scripted(lambda _: Reply(401)) as server:
        here = transport.get(f"http://{NAME}:{server.port}/v2/", {})
        here.drain()

    assert here.elsewhere == {Scope.LINK_LOCAL}
