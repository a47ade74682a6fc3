"""Docker's credential helpers: which one is asked, with which names, and what its answers mean."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kitserve_initializer.credentials.docker_config import DockerConfig, DockerConfigFile
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.oci.reference import Reference
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

HOST = "reg.example.com"
ENTRY = {"auths": {HOST: {"username": "auths", "password": "x"}}}
NOT_FOUND = "echo credentials not found in native keychain; exit 1"
Helper = Callable[[str, str], Path]


def resolved(config: dict[str, Any], host: str = HOST) -> Credential | None:
    return DockerConfig(Secret(json.dumps(config)), "the config").resolve(
        Reference(host, "models/iris", "v1")
    )


def user_of(found: Credential | None) -> str:
    return found.user if found else ""


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helper:
    """Writes a helper whose script knows as $server what is asked; returns the file of all that was asked."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def made(name: str, script: str) -> Path:
        asked = tmp_path / f"{name}.asked"
        program = tmp_path / f"docker-credential-{name}"
        program.write_text(f'#!/bin/sh\nserver=$(cat)\necho "$server" >>{asked}\n{script}\n')
        program.chmod(0o755)
        return asked

    return made


def knows(server: str, user: str = "helper", secret: str = "s") -> str:
    answer = json.dumps({"ServerURL": server, "Username": user, "Secret": secret})
    return f"[ \"$server\" = {server} ] && echo '{answer}' && exit 0; {NOT_FOUND}"


@pytest.mark.parametrize(
    ("host", "known", "asked"),
    [
        (HOST, HOST, [HOST]),
        (HOST, f"https://{HOST}", [HOST, f"https://{HOST}"]),
        ("docker.io", "https://index.docker.io/v1/", ["https://index.docker.io/v1/"]),
        ("docker.io", "docker.io", ["https://index.docker.io/v1/", "docker.io"]),
    ],
)
def test_a_store_may_know_a_registry_by_another_name(
    helper: Helper, host: str, known: str, asked: list[str]
) -> None:
    seen = helper("store", knows(known))

    assert user_of(resolved({"credsStore": "store"}, host)) == "helper"
    assert seen.read_text().split() == asked


def test_a_helper_s_token_is_an_identity_token(helper: Helper) -> None:
    helper("store", knows(HOST, "<token>", "t"))

    found = resolved({"credsStore": "store"})

    assert found
    assert (found.user, found.identity_token.reveal()) == ("", "t")
    assert found.source == "the config, docker-credential-store"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"credHelpers": {HOST: "own"}, "credsStore": "store"}, "own"),
        ({"credHelpers": {"*.example.com": "own"}, "credsStore": "store"}, "own"),
        ({"credHelpers": {"*.example.com": "store", HOST: "own"}}, "own"),
        ({"credHelpers": {f"https://{HOST}/": "own"}}, "own"),
        ({"credHelpers": {"other.example.com": "own"}, "credsStore": "store"}, "store"),
        ({"credHelpers": {f"{HOST}/models": "own"}, "credsStore": "store"}, "store"),
        ({"credHelpers": {HOST: ""}, "credsStore": "store"}, "auths"),
        ({"credHelpers": {HOST: "missing"}, "credsStore": "store"}, "auths"),
        ({"credHelpers": {HOST: "../own"}}, "auths"),
        ({"credHelpers": {}, "credsStore": ""}, "auths"),
        ({"CredsStore": "store"}, "store"),
    ],
)
def test_the_helper_for_a_registry_comes_before_that_for_all(
    helper: Helper, config: dict[str, Any], expected: str
) -> None:
    helper("own", knows(HOST, "own"))
    helper("store", knows(HOST, "store"))

    assert user_of(resolved({**ENTRY, **config})) == expected


@pytest.mark.parametrize(
    ("script", "times"),
    [
        (NOT_FOUND, 2),
        ("echo no session; exit 1", 1),
        ("exit 127", 1),
        ("echo '{}'", 2),
        ('echo \'{"Username": "", "Secret": ""}\'', 2),
    ],
)
def test_a_helper_that_knows_nothing_leaves_it_to_the_entries(
    helper: Helper, script: str, times: int
) -> None:
    seen = helper("store", script)

    assert user_of(resolved({"credsStore": "store", **ENTRY})) == "auths"
    assert len(seen.read_text().split()) == times


def test_a_helper_that_answers_nonsense_is_named(helper: Helper) -> None:
    helper("store", "echo planted")

    with pytest.raises(
        CredentialSourceFailed, match="docker-credential-store holds no JSON object"
    ) as caught:
        resolved({"credsStore": "store"})

    assert "planted" not in caught.value.cause


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_that_windows_wrote(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(ENTRY), encoding)

    found = DockerConfigFile(file, "DOCKER_CONFIG").resolve(Reference(HOST, "models/iris", "v1"))

    assert user_of(found) == "auths"


@pytest.mark.parametrize("content", [b"\x7fELF\x02\x01\x01" + bytes(100), b"", b"#!/nonexistent/shell\n"])
def test_a_helper_that_can_t_run_here_leaves_it_to_the_entries(
    helper: Helper, tmp_path: Path, content: bytes
) -> None:
    """As one for another kind of machine, in a config that was copied."""
    helper("store", "")
    (tmp_path / "docker-credential-store").write_bytes(content)

    assert user_of(resolved({"credsStore": "store", **ENTRY})) == "auths"
