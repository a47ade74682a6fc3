"""Strangers' words are one line, bounded, without control characters and without what looks like a secret."""

import pytest
from kitserve.serving.told import told


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\n b\t\r\nc", "a b c"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07", "red ]0;title"),
        ("a\u202eb\u200bc\x00", "abc"),
        (None, ""),
        (5, "5"),
        ("GET https://me:pw@registry/v2/ failed", "GET https://***@registry/v2/ failed"),
        ("https://s3/a?X-Amz-Signature=abc&b=1", "https://s3/a?X-Amz-Signature=***&b=1"),
        ("password=hunter2, user=a", "password=***, user=a"),
        ("API_KEY: abc def", "API_KEY: *** def"),
        ("Authorization: Bearer abcdefghijklmnopqrstuvwxyz", "Authorization: Bearer ***"),
        ("token hf_abcdefghijkl is wrong", "token *** is wrong"),
        ("no basic auth credentials", "no basic auth credentials"),
        ("Basic authentication required", "Basic authentication required"),
        ("check KIT_USER and KIT_PASSWORD", "check KIT_USER and KIT_PASSWORD"),
        ('secret "absent" not found', 'secret "absent" not found'),
        ("key sha256:0123456789abcdef", "key sha256:0123456789abcdef"),
        ("tokenizer: no such file", "tokenizer: no such file"),
    ],
    ids=lambda text: repr(text)[:30],
)
def test_it_is_shown_so(said: object, shown: str) -> None:
    assert told(said) == shown


def test_what_is_long_is_cut() -> None:
    assert told("a" * 10_000_000) == "a" * 600 + "…"
    assert len(told("secret=" + "b" * 599 + " " + "c" * 700)) < 620
