"""Who asks for a login, who gets one, and how often; what is said where nobody asks. Registries count requests."""

import base64
import json
import ssl
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from kitserve_initializer.concurrency.shares import Shares
from kitserve_initializer.errors import Unauthorized
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.registry.access import Access
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

from tests.image.initializer import Initializer
from tests.image.scripted import Asked, Reply, Scripted, challenge, redirect
from tests.parts.registry import Registry

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, REGISTRY_ERROR, NO_KIT = 10, 11, 12, 14, 20
USER, PASSWORD = "reader", "planted-passw0rd"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
LOGIN = {"KIT_USER": USER, "KIT_PASSWORD": PASSWORD}
THREADS = 8
MANIFEST = "/v2/a/b/manifests/v1"
IN = Reply(200, body=b"{}")
"""What only a login leads to: no ModelKit, which ends the run in a way of its own."""


def errors(status: int, code: str = "DENIED", headers: dict[str, str] | None = None) -> Reply:
    return Reply(
        status, headers or {}, json.dumps({"errors": [{"code": code, "message": PASSWORD}]}).encode()
    )


def token(**members: object) -> Reply:
    return Reply(200, body=json.dumps(members).encode())


def asked_for(front: Scripted) -> list[tuple[str, str]]:
    """The path without its query, and the scheme of the Authorization header, of each request."""
    seen = ((urlsplit(each.path).path, each.headers.get("Authorization", "")) for each in front.asked)
    return [(path, header.partition(" ")[0]) for path, header in seen]


def config(front: Scripted, entry: dict[str, str]) -> dict[str, str]:
    return {"KITSERVE_DOCKER_CONFIG_JSON": json.dumps({"auths": {front.host: entry}})}


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
def test_a_registry_that_hides_from_strangers_is_asked_for_its_challenge_once(
    initializer: Initializer, status: int, scheme: str
) -> None:
    wanted = BASIC if scheme == "Basic" else "Bearer T"

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/token"):
            return token(token="T") if asked.headers.get("Authorization") == BASIC else Reply(401)
        if asked.headers.get("Authorization") == wanted:
            return IN
        return challenge(f'{scheme} realm="{front.url}/token"') if asked.path == "/v2/" else errors(status)

    with Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1", **LOGIN)

    tokens = [("/token", "Basic")] if scheme == "Bearer" else []
    assert run.exit == NO_KIT, run.stderr
    assert asked_for(front) == [(MANIFEST, ""), ("/v2/", ""), *tokens, (MANIFEST, scheme)]
    if tokens:
        assert parse_qs(urlsplit(front.asked[2].path).query) == {"scope": ["repository:a/b:pull"]}


def test_a_challenge_beside_a_403_is_answered(initializer: Initializer) -> None:
    def answer(asked: Asked) -> Reply:
        good = asked.headers.get("Authorization") == BASIC
        return IN if good else errors(403, headers={"WWW-Authenticate": "Basic realm=x"})

    with Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1", **LOGIN)

    assert run.exit == NO_KIT, run.stderr
    assert asked_for(front) == [(MANIFEST, ""), (MANIFEST, "Basic")]


@pytest.mark.parametrize(
    ("status", "code", "knock"),
    [
        (403, FORBIDDEN, 200),
        (404, NOT_FOUND, 200),
        (404, NOT_FOUND, 404),
        (403, FORBIDDEN, 503),
        (404, NOT_FOUND, 307),
        (401, REGISTRY_ERROR, 200),
    ],
)
def test_a_login_that_nobody_asks_for_is_told(
    initializer: Initializer, status: int, code: int, knock: int
) -> None:
    with Scripted(lambda _: challenge("Basic realm=x")) as other, Scripted() as front:
        away = {"Location": f"{other.url}/v2/"} if knock == 307 else {}
        front.script = lambda asked: Reply(knock, away) if asked.path == "/v2/" else errors(status)
        run = initializer(f"kit://{front.host}/a/b:v1", **LOGIN)

    assert run.exit == code, run.stderr
    assert f"and {front.host} has never asked for the credentials from KIT_USER" in run.last_line
    assert asked_for(front) == [(MANIFEST, ""), ("/v2/", "")]
    assert not other.secrets


@pytest.mark.parametrize(("status", "code"), [(403, FORBIDDEN), (404, NOT_FOUND)])
def test_without_credentials_there_is_nothing_to_ask(
    initializer: Initializer, status: int, code: int
) -> None:
    with Scripted(lambda _: errors(status)) as front:
        run = initializer(f"kit://{front.host}/a/b:v1")

    assert run.exit == code, run.stderr
    assert "asked for the credentials" not in run.last_line
    assert len(front.asked) == 1


def test_a_401_that_says_nothing_is_told_as_that(initializer: Initializer) -> None:
    with Scripted(lambda _: Reply(401)) as front:
        run = initializer(f"kit://{front.host}/a/b:v1")

    assert run.exit == REGISTRY_ERROR, run.stderr
    assert "answers 401 and doesn't say how to log in: it has no WWW-Authenticate header" in run.last_line


@pytest.mark.parametrize("by", ["Basic", "a token server", "a token server's 403", "/v2/"])
def test_a_wrong_password_is_sent_once(initializer: Initializer, by: str) -> None:
    """Some registries lock an account that was refused a few times."""

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/token"):
            return errors(403 if "403" in by else 401)
        if by == "/v2/" and asked.path != "/v2/" and "Authorization" not in asked.headers:
            return errors(404)
        return challenge(f'Bearer realm="{front.url}/token"' if "token" in by else "Basic realm=x")

    with Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1", **LOGIN)

    assert run.exit == (FORBIDDEN if "403" in by else UNAUTHORIZED), run.stderr
    assert f"refuses the user {USER!r} (" in run.last_line
    assert front.secrets == [BASIC]
    assert PASSWORD not in run.everything


def test_a_registry_token_goes_to_the_registry_alone(initializer: Initializer) -> None:
    def answer(asked: Asked) -> Reply:
        good = asked.headers.get("Authorization") == "Bearer planted"
        return IN if good else challenge(f'Bearer realm="{tokens.url}/token"')

    with Scripted() as tokens, Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1", **config(front, {"registrytoken": "planted"}))

    assert run.exit == NO_KIT, run.stderr
    assert asked_for(front) == [(MANIFEST, ""), (MANIFEST, "Bearer")]
    assert not tokens.asked
    assert "planted" not in run.everything


REGISTRY_TOKEN, IDENTITY_TOKEN = {"registrytoken": "planted"}, {"identitytoken": "planted"}
BLANK = {"username": USER, "password": "planted\n"}
BEARER = 'Bearer realm="{url}/token"'


@pytest.mark.parametrize(
    ("asks", "entry", "code", "sentence"),
    [
        (
            BEARER,
            REGISTRY_TOKEN,
            UNAUTHORIZED,
            "refuses the registry token from KITSERVE_DOCKER_CONFIG_JSON (401)",
        ),
        ("Basic realm=x", REGISTRY_TOKEN, REGISTRY_ERROR, "KITSERVE_DOCKER_CONFIG_JSON has a registry token"),
        (
            "Basic realm=x",
            IDENTITY_TOKEN,
            REGISTRY_ERROR,
            "KITSERVE_DOCKER_CONFIG_JSON has an identity token",
        ),
        (BEARER, IDENTITY_TOKEN, UNAUTHORIZED, "refuses the identity token from"),
        ("Basic realm=x", BLANK, UNAUTHORIZED, "there; the password begins or ends with white space"),
    ],
)
def test_a_token_or_password_that_is_refused_is_told(
    initializer: Initializer, asks: str, entry: dict[str, str], code: int, sentence: str
) -> None:
    refused = Reply(400, body=b'{"error": "invalid_grant", "error_description": "planted"}')
    with Scripted() as front:
        asking = challenge(asks.format(url=front.url))
        front.script = lambda asked: refused if asked.path == "/token" else asking
        run = initializer(f"kit://{front.host}/a/b:v1", **config(front, entry))

    assert run.exit == code, run.stderr
    assert sentence in run.last_line
    assert "planted" not in run.everything
    assert len(front.secrets) <= 1


@pytest.mark.parametrize(
    ("asks", "entry"),
    [
        ("Basic realm=x", {"username": USER, "password": PASSWORD, "identitytoken": "planted"}),
        ('Bearer service="x", Basic realm="y"', {"username": USER, "password": PASSWORD}),
    ],
    ids=["beside an identity token", "for a Bearer without a token server"],
)
def test_basic_takes_the_password(initializer: Initializer, asks: str, entry: dict[str, str]) -> None:
    with Scripted() as front:
        front.script = lambda asked: IN if asked.headers.get("Authorization") == BASIC else challenge(asks)
        run = initializer(f"kit://{front.host}/a/b:v1", **config(front, entry))

    assert run.exit == NO_KIT, run.stderr


PULL = "repository:a/b:pull"
QUERIES = {
    "no service, no scope": ('Bearer realm="{url}/token"', {"scope": [PULL]}),
    "an empty service and scope": ('Bearer realm="{url}/token",service="",scope=""', {"scope": [PULL]}),
    "a scope of its own": (
        'Bearer realm="{url}/token",service="s",scope="repository:a/b:pull,push"',
        {"service": ["s"], "scope": ["repository:a/b:pull,push"]},
    ),
    "a scope for something else": (
        'Bearer realm="{url}/token",scope="registry:catalog:*"',
        {"scope": ["registry:catalog:*", PULL]},
    ),
    "two scopes": (
        'Bearer realm="{url}/token",scope="repository:a/b:pull repository:c:pull"',
        {"scope": [PULL, "repository:c:pull"]},
    ),
    "a query of the realm": (
        'Bearer realm="{url}/token?x=%2F&y=",service="s"',
        {"x": ["/"], "y": [""], "service": ["s"], "scope": [PULL]},
    ),
    "a service in the realm's query": (
        'Bearer realm="{url}/token?service=old&x",service="s"',
        {"x": [""], "service": ["s"], "scope": [PULL]},
    ),
    "a user in the realm": ('Bearer realm="http://me:x@{host}/token"', {"scope": [PULL]}),
    "no quotes": ("Bearer realm={url}/token,service=s", {"service": ["s"], "scope": [PULL]}),
    "Basic in front": ('Basic realm="x", Bearer realm="{url}/token"', {"scope": [PULL]}),
    "another Bearer behind": ('Bearer realm="{url}/token", Bearer realm="{url}/other"', {"scope": [PULL]}),
}


@pytest.mark.parametrize(("asks", "query"), QUERIES.values(), ids=QUERIES)
def test_a_token_server_is_asked_for_what_the_challenge_says(
    initializer: Initializer, asks: str, query: dict[str, list[str]]
) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/token"):
            return token(access_token="T", expires_in="soon")
        good = asked.headers.get("Authorization") == "Bearer T"
        return IN if good else challenge(asks.format(url=front.url, host=front.host))

    with Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1")

    asked = urlsplit(front.asked[1].path)
    assert run.exit == NO_KIT, run.stderr
    assert "Authorization" not in front.asked[1].headers
    assert asked.path == "/token"
    assert parse_qs(asked.query, keep_blank_values=True) == query


ANSWERS: dict[str, tuple[Reply, dict[str, str], int, str]] = {
    "400": (errors(400, "UNSUPPORTED"), {}, REGISTRY_ERROR, "answers 400, UNSUPPORTED"),
    "404": (Reply(404), {}, REGISTRY_ERROR, "answers 404"),
    "401 to nobody": (errors(401), {}, UNAUTHORIZED, "asks for a user and password (401, DENIED)"),
    "403 to nobody": (errors(403), {}, UNAUTHORIZED, "asks for a user and password (403, DENIED)"),
    "401": (errors(401), LOGIN, UNAUTHORIZED, f"refuses the user {USER!r} (401, DENIED)"),
    "403": (errors(403), LOGIN, FORBIDDEN, f"refuses the user {USER!r} (403, DENIED)"),
    "an empty token": (token(token="", access_token=""), {}, REGISTRY_ERROR, "gives no token"),
    "no token": (token(expires_in=3), {}, REGISTRY_ERROR, "gives no token"),
    "a token that is no text": (token(token={"x": 1}), {}, REGISTRY_ERROR, "gives no token"),
    "a token for no header": (token(token="a\r\nX: y"), {}, REGISTRY_ERROR, "gives no token"),
    "a web page": (Reply(200, body=b"<html>"), {}, REGISTRY_ERROR, "answers something else than JSON"),
}


@pytest.mark.parametrize(("reply", "login", "code", "sentence"), ANSWERS.values(), ids=ANSWERS)
def test_a_token_server_s_answer_is_told_as_it_is(
    initializer: Initializer, reply: Reply, login: dict[str, str], code: int, sentence: str
) -> None:
    with Scripted() as front:
        asking = challenge(f'Bearer realm="{front.url}/token"')
        front.script = lambda asked: reply if asked.path.startswith("/token") else asking
        run = initializer(f"kit://{front.host}/a/b:v1", **login)

    assert run.exit == code, run.stderr
    assert f"the token server of {front.host} {sentence}" in run.last_line
    assert PASSWORD not in run.everything


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "T"}',
        b'{"access_token": "T", "token": "old"}',
        b'{"Token": "T", "access_token": null}',
        b'{"token": "T"}}\n',
    ],
)
def test_tokens_are_read_as_go_reads_them(initializer: Initializer, body: bytes) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/token"):
            return Reply(200, body=body)
        good = asked.headers.get("Authorization") == "Bearer T"
        return IN if good else challenge(BEARER.format(url=front.url))

    with Scripted(answer) as front:
        run = initializer(f"kit://{front.host}/a/b:v1")

    assert run.exit == NO_KIT, run.stderr


def test_threads_that_are_refused_at_once_try_a_wrong_password_once() -> None:
    transport = Transport(
        ssl.create_default_context(), Proxies(Secret(""), Secret("")), shares=Shares(THREADS, 0, 1)
    )
    wrong = Credential(USER, Secret(PASSWORD), "KIT_USER")
    with Scripted() as front, ThreadPoolExecutor(THREADS) as pool:
        asking = challenge(BEARER.format(url=front.url))
        front.script = lambda asked: errors(401) if asked.path.startswith("/token") else asking
        access = Access(transport, front.url, "a/b", wrong)
        ended = [pool.submit(access.get, f"{front.url}/v2/a/b/blobs/{each}", {}) for each in range(THREADS)]

        assert {type(each.exception()) for each in ended} == {Unauthorized}

    assert front.secrets == [BASIC]


@pytest.mark.parametrize(
    ("code", "listed", "sentence"),
    [
        ("NAME_UNKNOWN", "", "has no repository {host}/a/b (404, NAME_UNKNOWN); check the repository, and"),
        ("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "has no repository {host}/a/b (404, MANIFEST_UNKNOWN)"),
        (
            "MANIFEST_UNKNOWN",
            "NOT_FOUND",
            "{host}/a/b has no 'v1' (404, MANIFEST_UNKNOWN); check the repository",
        ),
        ("NOT_FOUND", "", "{host}/a/b has no 'v1' (404, NOT_FOUND)"),
    ],
)
def test_a_wrong_repository_is_not_told_as_a_wrong_tag(
    initializer: Initializer, code: str, listed: str, sentence: str
) -> None:
    with Scripted() as front:
        front.script = lambda asked: errors(404, listed if "/tags/" in asked.path else code)
        run = initializer(f"kit://{front.host}/a/b:v1")

    assert run.exit == NOT_FOUND, run.stderr
    assert sentence.format(host=front.host) in run.last_line
    assert len(front.asked) == (2 if listed else 1)


def test_distribution_tells_a_wrong_repository_from_a_wrong_tag(
    registry: Registry, initializer: Initializer
) -> None:
    repository = initializer(f"kit://{registry.host}/golden/nothing:v1")
    tag = initializer(f"kit://{registry.host}/golden/iris:nothing")

    assert f"has no repository {registry.host}/golden/nothing (404, MANIFEST_UNKNOWN)" in repository.last_line
    assert f"{registry.host}/golden/iris has no 'nothing' (404, MANIFEST_UNKNOWN)" in tag.last_line


@pytest.mark.parametrize(
    ("reply", "code", "words", "storage"),
    [
        (challenge("Basic realm=x"), UNAUTHORIZED, "asks for a login and gets none", False),
        (errors(403), REGISTRY_ERROR, "answers 403, DENIED", False),
        (Reply(403, body=b"<Error><Code>AccessDenied</Code></Error>"), REGISTRY_ERROR, "answers 403", True),
        # As Azure's storage does: it names no token server of a registry's kind.
        (challenge('Bearer authorization_uri="https://login/t"'), REGISTRY_ERROR, "answers 401", True),
    ],
    ids=["Basic", "a registry's error", "S3", "Azure"],
)
def test_another_registry_behind_a_redirect_is_told_from_storage(
    initializer: Initializer, reply: Reply, code: int, words: str, storage: bool
) -> None:
    with Scripted(lambda _: reply) as other, Scripted() as front:
        front.script = lambda asked: redirect(f"{other.url}{asked.path}")
        run = initializer(f"kit://{front.host}/a/b:v1", **LOGIN)

    assert run.exit == code, run.stderr
    assert words in run.last_line
    assert ("storage" in run.last_line) is storage
    assert not other.secrets
