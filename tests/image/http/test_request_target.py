"""What goes out on the wire for a URL: its path and query byte for byte, by whatever way."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.image.certificates import Company
from tests.image.scripted import Asked, Reply, Scripted, redirect
from tests.image.transports import transport
from tests.image.tunnel import Tunnel, connect, socks5

SAME = ""
TARGETS = {
    "case of an encoding": ("/a%2fb%2Fc?d=%3a%3A", SAME),
    "encoded without need": ("/%7Eme/%41?%2E=%2d", SAME),
    "tilde": ("/~me?~", SAME),
    "plus": ("/a+b?c=1+2%2B3", SAME),
    "encoded space": ("/a%20b?c%20d", SAME),
    "parameters": ("/a;b=1/c;d?e;f", SAME),
    "slashes": ("//a///b//", SAME),
    "dots": ("/a/./b/../c/.", SAME),
    "encoded dots": ("/a/%2e%2E/b", SAME),
    "empty query": ("/a?", SAME),
    "empty parameters": ("/a?&b&=c&&d=", SAME),
    "question marks": ("/a?b?c/?d", SAME),
    "at and colon": ("/a:b@c?d@e:f", SAME),
    "what a URL shouldn't have": ('/a|b^c`d{e}"f<g>[h]?i|j^k`l{m}"n<o>[p]', SAME),
    "sub-delimiters": ("/!$&'()*,=?!$&'()*,=", SAME),
    "percent without code": ("/100%/%zz?%&%4", SAME),
    "encoded twice": ("/%2541%25%32%35", SAME),
    "backslash": ("/a?b\\c", SAME),
    "backslash in the path": ("/a\\b", "/a%5Cb"),
    "UTF-8": ("/grün?name=grün", "/gr%C3%BCn?name=gr%C3%BCn"),
    "UTF-8 beside what is encoded": ("/gr%C3%BCn/ü?%c3%bc=ü", "/gr%C3%BCn/%C3%BC?%c3%bc=%C3%BC"),
    "UTF-8 with bytes that end a line elsewhere": ("/Å\u2028…", "/%C3%85%E2%80%A8%E2%80%A6"),
    "space": ("/a b?c d", "/a%20b?c%20d"),
    "tab": ("/a\tb", "/a%09b"),
    "no path": ("?a=b", "/?a=b"),
    "nothing": ("", "/"),
    "fragment": ("/a?b#c?d#e", "/a?b"),
    "a signature": (
        "/o/x%3Ay~z?X-Amz-Credential=A%2f2026%2Fs3&X-Amz-SignedHeaders=host&response-content-disposition="
        "attachment;filename=%22m+n.bin%22&X-Amz-Signature=0aF",
        SAME,
    ),
}


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def led_to(written: str) -> Callable[[Asked], Reply]:
    """Redirect once."""
    return lambda asked: redirect(written) if asked.path.endswith("/first") else Reply(200)


@pytest.mark.parametrize("way", ["direct", "proxy", "CONNECT", "SOCKS"])
@pytest.mark.parametrize("case", TARGETS)
def test_a_redirect_s_url_is_asked_for_byte_for_byte(
    company: Company, opened: ExitStack, case: str, way: str
) -> None:
    written, sent = TARGETS[case]
    pair = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    pair.load_cert_chain(*company.pair("localhost"))
    server = opened.enter_context(Scripted(tls=pair if way == "CONNECT" else None))
    root, proxy = server.url, ""
    if way == "proxy":
        root, proxy = "http://Storage.example.com:8080", server.url
    elif way != "direct":
        tunnel = opened.enter_context(Tunnel(connect if way == "CONNECT" else socks5))
        proxy = f"{'http' if way == 'CONNECT' else 'socks5'}://{tunnel.host}"
    server.script = led_to(f"{root}{written}".encode().decode("latin-1"))

    with transport(proxy, company).get(f"{root}/first", {}) as answer:
        assert answer.status == 200

    first, last = server.asked
    assert last.path == (root if way == "proxy" else "") + (sent or written)
    assert last.headers["Host"] == first.headers["Host"] == root.partition("://")[2]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("http://Storage.Example.com/a", "Storage.Example.com"),
        ("http://storage.example.com:80/a", "storage.example.com:80"),
        ("http://storage.example.com:/a", "storage.example.com"),
        ("http://storage.example.com./a", "storage.example.com."),
        ("http://me:word@storage.example.com:8080/a", "storage.example.com:8080"),
        ("HTTP://[2001:DB8::1]:8080/a", "[2001:DB8::1]:8080"),
        ("//storage.example.com/a", "storage.example.com"),
    ],
)
def test_the_host_header_is_the_host_as_written(company: Company, written: str, sent: str) -> None:
    """A signature covers it too."""
    with Scripted(led_to(written)) as proxy:
        transport(proxy.url, company).get("http://registry.example.com/first", {}).drain()

    assert [each.headers["Host"] for each in proxy.asked] == ["registry.example.com", sent]
    assert proxy.asked[-1].path == f"http://{sent}/a"


def test_a_zone_is_for_this_machine_alone(company: Company) -> None:
    with Scripted(lambda _: Reply(200)) as proxy:
        transport(proxy.url, company).get("http://[fe80::1%25eth0]:8080/a", {}).drain()

    assert [(each.headers["Host"], each.path) for each in proxy.asked] == [
        ("[fe80::1]:8080", "http://[fe80::1]:8080/a")
    ]


def test_latin_1_is_percent_encoded_as_it_came(company: Company) -> None:
    with Scripted() as server:
        server.script = led_to(f"{server.url}/gr\xfcn")
        transport("", company).get(f"{server.url}/first", {}).drain()

    assert server.asked[-1].path == "/gr%FCn"


def test_a_first_request_is_sent_as_it_stands(company: Company) -> None:
    with Scripted(lambda _: Reply(200)) as server:
        for path in ("/v2/a/b/manifests/v1", "/token?service=x&scope=repository%3Aa%2Fb%3Apull", "/a/../b"):
            transport("", company).get(server.url + path, {}).drain()
            assert server.asked[-1].path == path
