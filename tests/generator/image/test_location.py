"""Where an upload goes: as the registry writes it, with its login nowhere else."""

from collections.abc import Callable, Iterator

import pytest
from kitserve.image.publishing.location import location
from kitserve_initializer.errors import RegistryError
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.http.transport import Request

from tests.image.certificates import found
from tests.image.scripted import Reply, Scripted
from tests.image.transports import transport
from tests.parts.certificates import Pair

Ask = Callable[[], Answer]
PATH = "/v2/models/iris/blobs/uploads/"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scripted, Ask]]:
    """A registry with TLS, and what begins an upload there."""
    company = found(tmp_path_factory.mktemp("company"))
    tls = Pair.issue("localhost", company.authority).context(company.folder)
    with Scripted(tls=tls) as server:
        way = transport("", company)

        def begin() -> Answer:
            answer = way.send(Request("POST", server.url + PATH, {}))
            answer.drain()
            return answer

        yield server, begin
        way.pool.clear()


@pytest.mark.parametrize(
    ("told", "url", "is_registry"),
    [
        ("/v2/models/iris/blobs/uploads/1?s=a%2Fb", "{url}/v2/models/iris/blobs/uploads/1?s=a%2Fb", True),
        ("7?s=1", "{url}/v2/models/iris/blobs/uploads/7?s=1", True),
        ("{url}/up/~1", "{url}/up/~1", True),
        ("https://LOCALHOST:{port}/up", "https://LOCALHOST:{port}/up", True),
        ("//{host}/up", "{url}/up", True),
        ("http://{host}/up?s=1", "{url}/up?s=1", True),
        ("http://localhost/up?s=1", "{url}/up?s=1", True),
        ("https://storage.example.com/up?sig=%2b", "https://storage.example.com/up?sig=%2b", False),
        ("https://localhost:1/up", "https://localhost:1/up", False),
        ("https://user:secret@{host}/up", "{url}/up", True),
    ],
    ids=[
        "a path",
        "relative",
        "absolute",
        "in capitals",
        "without a scheme",
        "http of the same port",
        "http of the same host",
        "another host",
        "another port",
        "with a login",
    ],
)
def test_where_it_goes(ask: tuple[Scripted, Ask], told: str, url: str, is_registry: bool) -> None:
    server, begin = ask
    texts = {"url": server.url, "host": server.host, "port": str(server.port)}
    server.script = lambda _: Reply(202, {"Location": told.format(**texts)})

    where = location(begin(), server.url + PATH)

    assert (where.url, where.is_registry) == (url.format(**texts), is_registry)
    assert bool(where.barred) != is_registry


@pytest.mark.parametrize(
    "told", ["", "http://storage.example.com/up", "ftp://a/b", "https:///up", "https://a b/"]
)
def test_where_it_doesnt(ask: tuple[Scripted, Ask], told: str) -> None:
    server, begin = ask
    server.script = lambda _: Reply(202, {"Location": told})

    with pytest.raises(RegistryError) as raised:
        location(begin(), server.url + PATH)

    assert "X-Forwarded-Proto" in raised.value.hint
