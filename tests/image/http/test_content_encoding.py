"""Small answers that come as gzip though nobody asked for it."""

import gzip

import pytest
from kitserve_initializer.errors import RegistryError

from tests.image.certificates import Company
from tests.image.scripted import Reply, Scripted
from tests.image.transports import transport

JSON = b'{"token": "t"}'
LIMIT = 8 * 1024 * 1024
PACKED = gzip.compress(JSON)


def read(company: Company, body: bytes, encoding: str) -> bytes:
    with (
        Scripted(lambda _: Reply(200, {"Content-Encoding": encoding}, body)) as server,
        transport("", company).get(server.url, {}) as answer,
    ):
        return answer.read()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(PACKED, "gzip"), (PACKED, "GZip"), (PACKED, "x-gzip"), (JSON, "identity"), (JSON, "")],
    ids=["gzip", "upper-case", "x-gzip", "identity", "none"],
)
def test_what_was_meant_is_read(company: Company, body: bytes, encoding: str) -> None:
    assert read(company, body, encoding) == JSON


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (JSON, "a gzip that can't be read"),
        (PACKED[:-3], "a gzip that is cut"),
        (gzip.compress(b" " * (LIMIT + 1)), "has more than 8.0 MiB in it"),
    ],
    ids=["none", "cut", "bomb"],
)
def test_what_is_none_is_refused(company: Company, body: bytes, words: str) -> None:
    with pytest.raises(RegistryError) as caught:
        read(company, body, "gzip")

    assert words in caught.value.cause
