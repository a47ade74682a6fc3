"""Who the initializer is to a registry, and what it says when it isn't let in. Passwords appear nowhere."""

import json

import pytest

from tests.image.credentials.logins import iris, login
from tests.image.initializer import Initializer, assert_failed
from tests.image.proxy import Fault, Proxy
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry
from tests.parts.token_server import TokenRequest, TokenServer

WRONG = "wr0ng-passw0rd"
UNAUTHORIZED, FORBIDDEN, REGISTRY_ERROR = 10, 11, 14


@pytest.fixture(params=["private_registry", "token_registry"])
def closed_registry(request: pytest.FixtureRequest) -> Registry:
    found: Registry = request.getfixturevalue(request.param)
    return found


def test_right_password_lets_in(closed_registry: Registry, initializer: Initializer) -> None:
    run = initializer(iris(closed_registry.host), **login(closed_registry))

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "model.joblib").exists()
    assert "credentials: KIT_USER" in run.stderr


@pytest.mark.parametrize("flags", ["--plain-http", "--plain-http -vvv"])
def test_password_appears_nowhere(closed_registry: Registry, initializer: Initializer, flags: str) -> None:
    right = initializer(iris(closed_registry.host), flags=flags, **login(closed_registry))
    wrong = initializer(
        iris(closed_registry.host), flags=flags, **login(closed_registry) | {"KIT_PASSWORD": WRONG}
    )

    assert (right.exit, wrong.exit) == (0, UNAUTHORIZED)
    assert closed_registry.auth
    assert closed_registry.auth.password not in right.everything
    assert WRONG not in wrong.everything


def test_wrong_password_is_told(closed_registry: Registry, initializer: Initializer) -> None:
    run = initializer(iris(closed_registry.host), **login(closed_registry) | {"KIT_PASSWORD": WRONG})

    assert_failed(run, UNAUTHORIZED, "refuses the user 'reader' (401")
    assert not initializer.destination.exists()


def test_no_password_is_told(closed_registry: Registry, initializer: Initializer) -> None:
    run = initializer(iris(closed_registry.host))

    assert_failed(run, UNAUTHORIZED, "asks for a user and password (401); set KIT_USER and KIT_PASSWORD")


def test_token_is_asked_once_for_what_is_pulled(token_registry: Registry, initializer: Initializer) -> None:
    assert isinstance(token_registry.auth, TokenServer)
    before = len(token_registry.auth.requests)

    assert initializer(iris(token_registry.host), **login(token_registry)).exit == 0

    assert token_registry.auth.requests[before:] == [
        TokenRequest("registry.kitserve.test", ("repository:golden/iris:pull",), "reader")
    ]


def test_anybody_gets_a_token_where_pulling_is_free(initializer: Initializer) -> None:
    with TokenServer(anonymous_pull=True) as tokens, Registry(tokens) as registry:
        registry.push_layout(modelkits()["base"].archive, "golden/base", "v1")

        run = initializer(f"kit://{registry.host}/golden/base:v1")

    assert run.exit == 0, run.stderr


def test_a_known_user_without_the_right_is_forbidden(initializer: Initializer) -> None:
    class Grudging(TokenServer):
        def granted(self, asked: TokenRequest) -> list[str]:  # noqa: ARG002 - the answer is always the same
            return []

    with Grudging() as tokens, Registry(tokens) as registry:
        run = initializer(iris(registry.host), **login(registry))

    assert_failed(run, FORBIDDEN, "let this user pull from the repository")


def test_a_registry_that_forbids_is_told_from_one_that_asks(
    registry: Registry, initializer: Initializer
) -> None:
    with Proxy(registry.url, lambda _: Fault(status=403)) as proxy:
        run = initializer(iris(proxy.host))

    assert_failed(run, FORBIDDEN, f"{proxy.host} forbids {proxy.host}/golden/iris (403)")


def test_nothing_is_sent_before_the_registry_asks(registry: Registry, initializer: Initializer) -> None:
    with Proxy(registry.url) as proxy:
        run = initializer(iris(proxy.host), KIT_USER="reader", KIT_PASSWORD="never-needed")

    assert run.exit == 0, run.stderr
    assert not [seen for seen in proxy.seen if "Authorization" in seen.headers]


def test_another_host_gets_no_authorization(private_registry: Registry, initializer: Initializer) -> None:
    """As registries do that redirect to an object store: it must see the path, and no password."""
    layer = "/blobs/sha256:cf12c57d"

    def redirect(path: str) -> Fault | None:
        away = {"Location": f"http://{store.host}{path}"}
        return Fault(status=307, headers=away, cut=0) if layer in path else None

    with Registry() as open_registry:
        open_registry.push_layout(modelkits()["iris"].archive, "golden/iris", "v1")
        with Proxy(open_registry.url) as store, Proxy(private_registry.url, redirect) as front:
            run = initializer(iris(front.host), **login(private_registry))

    assert run.exit == 0, run.stderr
    assert [seen.path for seen in store.seen if layer in seen.path]
    assert [seen for seen in front.seen if "Authorization" in seen.headers]
    assert not [seen for seen in store.seen if "Authorization" in seen.headers]


def test_a_store_that_asks_gets_no_password(private_registry: Registry, initializer: Initializer) -> None:
    """A challenge is the registry's to make: one from the host it redirects to isn't answered."""
    asks = Fault(status=401, headers={"WWW-Authenticate": 'Basic realm="store"'}, cut=0)

    def redirect(path: str) -> Fault | None:
        away = {"Location": f"http://{store.host}{path}"}
        return Fault(status=307, headers=away, cut=0) if "/blobs/" in path else None

    with Proxy(private_registry.url, lambda _: asks) as store, Proxy(private_registry.url, redirect) as front:
        run = initializer(iris(front.host), **login(private_registry))

    assert_failed(run, UNAUTHORIZED, "redirects to, asks for a login and gets none")
    assert not [seen for seen in store.seen if "Authorization" in seen.headers]


@pytest.mark.parametrize(
    ("challenge", "sentence"),
    [
        ("Negotiate", "asks for a login that is neither Basic nor Bearer"),
        ('Bearer service="x"', "names no token server that can be used"),
        ('Bearer realm="file:///etc/passwd"', "names no token server that can be used"),
    ],
)
def test_challenges_that_cannot_be_answered(
    registry: Registry, initializer: Initializer, challenge: str, sentence: str
) -> None:
    asks = Fault(status=401, headers={"WWW-Authenticate": challenge})
    with Proxy(registry.url, lambda _: asks) as proxy:
        run = initializer(iris(proxy.host))

    assert_failed(run, REGISTRY_ERROR, sentence)


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("{user}", "{password}\n"),
        ("{user}", "{password}\r\n"),
        ("{user}\n", "{password}"),
        (" {user}", "\t{password} "),
    ],
)
@pytest.mark.parametrize("source", ["KIT_USER", "STORAGE_CONFIG"])
def test_white_space_around_a_login_counts_for_nothing(
    private_registry: Registry, initializer: Initializer, source: str, user: str, password: str
) -> None:
    """A Secret made with `echo` (charmed-kubernetes/bundle#384, argoproj/argo-cd#19451): as `kit login` trims."""
    assert private_registry.auth
    known = {"user": private_registry.auth.user, "password": private_registry.auth.password}
    given = {"KIT_USER": user.format(**known), "KIT_PASSWORD": password.format(**known)}
    stored = {"username": given["KIT_USER"], "password": given["KIT_PASSWORD"]}
    variables = given if source == "KIT_USER" else {"STORAGE_CONFIG": json.dumps(stored)}

    run = initializer(iris(private_registry.host), **variables)

    assert run.exit == 0, run.stderr
    assert f"credentials: {source}," in run.stderr


def test_a_password_of_white_space_is_none(initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/a/b", KIT_USER="reader", KIT_PASSWORD="\n")

    assert_failed(run, 3, "KIT_USER and KIT_PASSWORD must be given together")


def test_half_a_login_is_refused(initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/a/b", KIT_USER="reader")

    assert_failed(run, 3, "KIT_USER and KIT_PASSWORD must be given together")
