"""No secret is in anything that a run writes: its output, the termination log, files, the arguments of its children."""

import base64
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.image.certificates import Company
from tests.image.credentials.logins import iris
from tests.image.initializer import Initializer
from tests.image.process_tree import family
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry
from tests.parts.token_server import TokenServer

ENVIRONMENT, UNAUTHORIZED, UNREACHABLE, ERROR, UNTRUSTED = 3, 10, 13, 14, 15
SOURCE_FAILED, CORRUPT, KIT_FAILED = 16, 22, 40
SIGNED = "X-Signature=planted-signature"
PLANTED = {
    "docker": "planted-docker-passw0rd",
    "identity": "planted-identity-t0ken",
    "storage": "planted-storage-passw0rd",
    "proxy": "planted-proxy-passw0rd",
    "signature": "planted-signature",
}
LAYER = "/blobs/sha256:cf12c57d"
"""The beginning of the path of iris's model."""


class Watched:
    """Runs the initializer, and keeps all that it and its children write and are called with."""

    def __init__(self, initializer: Initializer, secrets: dict[str, str], engine: str) -> None:
        self.secrets = secrets
        self.engine = engine
        self._initializer = initializer
        for name in ("home", "tmp"):
            (initializer.folder / name).mkdir()

    def __call__(self, source: str, flags: str, **variables: str) -> int:
        """Run, look for each secret, and return the exit code."""
        seen: set[bytes] = set()
        folder = self._initializer.folder
        places = {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "KITSERVE_ENGINE": self.engine,
        }
        with self._initializer.start(source, flags=flags, **places, **variables) as process:
            while process.poll() is None:
                seen |= set(written(folder)) | set(arguments(process.pid))
                time.sleep(0.01)
            output = "".join(process.communicate())
        seen |= {output.encode(), *written(folder)}
        found = {name for name, secret in self.secrets.items() for text in seen if secret.encode() in text}
        assert not found, output
        assert len(seen) > 2, "there was something to look at"
        self.output = output
        return process.returncode


def written(folder: Path) -> Iterator[bytes]:
    """The files below a folder, some of which may be gone before they are read."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                yield (Path(parent) / name).read_bytes()


def arguments(pid: int) -> Iterator[bytes]:
    """The command lines of a process and its children."""
    with suppress(OSError):
        for each in family(pid):
            yield Path(f"/proc/{each}/cmdline").read_bytes()


def environment(registry: Registry, company: Company, **changed: str) -> dict[str, str]:
    """A login for the registry, and every other secret that a pod may have."""
    assert registry.auth
    certificate, key = company.pair("client")
    entries = {
        "one.example.com": {"auth": base64.b64encode(f"me:{PLANTED['docker']}".encode()).decode()},
        "two.example.com": {"identitytoken": PLANTED["identity"]},
    }
    return {
        "KIT_USER": registry.auth.user,
        "KIT_PASSWORD": registry.auth.password,
        "KITSERVE_DOCKER_CONFIG_JSON": json.dumps({"auths": entries}),
        "STORAGE_CONFIG": json.dumps({"type": "kit", "username": "me", "password": PLANTED["storage"]}),
        "HTTP_PROXY": f"http://me:{PLANTED['proxy']}@localhost:1",
        "HTTPS_PROXY": f"http://me:{PLANTED['proxy']}@localhost:1",
        "NO_PROXY": "localhost",
        "KITSERVE_CLIENT_CERTIFICATE": certificate.read_text(),
        "KITSERVE_CLIENT_KEY": key.read_text(),
        **changed,
    }


def secrets(registry: Registry, company: Company) -> dict[str, str]:
    """All of `environment`, also in the forms that headers and configs have."""
    assert registry.auth
    pairs = {
        "KIT_PASSWORD": (registry.auth.user, registry.auth.password),
        "docker": ("me", PLANTED["docker"]),
        "proxy": ("me", PLANTED["proxy"]),
    }
    encoded = {
        f"{name} as a header": base64.b64encode(":".join(pair).encode()).decode()
        for name, pair in pairs.items()
    }
    key = company.pair("client")[1].read_text().splitlines()[1]
    return {**PLANTED, **encoded, "KIT_PASSWORD": registry.auth.password, "client key": key}


@pytest.fixture(params=["native", "kit"])
def watched(
    request: pytest.FixtureRequest, token_registry: Registry, company: Company, initializer: Initializer
) -> Watched:
    if request.param == "kit" and not shutil.which("kit"):
        pytest.xfail("there is no `kit` on PATH: what it writes is NOT searched")
    return Watched(initializer, secrets(token_registry, company), request.param)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_success_shows_none(
    watched: Watched, registry: Registry, token_registry: Registry, company: Company, form: str
) -> None:
    def redirect(path: str) -> Fault | None:
        away = {"Location": f"http://{store.host}{path}?{SIGNED}"}
        return Fault(status=307, headers=away, cut=0) if LAYER in path else None

    with Proxy(registry.url) as store, Proxy(token_registry.url, redirect) as front:
        variables = environment(token_registry, company, KITSERVE_LOG_FORMAT=form)
        code = watched(iris(front.host), "--plain-http -vvv", **variables)

    assert code == 0, watched.output
    assert any(SIGNED in seen.path for seen in store.seen)
    assert isinstance(token_registry.auth, TokenServer)
    assert token_registry.auth.issued
    assert not [token for token in token_registry.auth.issued if token in watched.output]


def test_a_refused_login_shows_none(watched: Watched, token_registry: Registry, company: Company) -> None:
    wrong = "planted-wr0ng-passw0rd"
    watched.secrets["wrong"] = wrong
    watched.secrets["wrong as a header"] = base64.b64encode(f"reader:{wrong}".encode()).decode()

    code = watched(
        iris(token_registry.host),
        "--plain-http -vvv",
        **environment(token_registry, company, KIT_PASSWORD=wrong),
    )

    assert code == UNAUTHORIZED, watched.output


def test_a_registry_that_isnt_trusted_sees_and_shows_none(
    watched: Watched, tls_registry: Registry, company: Company
) -> None:
    assert watched(iris(tls_registry.host), "-vvv", **environment(tls_registry, company)) == UNTRUSTED


def test_a_store_that_refuses_a_signed_url_shows_none(
    watched: Watched, registry: Registry, token_registry: Registry, company: Company
) -> None:
    def redirect(path: str) -> Fault | None:
        away = {"Location": f"http://{store.host}{path}?{SIGNED}"}
        return Fault(status=307, headers=away, cut=0) if LAYER in path else None

    with (
        Proxy(registry.url, lambda _: Fault(status=403)) as store,
        Proxy(token_registry.url, redirect) as front,
    ):
        code = watched(iris(front.host), "--plain-http -vvv", **environment(token_registry, company))

    assert code == {"native": ERROR, "kit": KIT_FAILED}[watched.engine], watched.output


def test_a_corrupt_layer_shows_none(watched: Watched, token_registry: Registry, company: Company) -> None:
    with Proxy(token_registry.url, lambda path: Fault(flip=600) if LAYER in path else None) as proxy:
        code = watched(iris(proxy.host), "--plain-http -vvv", **environment(token_registry, company))

    # kit compares nothing, and takes the byte for the model's.
    assert code == {"native": CORRUPT, "kit": 0}[watched.engine], watched.output


@pytest.mark.parametrize("by", ["variable", "flag"])
def test_a_proxy_that_refuses_shows_none(
    watched: Watched, registry: Registry, token_registry: Registry, company: Company, by: str
) -> None:
    with Proxy(registry.url, lambda _: Fault(status=407)) as proxy:
        url = f"http://me:{PLANTED['proxy']}@{proxy.host}"
        given = {"HTTP_PROXY": url, "NO_PROXY": ""} if by == "variable" else {}
        flags = f"--plain-http -vvv {f'--proxy {url}' if by == 'flag' else ''}"
        code = watched(
            "kit://registry.example.com/a:v1", flags, **environment(token_registry, company, **given)
        )

    assert code == UNREACHABLE, watched.output


@pytest.mark.parametrize(
    ("fault", "code"),
    {
        "KITSERVE_DOCKER_CONFIG_JSON": SOURCE_FAILED,
        "STORAGE_CONFIG": SOURCE_FAILED,
        "HTTPS_PROXY": ENVIRONMENT,
        "KIT_UNPACK_FLAGS": ENVIRONMENT,
    }.items(),
)
def test_what_cannot_be_read_is_not_shown(
    watched: Watched, token_registry: Registry, company: Company, fault: str, code: int
) -> None:
    variables = environment(token_registry, company, KIT_USER="", KIT_PASSWORD="")
    flags = "--plain-http"
    if fault == "KIT_UNPACK_FLAGS":
        flags = f"--proxy ftp://me:{PLANTED['proxy']}@proxy"
    else:
        variables[fault] = f"ftp://{PLANTED['storage']}"

    assert watched(iris(token_registry.host), flags, **variables) == code, watched.output
