"""Entries of a docker config, as Go reads them."""

import base64
import json
from typing import Any

import pytest
from kitserve_initializer.credentials.config_entry import login
from kitserve_initializer.credentials.docker_config import DockerConfig
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.oci.reference import Reference
from kitserve_initializer.registry.token_server import basic
from kitserve_initializer.secret import Secret

IRIS = Reference("reg.example.com", "models/iris", "v1")


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def pair(entry: Any) -> tuple[str, str] | None:  # noqa: ANN401
    found = login(entry, "the entry", "the config")
    return (found.user, found.password.reveal()) if found else None


ME = encoded("me:x")
PAIRS = {
    "auth over the fields": ({"auth": ME, "username": "me", "password": "old"}, ("me", "x")),
    "the fields": ({"username": "me", "password": "x"}, ("me", "x")),
    "an empty auth": ({"auth": "", "username": "me", "password": "x"}, ("me", "x")),
    "capitals in names": ({"Auth": ME}, ("me", "x")),
    "a user alone": ({"username": "me"}, ("me", "")),
    "no password": ({"auth": encoded("me:")}, ("me", "")),
    "colons": ({"auth": encoded("me:a:b:")}, ("me", "a:b:")),
    "UTF-8": ({"auth": encoded("mü:pässwörd€")}, ("mü", "pässwörd€")),
    "a newline of the password": ({"auth": encoded("me:x\n")}, ("me", "x\n")),
    "line breaks": ({"auth": f"{ME[:3]}\r\n{ME[3:]}\n"}, ("me", "x")),
    "no padding": ({"auth": encoded("me:xy").rstrip("=")}, ("me", "xy")),
    "NUL bytes around": ({"auth": encoded("me:\0x\0\0")}, ("me", "x")),
    "half a character": ({"username": "me", "password": "x\ud800"}, ("me", "x\ufffd")),
    "other members": ({"email": "me@example.com", "auth": ME, "serveraddress": "x"}, ("me", "x")),
    "null": (None, None),
    "empty": ({}, None),
    "nulls": ({"auth": None, "username": None}, None),
    "an address alone": ({"email": "me@example.com"}, None),
}


@pytest.mark.parametrize(("entry", "expected"), PAIRS.values(), ids=PAIRS)
def test_users_and_passwords(entry: Any, expected: tuple[str, str] | None) -> None:  # noqa: ANN401
    assert pair(entry) == expected


REFUSED: dict[str, Any] = {
    "no base64": {"auth": "planted"},
    "base64 for URLs": {"auth": encoded("me:???>>>").replace("/", "_").replace("+", "-")},
    "a space": {"auth": f"{ME} "},
    "half the padding": {"auth": encoded("me:x").rstrip("=") + "="},
    "too much padding": {"auth": f"{ME}="},
    "something behind the padding": {"auth": f"{encoded('me:xy')}{ME}"},
    "padding alone": {"auth": "=="},
    "no colon": {"auth": encoded("planted")},
    "no user": {"auth": encoded(":planted")},
    "a password alone": {"password": "planted"},
    "a number": {"username": "me", "password": 1234},
    "a text": "planted",
    "a list": ["planted"],
    "a token for no header": {"registrytoken": "planted\r\nX: y"},
}


@pytest.mark.parametrize("entry", REFUSED.values(), ids=REFUSED)
def test_what_is_malformed_is_told_and_not_shown(entry: Any) -> None:  # noqa: ANN401
    with pytest.raises(CredentialSourceFailed, match="the entry") as caught:
        pair(entry)

    assert "planted" not in caught.value.cause


def test_tokens_stand_beside_a_user_and_password() -> None:
    entry = {"auth": ME, "identityToken": "identity", "registrytoken": "registry\n"}
    found = login(entry, "the entry", "the config")

    assert found
    assert (found.user, found.password.reveal()) == ("me", "x")
    assert (found.identity_token.reveal(), found.registry_token.reveal()) == ("identity", "registry")


def test_a_password_that_is_no_utf_8_is_sent_as_it_is() -> None:
    found = login({"auth": encoded(b"me:p\xe4ss")}, "the entry", "the config")

    assert found
    assert basic(found) == f"Basic {encoded(b'me:p' + bytes([0xE4]) + b'ss')}"


ENTRY = json.dumps({"auths": {IRIS.registry: {"auth": ME}}})
DOCUMENTS = {
    "a mark of Windows": (f"\ufeff{ENTRY}", True),
    "something behind it": (f"{ENTRY}\n}}", True),
    "capitals": (ENTRY.replace("auths", "Auths"), True),
    "a .dockercfg": (json.dumps({f"https://{IRIS.registry}/v1/": {"auth": ME, "email": "x"}}), True),
    "no .dockercfg": ('{"proxies": {"default": {"httpProxy": "x"}}, "HttpHeaders": {"X": "y"}}', False),
    "a broken entry of another": (
        json.dumps(
            {"auths": {"other.example.com": {"auth": "!"}, "*.example.com": 1, IRIS.registry: {"auth": ME}}}
        ),
        True,
    ),
    "empty": ("", False),
    "blank": (" \n", False),
    "null": ("null", False),
    "null inside": ('{"auths": null, "credHelpers": null, "credsStore": null}', False),
}


@pytest.mark.parametrize(("text", "known"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_documents(text: str, known: bool) -> None:
    assert bool(DockerConfig(Secret(text), "the config").resolve(IRIS)) is known


@pytest.mark.parametrize(
    "text", ['{"auths": []}', '{"auths": {"reg.example.com": []}}', '{"credHelpers": "x"}', "[]", "{"]
)
def test_documents_that_are_malformed(text: str) -> None:
    with pytest.raises(CredentialSourceFailed, match="the config"):
        DockerConfig(Secret(text), "the config").resolve(IRIS)
