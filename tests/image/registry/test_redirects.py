"""Who gets the login when a registry redirects, and where redirects and token servers may lead."""

import base64
import json
import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.image.certificates import Company
from tests.image.initializer import Initializer, Run, listing
from tests.image.scripted import Asked, Reply, Scripted, challenge, redirect
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry
from tests.parts.token_server import TokenServer

UNAUTHORIZED, NOT_FOUND, REGISTRY_ERROR, UNTRUSTED = 10, 12, 14, 15
USER, PASSWORD = "reader", "planted-passw0rd"
IDENTITY = "planted-identity-t0ken"
TOKEN = Reply(200, body=json.dumps({"token": "planted-bearer"}).encode())


def login(kind: str, host: str) -> dict[str, str]:
    """A user and password, or an identity token, for the registry at `host`."""
    if kind == "password":
        return {"KIT_USER": USER, "KIT_PASSWORD": PASSWORD}
    entry = {"identitytoken": IDENTITY}
    return {"KITSERVE_DOCKER_CONFIG_JSON": json.dumps({"auths": {host: entry}})}


def assert_no_secret(*servers: Scripted) -> None:
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for text in (text for each in servers for text in each.secrets):
        assert not [secret for secret in (pair, PASSWORD, IDENTITY) if secret in text]


def assert_failed(run: Run, initializer: Initializer, code: int, words: str) -> None:
    assert run.exit == code, run.stderr
    assert words in run.last_line
    assert "Traceback" not in run.everything
    assert listing(initializer.folder).keys() == {"termination-log"}


LOCATIONS = {
    "absolute": "http://{host}/stored",
    "scheme-relative": "//{host}/stored",
    "userinfo": "http://{front}@{host}/stored",
    "userinfo with a password": "http://{front}:80@{host}/stored",
    "backslash": "http://{front}\\@{host}/stored",
}


@pytest.mark.parametrize("kind", ["password", "identity"])
@pytest.mark.parametrize(
    ("location", "status"),
    [
        *((location, 307) for location in LOCATIONS),
        *(("absolute", status) for status in (301, 302, 303, 308)),
    ],
)
def test_a_storage_that_redirects_to_itself_and_asks_gets_no_login(
    initializer: Initializer, location: str, kind: str, status: int
) -> None:
    """A relative address names no host: it is not the registry's for that."""

    def stored(asked: Asked) -> Reply:
        if asked.path == "/stored":
            return redirect("/moved", status)
        return (
            challenge(f'Basic realm="x", Bearer realm="{store.url}/token"')
            if asked.path == "/moved"
            else TOKEN
        )

    with Scripted(stored) as store, Scripted() as front:
        away = LOCATIONS[location].format(host=store.host, front=front.host)
        front.script = lambda _: redirect(away, status)
        run = initializer(f"kit://{front.host}/a/b:v1", **login(kind, front.host))

    assert {each.path.partition("?")[0] for each in store.asked} == {"/stored", "/moved", "/token"}
    assert_no_secret(store)
    assert_failed(
        run, initializer, UNAUTHORIZED, f"{store.host}, where {front.host} redirects to, asks for a login"
    )


def test_a_login_doesn_t_come_back_by_another_host(initializer: Initializer) -> None:
    """Who redirects back to the registry chooses the path there, and not with our login."""

    def asking(asked: Asked) -> Reply:
        if asked.path == "/chosen":
            return Reply(404)
        return redirect(f"{store.url}/x") if "Authorization" in asked.headers else challenge("Basic realm=x")

    with Scripted(lambda _: redirect(f"{front.url}/chosen")) as store, Scripted(asking) as front:
        run = initializer(f"kit://{front.host}/a/b:v1", **login("password", front.host))

    chosen = [each for each in front.asked if each.path == "/chosen"]
    assert chosen
    assert not [each for each in chosen if "Authorization" in each.headers]
    assert_no_secret(store)
    assert_failed(run, initializer, NOT_FOUND, "(404)")


@pytest.mark.parametrize(
    "away", ["/moved", "moved", "//{host}/moved", "http://{host}/moved", "http://x:y@{host}/moved"]
)
def test_a_registry_that_redirects_to_itself_gets_the_login(initializer: Initializer, away: str) -> None:
    def answer(asked: Asked) -> Reply:
        if not asked.path.endswith("moved"):
            return redirect(away.format(host=front.host))
        return Reply(404) if "Authorization" in asked.headers else challenge("Basic realm=x")

    with Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1", **login("password", front.host))

    assert_failed(run, initializer, NOT_FOUND, "(404)")


def test_another_registry_gets_an_anonymous_token(initializer: Initializer) -> None:
    with TokenServer(anonymous_pull=True) as tokens, Registry(tokens) as real, Scripted() as front:
        real.push_layout(modelkits()["base"].archive, "golden/base", "v1")
        front.script = lambda asked: redirect(f"{real.url}{asked.path}")
        run = initializer(f"kit://{front.host}/golden/base:v1", **login("password", front.host))

    assert run.exit == 0, run.stderr
    assert {each.user for each in tokens.requests[-1:]} == {""}


def test_another_registry_that_lets_nobody_in_isn_t_called_storage(
    token_registry: Registry, initializer: Initializer
) -> None:
    assert isinstance(token_registry.auth, TokenServer)
    with Scripted(lambda asked: redirect(f"{token_registry.url}{asked.path}")) as front:
        run = initializer(f"kit://{front.host}/golden/iris:v1", **login("password", front.host))

    assert_failed(
        run,
        initializer,
        UNAUTHORIZED,
        f"{token_registry.host}, where {front.host} redirects to, asks for a login",
    )
    assert "storage" not in run.last_line
    assert token_registry.auth.requests[-1].user == ""


@pytest.fixture
def tls(company: Company) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*company.pair("localhost"))
    return context


@pytest.mark.parametrize("part", ["the registry", "its storage", "its token server"])
def test_https_never_becomes_http(
    company: Company, tls: ssl.SSLContext, initializer: Initializer, part: str
) -> None:
    with Scripted() as plain, Scripted(tls=tls) as store, Scripted(tls=tls) as front:
        store.script = lambda _: redirect(f"{plain.url}/x")
        asks = challenge(f'Bearer realm="{store.url}/token"')
        front.script = {
            "the registry": lambda _: redirect(f"{plain.url}/x"),
            "its storage": lambda _: redirect(f"{store.url}/x"),
            "its token server": lambda _: asks,
        }[part]
        run = initializer(
            f"kit://{front.host}/a/b:v1", flags=f"--tls-cert {company.file}", **login("password", front.host)
        )

    assert_failed(run, initializer, REGISTRY_ERROR, "redirects from https to http, which is refused")
    assert not plain.asked


def test_http_may_become_https(company: Company, tls: ssl.SSLContext, initializer: Initializer) -> None:
    with Scripted(tls=tls) as store, Scripted(lambda _: redirect(f"{store.url}/x")) as front:
        run = initializer(
            f"kit://{front.host}/a/b:v1",
            flags=f"--plain-http --tls-cert {company.file}",
            **login("password", ""),
        )

    assert_failed(run, initializer, NOT_FOUND, "(404)")
    assert_no_secret(store)


@pytest.mark.parametrize("kind", ["password", "identity", "nobody"])
@pytest.mark.parametrize(
    "realm", ["http://{host}/token", "HTTP://{host}/token", "//{host}/token", "file:///token"]
)
def test_a_token_server_has_tls_where_the_registry_has_it(
    company: Company, tls: ssl.SSLContext, initializer: Initializer, realm: str, kind: str
) -> None:
    with Scripted(lambda _: TOKEN) as tokens, Scripted(tls=tls) as front:
        front.script = lambda _: challenge(f'Bearer realm="{realm.format(host=tokens.host)}"')
        given = {} if kind == "nobody" else login(kind, front.host)
        run = initializer(f"kit://{front.host}/a/b:v1", flags=f"--tls-cert {company.file}", **given)

    assert_failed(run, initializer, REGISTRY_ERROR, f"{front.host} names")
    assert not tokens.asked


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("kind", ["password", "identity"])
def test_a_token_server_s_redirect_gets_no_login(initializer: Initializer, kind: str, status: int) -> None:
    with Scripted(lambda _: TOKEN) as other, Scripted() as tokens, Scripted() as front:
        tokens.script = lambda _: redirect(f"{other.url}/token", status)
        front.script = lambda _: challenge(f'Bearer realm="{tokens.url}/token"')
        run = initializer(f"kit://{front.host}/a/b:v1", **login(kind, front.host))

    assert run.exit in (UNAUTHORIZED, REGISTRY_ERROR), run.stderr
    assert_no_secret(other)
    assert tokens.secrets


ELSEWHERE = "registry.example.com"
SPELLINGS = [
    "localhost",
    "x.localhost",
    "localhost.",
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "169.254.169.254",
    "0xa9fea9fe",
    "[::ffff:a9fe:a9fe]",
    "[fe80::1%25eth0]",
    "user:word@127.0.0.1",
]


@pytest.fixture
def through() -> Iterator[Callable[[Callable[[Asked], Reply]], Scripted]]:
    """A proxy that answers for everybody: through it a registry is elsewhere though all is on this machine."""
    with Scripted() as proxy:

        def made(script: Callable[[Asked], Reply]) -> Scripted:
            proxy.script = script
            return proxy

        yield made


@pytest.mark.parametrize("by", ["realm", "redirect"])
@pytest.mark.parametrize("host", SPELLINGS)
def test_no_token_server_is_on_this_machine_or_its_link(
    through: Callable[[Callable[[Asked], Reply]], Scripted], initializer: Initializer, host: str, by: str
) -> None:
    place = f"http://{host}:8080/token"

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith(f"http://{ELSEWHERE}/"):
            return challenge(
                f'Bearer realm="{place if by == "realm" else "http://tokens.example.com/token"}"'
            )
        return redirect(place) if asked.path.startswith("http://tokens.example.com/") else TOKEN

    proxy = through(answer)
    run = initializer(f"kit://{ELSEWHERE}/a/b:v1", HTTP_PROXY=proxy.url, **login("password", ELSEWHERE))

    assert_failed(
        run, initializer, REGISTRY_ERROR, "address, where a registry that is elsewhere may not lead"
    )
    assert len(proxy.asked) == (1 if by == "realm" else 2)


def test_a_token_server_elsewhere_is_asked(
    through: Callable[[Callable[[Asked], Reply]], Scripted], initializer: Initializer
) -> None:
    def answer(asked: Asked) -> Reply:
        if "/token" in asked.path:
            return TOKEN
        return (
            Reply(404)
            if "Authorization" in asked.headers
            else challenge('Bearer realm="http://10.1.2.3/token"')
        )

    run = initializer(f"kit://{ELSEWHERE}/a/b:v1", HTTP_PROXY=through(answer).url)

    assert_failed(run, initializer, NOT_FOUND, "(404)")


@pytest.mark.parametrize("by", ["realm", "its redirect", "a redirect"])
def test_a_registry_on_this_machine_leads_to_no_metadata_service(initializer: Initializer, by: str) -> None:
    place = "http://169.254.169.254/latest/meta-data/"
    with Scripted(lambda _: redirect(place)) as tokens, Scripted() as front:
        realm = place if by == "realm" else f"{tokens.url}/token"
        front.script = lambda _: (
            redirect(place) if by == "a redirect" else challenge(f'Bearer realm="{realm}"')
        )
        run = initializer(f"kit://{front.host}/a/b:v1")

    assert_failed(run, initializer, REGISTRY_ERROR, "169.254.169.254 has a link-local address")


def test_a_proxy_s_login_stays_with_the_proxy(
    through: Callable[[Callable[[Asked], Reply]], Scripted], initializer: Initializer
) -> None:
    """On the way from what is proxied to what isn't, and back."""

    def proxied(asked: Asked) -> Reply:
        return Reply(404) if asked.path.endswith("/last") else redirect(f"{direct.url}/next")

    proxy = through(proxied)
    with Scripted(lambda _: redirect(f"http://{ELSEWHERE}/last")) as direct:
        run = initializer(
            f"kit://{ELSEWHERE}/a/b:v1",
            HTTP_PROXY=f"http://me:planted-proxy@{proxy.host}",
            NO_PROXY="localhost",
            **login("password", ELSEWHERE),
        )

    assert_failed(run, initializer, NOT_FOUND, "(404)")
    assert {each.path for each in direct.asked} == {"/next"}
    assert not [
        each for each in direct.asked if {"Proxy-Authorization", "Authorization"} & each.headers.keys()
    ]
    assert all("Proxy-Authorization" in each.headers for each in proxy.asked)
    assert_no_secret(proxy)


@pytest.mark.parametrize("by", ["redirect", "token server"])
def test_a_client_certificate_is_for_the_registry_alone(
    company: Company, tls: ssl.SSLContext, initializer: Initializer, by: str
) -> None:
    tls.load_verify_locations(company.file)
    tls.verify_mode = ssl.CERT_OPTIONAL
    with Scripted(lambda _: TOKEN, tls) as other, Scripted(tls=tls) as front:
        away = (
            redirect(f"{other.url}/x") if by == "redirect" else challenge(f'Bearer realm="{other.url}/token"')
        )
        front.script = lambda asked: Reply(404) if "Authorization" in asked.headers else away
        certificate, key = company.pair("client")
        run = initializer(
            f"kit://{front.host}/a/b:v1", flags=f"--tls-cert {company.file} --cert {certificate} --key {key}"
        )

    assert run.exit, run.stderr
    assert front.asked
    assert all(each.certificate for each in front.asked)
    assert other.asked
    assert not [each for each in other.asked if each.certificate]
