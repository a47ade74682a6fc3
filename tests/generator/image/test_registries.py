"""Registries of all kinds are pushed to: their logins, and what they answer in their own ways."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.generator.image.imaging import (
    Bend,
    Imaging,
    at,
    front,
    headed,
    read,
    repository,
    uploaded,
    where,
)
from tests.image.certificates import Company
from tests.image.certificates import found as new_company
from tests.image.packing import Packed, file, layer, pack
from tests.image.scripted import Asked, Reply, Scripted, redirect
from tests.image.trust.judging import hurried
from tests.parts.registry import Basic, Registry
from tests.parts.token_server import TokenRequest, TokenServer

WEIGHTS = layer(file("weights", b"w" * 1000))

Answer = Callable[[], Reply]


def errors(status: int, code: str, **headers: str) -> Reply:
    return Reply(status, headers, json.dumps({"errors": [{"code": code, "message": "s3cr3t"}]}).encode())


def login(folder: Path, registry: Registry, user: str, password: str) -> None:
    """As docker login writes it."""
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    (folder / ".docker").mkdir(exist_ok=True)
    document = {"auths": {registry.host: {"auth": auth}}}
    (folder / ".docker/config.json").write_text(json.dumps(document))


# Logins


def test_a_login_by_basic_authentication(private_registry: Registry, imaging: Imaging) -> None:
    made = pack(private_registry, WEIGHTS)
    without = imaging(made.uri)
    assert isinstance(private_registry.auth, Basic)
    login(imaging.folder, private_registry, private_registry.auth.user, private_registry.auth.password)

    imaging.made(made.uri)

    assert (without.exit_code, without.out) == (6, "")
    assert imaging(made.uri, "--check").exit_code == 0


@pytest.fixture(scope="module")
def reading() -> TokenServer:
    """A token server that lets everybody pull, and its user no more."""

    class Reading(TokenServer):
        def granted(self, asked: TokenRequest) -> list[str]:
            return [f"{scope.rpartition(':')[0]}:pull" for scope in asked.scopes]

    return Reading()


def test_tokens_are_for_pushing_and_for_what_is_mounted(token_registry: Registry, imaging: Imaging) -> None:
    tokens = token_registry.auth
    assert isinstance(tokens, TokenServer)
    login(imaging.folder, token_registry, tokens.user, tokens.password)
    parent = pack(token_registry, WEIGHTS)
    path = parent.uri.removeprefix("kit://")
    child = pack(
        token_registry,
        layer(file("adapter")),
        claim=lambda config: config["model"].update(path=path),
        repository=f"{parent.repository}/child",
    )
    before = len(tokens.requests)

    imaging.made(child.uri)
    asked = {scope for each in tokens.requests[before:] for scope in each.scopes}
    before = len(tokens.requests)
    imaging(child.uri, "--check")
    checked = {scope for each in tokens.requests[before:] for scope in each.scopes}

    assert f"repository:{child.repository}:pull,push" in asked
    assert f"repository:{parent.repository}:pull" in asked
    assert not [scope for scope in checked if "push" in scope]


def test_who_may_only_pull_hears_of_it_before_layers_are_read(reading: TokenServer, imaging: Imaging) -> None:
    with reading, Registry(reading) as registry:
        made = pack(registry, WEIGHTS)
        nobody = imaging(made.uri)
        before = len(registry.accesses())
        login(imaging.folder, registry, reading.user, reading.password)
        reader = imaging(made.uri)
        seen = registry.accesses()[before:]
        check = imaging(made.uri, "--check")

    assert (nobody.exit_code, reader.exit_code, check.exit_code) == (6, 6, 1)
    assert f"doesn't let the user 'reader' push to {registry.host}/{made.repository}" in reader.err
    assert (
        "hint: log in as somebody who may push there (docker login, podman login, or KIT_USER" in reader.err
    )
    assert f"push to {registry.host}/{made.repository}" in nobody.err
    assert not [each for each in seen if made.layers[0] in each.path]
    assert "s3cr3t" not in nobody.err + reader.err


def test_a_token_that_expires_is_replaced(imaging: Imaging) -> None:
    with TokenServer() as tokens, Registry(tokens) as registry:
        login(imaging.folder, registry, tokens.user, tokens.password)
        made = pack(registry, WEIGHTS)
        expired: set[str] = set()

        def bend(asked: Asked, answer: Answer) -> Reply:
            header = asked.headers.get("Authorization", "")
            if asked.method == "PUT" and "/manifests/" in asked.path and not expired:
                expired.add(header)
            if header in expired:
                told = f'Bearer realm="{tokens.realm}",service="registry.kitserve.test",error="invalid_token"'
                return Reply(401, {"WWW-Authenticate": told})
            return answer()

        with front(registry, bend) as server:
            (imaging.folder / ".docker/config.json").write_text(
                (imaging.folder / ".docker/config.json").read_text().replace(registry.host, server.host)
            )
            imaging.made(at(server, made))

    assert len(expired) == 1


def test_tls_and_an_authority_of_ones_own(imaging: Imaging, tmp_path: Path) -> None:
    (tmp_path / "company").mkdir()
    company: Company = new_company(tmp_path / "company")
    with Registry(tls=company.tls()) as registry:
        made = pack(registry, WEIGHTS)
        stranger = imaging.kitserve("image", made.uri)
        ran = imaging.kitserve("image", made.uri, "--ca", company.file)
        lax = imaging.kitserve("image", made.uri, "--tls-verify", "false", "--check")

    assert (stranger.exit_code, ran.exit_code, lax.exit_code) == (6, 0, 0), ran.err


# Ways of registries that work all the same


def once(what: str, reply: Reply) -> Callable[[], Bend]:
    """Answers the first request of a kind otherwise, and doesn't pass it on."""

    def made() -> Bend:
        met: list[Asked] = []

        def bend(asked: Asked, answer: Answer) -> Reply:
            if where(asked) == what and not met:
                met.append(asked)
                return reply
            return answer()

        return bend

    return made


def lost(what: str) -> Callable[[], Bend]:
    """Passes the first request of a kind on, and answers 502."""

    def made() -> Bend:
        met: list[Asked] = []

        def bend(asked: Asked, answer: Answer) -> Reply:
            reply = answer()
            if where(asked) == what and not met:
                met.append(asked)
                return Reply(502)
            return reply

        return bend

    return made


def changed(what: str, change: Callable[[Reply], Reply]) -> Callable[[], Bend]:
    """Changes every answer to a request of a kind."""
    return lambda: lambda asked, answer: change(answer()) if where(asked) == what else answer()


def always(what: str, reply: Reply) -> Callable[[], Bend]:
    """Answers every request of a kind otherwise."""
    return lambda: lambda asked, answer: reply if where(asked) == what else answer()


def relative(reply: Reply) -> Reply:
    return headed(reply, Location="/" + reply.headers["Location"].split("/", 3)[3])


def without_digest(reply: Reply) -> Reply:
    return headed(reply, Docker_Content_Digest="")


WORKING: dict[str, Callable[[], Bend]] = {
    "a relative location": changed("POST start", relative),
    "a location without a query": changed(
        "POST start", lambda reply: headed(reply, Location=f"{reply.headers['Location']}&")
    ),
    "no digest in answers": changed("PUT upload", without_digest),
    "200 for a blob": changed("PUT upload", lambda reply: Reply(200, reply.headers, reply.body)),
    "204 for a manifest": changed("PUT digest", lambda reply: Reply(204, reply.headers)),
    "a start that fails once": once("POST start", Reply(503)),
    "too many requests once": once("POST start", Reply(429, {"Retry-After": "1"})),
    "an upload that fails once": once("PUT upload", Reply(500)),
    "an upload whose answer is lost": lost("PUT upload"),
    "a session that another server has": once("PUT upload", errors(404, "BLOB_UPLOAD_UNKNOWN")),
    "a manifest that fails once": once("PUT digest", Reply(502)),
    "a manifest whose answer is lost": lost("PUT digest"),
    "a tag whose answer is lost": lost("PUT tag"),
    "a list whose answer is lost": lost("PUT fallback"),
    "no HEAD": always("HEAD blob", Reply(405)),
    "no leaving of uploads": always("DELETE upload", errors(405, "UNSUPPORTED")),
    "referrers that nobody names": always("GET referrers", Reply(400)),
}


@pytest.mark.parametrize("case", WORKING)
def test_ways_that_work(
    registry: Registry, imaging: Imaging, packed: Packed, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    hurried(monkeypatch)
    with front(registry, WORKING[case]()) as server:
        imaging.made(at(server, packed))

    assert imaging(packed.uri, "--check").exit_code == 0
    assert uploaded(server).keys().isdisjoint(packed.layers)
    assert len(read(server)) == 1 + len(packed.layers)


# Ways that end


ENDING: dict[str, tuple[Callable[[], Bend], str, str]] = {
    "read only": (always("POST start", errors(405, "UNSUPPORTED")), "405, UNSUPPORTED", "pull-through cache"),
    "denied": (always("POST start", errors(403, "DENIED")), "without a login", "docker login"),
    "a login that is asked for": (
        always("POST start", Reply(401, {"WWW-Authenticate": "Basic realm=x"})),
        "asks for a user and password (401)",
        "log in as somebody who may push",
    ),
    "no location": (
        changed("POST start", lambda reply: headed(reply, Location="")),
        "where an upload goes",
        "",
    ),
    "a location that is none": (
        changed("POST start", lambda reply: headed(reply, Location="http://[x")),
        "where an upload goes",
        "",
    ),
    "too large": (always("PUT upload", Reply(413)), "answers 413 for the blob sha256:", ""),
    "another digest of a blob": (
        changed("PUT upload", lambda reply: headed(reply, Docker_Content_Digest=f"sha256:{'0' * 64}")),
        "calls sha256:",
        "changes what is pushed",
    ),
    "another digest of a manifest": (
        changed("PUT digest", lambda reply: headed(reply, Docker_Content_Digest=f"sha256:{'0' * 64}")),
        "calls sha256:",
        "changes what is pushed",
    ),
    "an invalid manifest": (
        always("PUT digest", errors(400, "MANIFEST_INVALID")),
        "400, MANIFEST_INVALID for the manifest sha256:",
        "",
    ),
    "an immutable tag of ECR": (always("PUT tag", errors(400, "TAG_INVALID")), "400, TAG_INVALID", "--tag"),
    "an immutable tag of Harbor": (
        always("PUT tag", errors(412, "PRECONDITION")),
        "412, PRECONDITION",
        "--tag",
    ),
    "a quota": (always("PUT tag", errors(403, "DENIED")), "(403, DENIED)", "push"),
    "a POST that becomes a GET": (always("POST start", redirect("/elsewhere", 302)), "makes it a GET", ""),
    "a web page": (always("POST start", Reply(200, {}, b"<html>")), "answers 200 for an upload", ""),
    "a server that always fails": (always("POST start", Reply(500)), "answers 500", ""),
}


@pytest.mark.parametrize("case", ENDING)
def test_ways_that_end(
    registry: Registry, imaging: Imaging, packed: Packed, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    hurried(monkeypatch)
    bend, cause, hint = ENDING[case]
    with front(registry, bend()) as server:
        ran = imaging(at(server, packed))

    assert (ran.exit_code, ran.out) == (6, "")
    error, _, told = ran.err.partition("error: ")[2].partition("\n")
    assert cause in error
    assert hint in told
    assert "s3cr3t" not in ran.err
    assert repository(registry, packed).tags() == {"v1"}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(202, {"Location": "/v2/a/blobs/uploads/1"}),
        errors(404, "BLOB_UNKNOWN"),
        errors(405, "UNSUPPORTED"),
        Reply(400),
    ],
    ids=["an upload instead", "unknown", "unsupported", "not understood"],
)
def test_parents_that_the_registry_doesnt_mount_are_refused(
    registry: Registry, imaging: Imaging, reply: Reply
) -> None:
    parent = pack(registry, WEIGHTS)
    with front(registry, lambda asked, answer: reply if "mount=" in asked.path else answer()) as server:
        path = f"{server.host}/{parent.repository}:v1"
        child = pack(registry, layer(file("a")), claim=lambda config: config["model"].update(path=path))
        ran = imaging(at(server, child))

    assert (ran.exit_code, ran.out) == (6, "")
    assert f"the registry doesn't mount {parent.layers[0]} of kit://{path} in " in ran.err
    assert "no layer is uploaded" in ran.err
    assert uploaded(server) == {}
    assert {*read(server)} == {child.config, parent.config}


# Where uploads go


def test_the_login_stays_where_uploads_go_elsewhere(private_registry: Registry, imaging: Imaging) -> None:
    made = pack(private_registry, WEIGHTS)
    assert isinstance(private_registry.auth, Basic)
    with Scripted(lambda _: Reply(201)) as storage:

        def bend(asked: Asked, answer: Answer) -> Reply:
            if where(asked) == "POST start":
                return headed(answer(), Location=f"{storage.url}/put?sig=a%2fb")
            return Reply(201) if where(asked).startswith("PUT") else answer()

        with front(private_registry, bend) as server:
            document = {"auths": {server.host: {"auth": base64.b64encode(b"reader:s3cr3t-b4sic").decode()}}}
            (imaging.folder / ".docker").mkdir()
            (imaging.folder / ".docker/config.json").write_text(json.dumps(document))
            ran = imaging(at(server, made))

    puts = [asked for asked in storage.asked if asked.method == "PUT"]
    assert puts, ran.err
    assert all(asked.path.startswith("/put?sig=a%2fb&digest=sha256%3A") for asked in puts)
    assert not [asked for asked in storage.asked if "Authorization" in asked.headers]


def test_an_upload_that_is_redirected_keeps_its_method_and_body(
    registry: Registry, imaging: Imaging, packed: Packed
) -> None:
    def bend(asked: Asked, answer: Answer) -> Reply:
        if where(asked) == "PUT upload" and "&again" not in asked.path:
            return redirect(f"{asked.path}&again")
        return answer()

    with front(registry, bend) as server:
        imaging.made(at(server, packed))

    again = [asked for asked in server.asked if "&again" in asked.path]
    assert {asked.method for asked in again} == {"PUT"}
    assert all(asked.body for asked in again)


def test_storage_that_refuses_head_has_the_blob(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    """As ghcr.io's has (containerd/stargz-snapshotter#167)."""
    imaging.made(packed.uri)
    with Scripted(lambda _: Reply(403)) as storage:

        def bend(asked: Asked, answer: Answer) -> Reply:
            reply = answer()
            found = where(asked) == "HEAD blob" and reply.status == 200
            return redirect(f"{storage.url}/blob?sig=1") if found else reply

        with front(registry, bend) as server:
            assert imaging(at(server, packed), "--check").exit_code == 0
