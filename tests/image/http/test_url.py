"""Where redirects and realms lead, and that no two readers of an address find two hosts in it."""

import pytest
from kitserve_initializer.http.url import Origin, clean, origin, resolved
from urllib3.util import parse_url

HERE = "https://registry.example.com/v2/a/blobs/x?y=1"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b", "https://registry.example.com/b"),
        ("", HERE),
        ("#f", HERE),
        ("?", "https://registry.example.com/v2/a/blobs/x?"),
        (".", "https://registry.example.com/v2/a/blobs/"),
        ("..", "https://registry.example.com/v2/a/"),
        ("../../z", "https://registry.example.com/v2/z"),
        ("../../../../z", "https://registry.example.com/z"),
        ("./b/./c/../d/.", "https://registry.example.com/v2/a/blobs/b/d/"),
        ("b//c", "https://registry.example.com/v2/a/blobs/b//c"),
        ("b;x=1?", "https://registry.example.com/v2/a/blobs/b;x=1?"),
        ("./a:b", "https://registry.example.com/v2/a/blobs/a:b"),
        ("/a/../b/%2e%2e", "https://registry.example.com/b/%2e%2e"),
        ("//x.example.com", "https://x.example.com"),
        ("//x.example.com/a/../b", "https://x.example.com/a/../b"),
        ("HTTPS://x.example.com/A", "https://x.example.com/A"),
        ("b?c", "https://registry.example.com/v2/a/blobs/b?c"),
        ("?c", "https://registry.example.com/v2/a/blobs/x?c"),
        ("//evil.example.com/b", "https://evil.example.com/b"),
        ("https://registry.example.com@evil.example.com/b", "https://evil.example.com/b"),
        ("https://user:pass@registry.example.com:443/b", "https://registry.example.com:443/b"),
        ("https://registry.example.com\\@evil.example.com/b", "https://evil.example.com/b"),
        ("/\\evil.example.com/b", "https://registry.example.com/%5Cevil.example.com/b"),
        ("\\\\evil.example.com/b", "https://registry.example.com/v2/a/blobs/%5C%5Cevil.example.com/b"),
        ("https://x.example.com/b#https://evil.example.com", "https://x.example.com/b"),
        ("https://x.example.com/Ã¼?s=a%2Fb+c&t=%e4", "https://x.example.com/%C3%BC?s=a%2Fb+c&t=%e4"),
        (" https://x.example.com/a b\t", "https://x.example.com/a%20b"),
        ("https://x.example.com/a\tb\x00", "https://x.example.com/a%09b%00"),
    ],
)
def test_a_location_is_resolved(location: str, expected: str) -> None:
    found = resolved(HERE, location)

    assert found == expected
    assert parse_url(found).host == origin(found).host


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://x.example.com/",
        "https://",
        "https:/evil.example.com/b",
        "https:///evil.example.com/b",
        "https:b",
        "///b",
        "https://gr%C3%BCn.example.com/",
        "https://gr\xc3\xbcn.example.com/",
        "https://x.example.com:99999/",
        "https://x.example.com:0/",
        "https://x.example.com:port/",
        "https://[x/",
        "https://evil.example.com\\.registry.example.com/",
        "https://evil.example.com%2f.registry.example.com/",
        "https://\uff45vil.example.com/",
        "https://a b/",
        "https:\\\\evil.example.com\\b",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address(location: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        resolved(HERE, location)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example.com/x", "https://A.example.com:443", True),
        ("http://a.example.com", "http://a.example.com:80/y", True),
        ("https://a.example.com", "http://a.example.com", False),
        ("https://a.example.com", "http://a.example.com:443", False),
        ("https://a.example.com", "https://a.example.com:8443", False),
        ("https://a.example.com", "https://a.example.com.", False),
        ("https://a.example.com", "https://b.a.example.com", False),
        ("https://u:p@a.example.com", "https://a.example.com", True),
    ],
)
def test_who_is_the_same(one: str, other: str, same: bool) -> None:
    assert (origin(one) == origin(other)) is same


def test_no_label_shows_a_user() -> None:
    assert origin("https://user:word@[::1]:5000/x").label == "[::1]:5000"
    assert clean("https://user:word@a.example.com/x#y") == "https://a.example.com/x"
    assert Origin("http", "a", 80).label == "a"
