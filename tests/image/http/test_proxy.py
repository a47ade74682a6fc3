"""Proxies: what their URLs may be, and what they get of us."""

import base64
import re
import socket
import ssl
from collections.abc import Iterator

import pytest
from kitserve_initializer.errors import InvalidEnvironment, RegistryUnreachable, UntrustedRegistry
from kitserve_initializer.http import proxy as proxies
from kitserve_initializer.http.proxy import Proxy

from tests.image.certificates import Company
from tests.image.credentials.logins import iris, login
from tests.image.initializer import Initializer, listing
from tests.image.scripted import Reply, Scripted
from tests.image.transports import transport
from tests.image.tunnel import Tunnel, connect, socks5
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry

ENVIRONMENT, NOT_FOUND, UNREACHABLE = 3, 12, 13
ELSEWHERE = "registry.example.com"

URLS = {
    "proxy": Proxy("http", "proxy", 80),
    "proxy:3128": Proxy("http", "proxy", 3128),
    "10.1.2.3:3128": Proxy("http", "10.1.2.3", 3128),
    "HTTP://proxy.example.com:": Proxy("http", "proxy.example.com", 80),
    "http://proxy:3128/path?query#fragment": Proxy("http", "proxy", 3128),
    " http://proxy:3128\n": Proxy("http", "proxy", 3128),
    "http://pro_xy.:65535": Proxy("http", "pro_xy.", 65535),
    "http://gr\xfcn.example.com:1": Proxy("http", "xn--grn-ioa.example.com", 1),
    "https://proxy": Proxy("https", "proxy", 443),
    "socks5://proxy": Proxy("socks5", "proxy", 1080),
    "socks5h://proxy:1081": Proxy("socks5h", "proxy", 1081),
    "http://[2001:db8::1]:3128": Proxy("http", "2001:db8::1", 3128),
    "[::1]": Proxy("http", "::1", 80),
    "http://[fe80::1%25eth0]:3128": Proxy("http", "fe80::1%eth0", 3128),
    "http://[fe80::1%eth0]": Proxy("http", "fe80::1%eth0", 80),
}

LOGINS = {
    "user:word": b"user:word",
    "user": b"user:",
    "user:": b"user:",
    ":word": b":word",
    "": b":",
    "j%C3%BCrgen:gr%c3%bcn": "j\xfcrgen:gr\xfcn".encode(),
    "j\xfcrgen:gr\xfcn": "j\xfcrgen:gr\xfcn".encode(),
    "gr%FCn:w": b"gr\xfcn:w",
    "corp%5Cuser:p%40ss%3Aw%2Frd%23": b"corp\\user:p@ss:w/rd#",
    "user:p@ss:word": b"user:p@ss:word",
    "user:100%": b"user:100%",
    "user:a+b": b"user:a+b",
    "corp\\user:a b": b"corp\\user:a b",
    "%E5%88%A9:%E7%94%A8": "\u5229:\u7528".encode(),
}

WRONG = [
    "ftp://proxy",
    "socks4://proxy",
    "socks4://proxy:1080",
    "ftp://proxy:21",
    "socks://proxy",
    "http:proxy:3128",
    "http:/proxy:3128",
    "http:///proxy",
    "//proxy:3128",
    "://proxy",
    "http://",
    "http://:3128",
    ":3128",
    "http://proxy:0",
    "http://proxy:65536",
    "http://proxy:port",
    "http://proxy:3128:1",
    "::1",
    "http://::1:3128",
    "http://[::1",
    "http://[10.1.2.3]",
    "http://pro xy",
    "http://%70roxy",
    "http://user:planted/x@proxy",
    "http://user:planted#x@proxy",
    "http://a:1,b:2",
    f"socks5://user:{'x' * 256}@proxy",
]


@pytest.mark.parametrize("text", URLS)
def test_a_proxy_s_url(text: str) -> None:
    assert proxies.parse(text, "HTTP_PROXY") == URLS[text]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_proxy_is_told_without_its_password(text: str) -> None:
    with pytest.raises(InvalidEnvironment, match=r"^HTTP_PROXY ") as caught:
        proxies.parse(text, "HTTP_PROXY")

    assert "planted" not in f"{caught.value.cause} {caught.value.hint}"


def test_no_password_shows_in_a_representation() -> None:
    assert "planted" not in repr(proxies.parse("http://user:planted@proxy", "x"))


@pytest.mark.parametrize("way", ["of http", "CONNECT"])
@pytest.mark.parametrize("pair", LOGINS)
def test_user_and_password_are_sent_as_their_bytes(company: Company, pair: str, way: str) -> None:
    with Scripted(lambda _: Reply(200)) as server, Tunnel(connect) as tunnel:
        if way == "of http":
            transport(f"http://{pair}@{server.host}", company).get(f"http://{ELSEWHERE}/", {}).drain()
            sent = server.asked[0].headers["Proxy-Authorization"]
        else:
            made = transport(f"http://{pair}@{tunnel.host}", company)
            # What answers there has no TLS.
            with pytest.raises((UntrustedRegistry, RegistryUnreachable)):
                made.get(f"https://{server.host}/", {})
            sent = re.findall(rb"Proxy-Authorization: (.*)\r\n", tunnel.heads[0], re.IGNORECASE)[0].decode()

    assert sent == f"Basic {base64.b64encode(LOGINS[pair]).decode()}"


@pytest.mark.parametrize("pair", LOGINS)
def test_a_socks_proxy_gets_them_too(company: Company, pair: str) -> None:
    user, _, password = LOGINS[pair].partition(b":")
    with Scripted(lambda _: Reply(200)) as server, Tunnel(socks5, login=(user, password)) as tunnel:
        transport(f"socks5://{pair}@{tunnel.host}", company).get(f"{server.url}/", {}).drain()

    assert tunnel.logins == [(user, password)]
    assert not [each for each in server.asked if "Proxy-Authorization" in each.headers]


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("host", [ELSEWHERE, "192.0.2.1", "[2001:db8::1]"])
def test_a_socks_proxy_looks_names_up(company: Company, scheme: str, host: str) -> None:
    with Scripted(lambda _: Reply(200)) as server, Tunnel(socks5) as tunnel:
        transport(f"{scheme}://{tunnel.host}", company).get(f"http://{host}:{server.port}/", {}).drain()

    assert tunnel.asked == [f"{host.strip('[]')}:{server.port}"]
    assert server.asked[0].headers["Host"] == f"{host}:{server.port}"


@pytest.mark.parametrize(
    ("answer", "said", "temporary"),
    [
        (1, "answers: it failed", True),
        (2, "answers: its rules don't allow it", False),
        (4, "answers: the host can't be reached", True),
        (5, "answers: the connection was refused", True),
        (9, "answers: it fails with code 9", True),
    ],
)
def test_what_a_socks_proxy_answers_is_told(
    company: Company, answer: int, said: str, temporary: bool
) -> None:
    with (
        Tunnel(socks5, answer=answer) as tunnel,
        pytest.raises(
            RegistryUnreachable, match=f"^the SOCKS proxy on the way to {ELSEWHERE} {said}"
        ) as caught,
    ):
        transport(f"socks5://{tunnel.host}", company).get(f"http://{ELSEWHERE}/", {})

    assert caught.value.temporary is temporary


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "asks for a user and password"), ("user:planted@", "refuses the user and password")],
)
def test_a_login_that_a_socks_proxy_refuses_is_final(company: Company, given: str, said: str) -> None:
    with Tunnel(socks5, login=(b"user", b"other")) as tunnel:
        made = transport(f"socks5://{given}{tunnel.host}", company)
        with pytest.raises(RegistryUnreachable, match=said) as caught:
            made.get(f"http://{ELSEWHERE}/", {})

    assert not caught.value.temporary
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("bytes_sent", "said"),
    [
        (b"", "can't be reached: it ended early"),
        (b"\x05", "can't be reached: it ended early"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "doesn't speak SOCKS5"),
        (b"\x05\x00\x05\x00\x00", "can't be reached: it ended early"),
        (b"\x04\x5b", "doesn't speak SOCKS5"),
        (b"\x05\x02", "asks for a user and password"),
    ],
)
def test_what_is_no_socks_proxy_is_told(company: Company, bytes_sent: bytes, said: str) -> None:
    def nonsense(_: Tunnel, client: socket.socket) -> None:
        client.sendall(bytes_sent)
        client.recv(16)

    with Tunnel(nonsense) as tunnel, pytest.raises(RegistryUnreachable, match=said):
        transport(f"socks5://{tunnel.host}", company).get(f"http://{ELSEWHERE}/", {})


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_modelkit_comes_through_a_tunnel(
    company: Company, tls_registry: Registry, initializer: Initializer, scheme: str, address: str
) -> None:
    with Tunnel(connect if scheme == "http" else socks5, address=address) as tunnel:
        flags = f"--tls-cert {company.file} --proxy {scheme}://{tunnel.host}"
        run = initializer(iris(tls_registry.host), flags=flags, **login(tls_registry))

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]
    assert tls_registry.host in tunnel.asked


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_with_tls_sees_no_client_certificate(
    company: Company, initializer: Initializer, scheme: str
) -> None:
    """It is for the registry, which is behind the proxy."""
    asking = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    asking.load_cert_chain(*company.pair("localhost"))
    asking.load_verify_locations(company.file)
    asking.verify_mode = ssl.CERT_OPTIONAL
    certificate, key = company.pair("client")
    flags = f"--tls-cert {company.file} --cert {certificate} --key {key}"
    with Scripted(tls=asking) as proxy:
        initializer(
            f"kit://{ELSEWHERE}/a:v1",
            flags=f"{flags} --plain-http" if scheme == "http" else flags,
            HTTP_PROXY=proxy.url,
            HTTPS_PROXY=proxy.url,
        )

    assert proxy.asked
    assert not [each for each in proxy.asked if each.certificate]


def test_a_socks_proxy_that_isn_t_there_is_told(company: Company) -> None:
    said = f"^the SOCKS proxy on the way to {ELSEWHERE} can't be reached: Connection refused$"
    with pytest.raises(RegistryUnreachable, match=said) as caught:
        transport("socks5://127.0.0.1:9", company).get(f"http://{ELSEWHERE}/", {})

    assert caught.value.temporary


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as made:
        yield made


VARIABLES = {
    "upper case": ({"HTTP_PROXY": "{proxy}"}, True),
    "lower case": ({"http_proxy": "{proxy}"}, True),
    "upper before lower case": ({"HTTP_PROXY": "{proxy}", "http_proxy": "http://127.0.0.1:9"}, True),
    "empty is absent": ({"HTTP_PROXY": "", "http_proxy": "{proxy}"}, True),
    "without a scheme": ({"http_proxy": "{host}"}, True),
    "no_proxy": ({"http_proxy": "{proxy}", "no_proxy": "example.com"}, False),
    "NO_PROXY before no_proxy": (
        {"HTTP_PROXY": "{proxy}", "NO_PROXY": "a.example.com", "no_proxy": "*"},
        True,
    ),
    "of https": ({"https_proxy": "{proxy}"}, False),
    "a CGI's": ({"HTTP_PROXY": "{proxy}", "REQUEST_METHOD": "GET"}, True),
    "ALL_PROXY": ({"ALL_PROXY": "{proxy}", "all_proxy": "{proxy}"}, False),
}


@pytest.mark.parametrize("case", VARIABLES)
def test_variables_of_either_case(initializer: Initializer, server: Scripted, case: str) -> None:
    given, proxied = VARIABLES[case]
    variables = {name: text.format(proxy=server.url, host=server.host) for name, text in given.items()}

    # Nobody knows the name but a proxy.
    run = initializer("kit://registry.example.com:5000/a:v1", **variables)

    assert run.exit == (NOT_FOUND if proxied else UNREACHABLE), run.stderr
    assert {each.path for each in server.asked} == (
        {"http://registry.example.com:5000/v2/a/manifests/v1"} if proxied else set()
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("by", ["variable", "flag"])
def test_this_machine_is_proxied_by_the_flag_alone(
    initializer: Initializer, server: Scripted, host: str, by: str
) -> None:
    with Scripted() as proxy:
        given = (
            {"HTTP_PROXY": proxy.url} if by == "variable" else {"flags": f"--plain-http --proxy {proxy.url}"}
        )
        run = initializer(f"kit://{host}:{server.port}/a:v1", **given)

    assert run.exit == NOT_FOUND, run.stderr
    assert (len(proxy.asked), len(server.asked)) == ((0, 1) if by == "variable" else (1, 0))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"https_proxy": "http:proxy:3128"}, "HTTPS_PROXY"),
        ({"flags": "--proxy socks4://proxy"}, "--proxy"),
    ],
    ids=["variable", "flag"],
)
def test_a_proxy_that_is_none_ends_the_run(
    initializer: Initializer, given: dict[str, str], name: str
) -> None:
    run = initializer("kit://registry.example.com/a:v1", **given)

    assert run.exit == ENVIRONMENT
    assert f"{name} isn't the URL of an http, https or socks5 proxy" in run.last_line
    assert listing(initializer.folder).keys() == {"termination-log"}
