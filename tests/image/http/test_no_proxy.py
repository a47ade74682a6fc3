"""NO_PROXY and what is never proxied: each verdict is that of Go's golang.org/x/net/http/httpproxy, unless it says."""

import pytest
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.secret import Secret

PROXY = "http://proxy.example.com:3128"
NAME = "https://registry.example.com"
PORT = f"{NAME}:5000"
IPV4 = "https://10.1.2.3"
IPV6 = "https://[2001:db8::1]"

VERDICTS = {
    # Nothing but commas and blanks.
    ("", NAME): False,
    (" , ,", NAME): False,
    # Everything.
    ("*", NAME): True,
    (" * ", IPV4): True,
    ("other.example.com,*", IPV6): True,
    ("*:443", NAME): False,
    ("*registry.example.com", NAME): False,
    ("**", NAME): False,
    # Domains.
    ("registry.example.com", NAME): True,
    ("REGISTRY.Example.COM", NAME): True,
    ("registry.example.com", "https://Registry.EXAMPLE.com"): True,
    ("example.com", NAME): True,
    ("com", NAME): True,
    (".example.com", NAME): True,
    (".com", NAME): True,
    (".registry.example.com", NAME): False,
    ("*.example.com", NAME): True,
    ("*.registry.example.com", NAME): False,
    ("*.com", NAME): True,
    ("ample.com", NAME): False,
    ("example", NAME): False,
    ("registry", NAME): False,
    ("registry.*.com", NAME): False,
    ("a.registry.example.com", NAME): False,
    ("a.example.com , example.com", NAME): True,
    ("a.example.com example.com", NAME): False,
    ("a.example.com;example.com", NAME): False,
    ("https://registry.example.com", NAME): False,
    ("registry.example.com/", NAME): False,
    ("registry.example.com.", NAME): False,
    ("registry.example.com.", "https://registry.example.com."): True,
    ("registry.example.com", "https://registry.example.com."): False,
    (".", NAME): False,
    ("..example.com", NAME): False,
    # Ports.
    ("registry.example.com:443", NAME): True,
    ("registry.example.com:80", NAME): False,
    ("registry.example.com:80", "http://registry.example.com"): True,
    ("registry.example.com:5000", PORT): True,
    ("registry.example.com:5000", NAME): False,
    ("registry.example.com", PORT): True,
    (".example.com:5000", PORT): True,
    ("*.example.com:5000", PORT): True,
    ("example.com:5001", PORT): False,
    ("registry.example.com:", PORT): True,
    ("registry.example.com:05000", PORT): False,
    ("registry.example.com:https", NAME): False,
    ("[registry.example.com]:443", NAME): True,
    (":443", NAME): False,
    (":", NAME): False,
    # Addresses.
    ("10.1.2.3", IPV4): True,
    ("10.1.2.3:443", IPV4): True,
    ("10.1.2.3:5000", IPV4): False,
    ("10.1.2.03", IPV4): False,
    ("10.1.2", IPV4): False,
    (".2.3", IPV4): False,
    ("2.3", IPV4): False,
    ("::ffff:10.1.2.3", IPV4): True,
    ("10.1.2.3", "https://[::ffff:10.1.2.3]"): True,
    ("2001:db8::1", IPV6): True,
    ("2001:DB8:0:0:0:0:0:1", IPV6): True,
    ("[2001:db8::1]:443", IPV6): True,
    ("[2001:db8::1]:5000", IPV6): False,
    ("2001:db8::2", IPV6): False,
    ("fe80::1", "https://[fe80::1%25eth0]"): True,
    ("example.com", "https://[fe80::1%25.example.com]"): False,
    # Blocks of addresses.
    ("10.0.0.0/8", IPV4): True,
    ("10.9.9.9/8", IPV4): True,
    ("11.0.0.0/8", IPV4): False,
    ("0.0.0.0/0", IPV4): True,
    ("0.0.0.0/0", IPV6): False,
    ("::/0", IPV4): False,
    ("::/0", IPV6): True,
    ("2001:db8::/32", IPV6): True,
    ("2001:db9::/32", IPV6): False,
    ("::ffff:10.0.0.0/104", IPV4): True,
    ("10.0.0.0/8", "https://[::ffff:10.1.2.3]"): True,
    ("10.0.0.0/33", IPV4): False,
    ("10.0.0.0/255.0.0.0", IPV4): False,
    ("10.0.0.0/8:443", IPV4): False,
    ("10.0.0.0/8", "https://10.1.2.3.example.com"): False,
    ("fe80::/64", "https://[fe80::1%25eth0]"): True,
    ("fe80::1%eth0/64", "https://[fe80::1%25eth0]"): False,
    # Other alphabets.
    ("grün.example.com", "https://xn--grn-ioa.example.com"): True,
    (".GRÜN.example.com", "https://a.xn--grn-ioa.example.com"): True,
    ("straße.example.com", "https://xn--strae-oqa.example.com"): True,
    ("例。example.com:443", "https://xn--fsq.example.com"): True,
    ("grün.example.com", NAME): False,
    # This machine.
    ("", "https://localhost:5000"): True,
    ("", "http://127.0.0.1"): True,
    ("", "https://127.255.255.254:5000"): True,
    ("", "https://[::1]:5000"): True,
    ("", "https://[::ffff:127.0.0.1]"): True,
    ("", "https://localhost."): False,
    ("", "https://a.localhost"): False,
    ("", "https://localhost.example.com"): False,
    ("", "https://128.0.0.1"): False,
    ("", "https://[::2]"): False,
    ("", "https://0.0.0.0"): False,
    ("", "https://127.1"): False,
}

OURS = {
    ("[2001:db8::1]", IPV6): True,
    ("fe80::1%eth0", "https://[fe80::1%25eth0]"): True,
    ("fe80::1%eth1", "https://[fe80::1%25eth0]"): False,
    ("", "https://LOCALHOST"): True,
}


@pytest.mark.parametrize(("no", "url"), VERDICTS)
def test_go_s_verdicts(no: str, url: str) -> None:
    proxies = Proxies(Secret(PROXY), Secret(PROXY), no)

    assert (proxies.of(url) == "") is VERDICTS[no, url]


@pytest.mark.parametrize(("no", "url"), OURS)
def test_what_go_doesn_t_understand(no: str, url: str) -> None:
    proxies = Proxies(Secret(PROXY), Secret(PROXY), no)

    assert (proxies.of(url) == "") is OURS[no, url]


def test_each_scheme_has_its_proxy() -> None:
    proxies = Proxies(https=Secret("https-proxy"), http=Secret(""))

    assert proxies.of("https://a.example.com") == "https-proxy"
    assert proxies.of("http://a.example.com") == ""


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.1", "https://[::1]", "https://a.example.com"]
)
def test_the_flag_s_proxy_is_for_everything(url: str) -> None:
    assert Proxies(Secret(PROXY), Secret(PROXY), "*", fixed=True).of(url) == PROXY
