"""WWW-Authenticate headers as registries write them."""

import pytest
from kitserve_initializer.registry.challenge import Challenges, parse_challenges

BEARER = {
    "realm": "https://auth.example.com/token",
    "service": "registry",
    "scope": "repository:a/b:pull,push",
}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], {}),
        (["Negotiate"], {"negotiate": {}}),
        (['Basic realm="a, b"'], {"basic": {"realm": "a, b"}}),
        (["basic Realm=x"], {"basic": {"realm": "x"}}),
        (
            [
                'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push"'
            ],
            {"bearer": BEARER},
        ),
        (
            ['Bearer realm="https://r", error = "insufficient_scope", Basic realm="r"'],
            {"bearer": {"realm": "https://r", "error": "insufficient_scope"}, "basic": {"realm": "r"}},
        ),
        (
            ['Basic realm="r"', 'Bearer realm="https://r"'],
            {"basic": {"realm": "r"}, "bearer": {"realm": "https://r"}},
        ),
        (
            ["BEARER Realm=https://r/t?a=b,service=s"],
            {"bearer": {"realm": "https://r/t?a=b", "service": "s"}},
        ),
        ([',Bearer realm="https://r" service="s",'], {"bearer": {"realm": "https://r", "service": "s"}}),
        (['Negotiate abc==, Basic realm="r"'], {"negotiate": {"abc": "="}, "basic": {"realm": "r"}}),
        (
            ['Bearer realm="https://r",scope="a"', 'Bearer realm="https://other",service="s"'],
            {"bearer": {"realm": "https://r", "scope": "a"}},
        ),
        (['Basic realm="a \\"quoted\\" word"'], {"basic": {"realm": 'a "quoted" word'}}),
    ],
)
def test_challenges_are_read(headers: list[str], expected: Challenges) -> None:
    assert parse_challenges(headers) == expected
