"""Docker's config.json and KServe's storage.key: which entry counts for which registry, and that nothing shows."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from kitserve_initializer.credentials.docker_config import DockerConfig, DockerConfigFile
from kitserve_initializer.credentials.kit_env import KitEnv
from kitserve_initializer.credentials.storage_config import StorageConfig
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.log import lines
from kitserve_initializer.oci.reference import Reference
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

from tests.image.credentials.logins import iris
from tests.image.initializer import Initializer, assert_failed
from tests.image.proxy import Proxy
from tests.parts.registry import Basic, Registry

HOST = "registry.example.com:5000"
IRIS = Reference(HOST, "team/models/iris", "v1")
UNAUTHORIZED, SOURCE_FAILED = 10, 16


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def resolved(document: Any, reference: Reference = IRIS) -> Credential | None:  # noqa: ANN401
    return DockerConfig(Secret(json.dumps(document)), "the config").resolve(reference)


def user_of(found: Credential | None) -> str | None:
    return found.user if found else None


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([HOST], HOST),
        ([f"https://{HOST}"], f"https://{HOST}"),
        ([f"https://{HOST}/v2/"], f"https://{HOST}/v2/"),
        (["registry.example.com", "other.example.com"], None),
        ([HOST, f"{HOST}/team"], f"{HOST}/team"),
        ([HOST, f"{HOST}/team", f"{HOST}/team/models/iris"], f"{HOST}/team/models/iris"),
        ([HOST, f"{HOST}/tea", f"{HOST}/team/models/iris/more"], HOST),
        ([], None),
    ],
)
def test_the_nearest_entry_counts(keys: list[str], expected: str | None) -> None:
    auths = {key: {"username": key, "password": "x"} for key in keys}

    assert user_of(resolved({"auths": auths})) == expected


@pytest.mark.parametrize(
    "key",
    [
        "registry.example.com",
        f"{HOST}0",
        f"x{HOST}",
        f"{HOST}.evil.example.com",
        f"evil.example.com/{HOST}",
        f"http://evil.example.com/{HOST}",
        f"{HOST}@evil.example.com",
        f"user@{HOST}",
        f"{HOST}/other",
        f"{HOST}/team/models/iri",
        "*.example.com:5000x",
        "",
    ],
)
@pytest.mark.parametrize("section", ["auths", "credHelpers"])
def test_an_entry_for_somebody_else_is_nobody_s(key: str, section: str) -> None:
    value: Any = auth("me", "x") if section == "auths" else "surely-missing"

    assert resolved({section: {key: value}}) is None


@pytest.mark.parametrize("key", ["https://index.docker.io/v1/", "index.docker.io", "docker.io"])
def test_docker_hub_has_several_names(key: str) -> None:
    found = resolved({"auths": {key: auth("me", "x")}}, Reference("docker.io", "me/iris", "v1"))

    assert user_of(found) == "me"


def test_entries_hold_user_and_password_or_an_identity_token() -> None:
    both = resolved({"auths": {HOST: auth("me", "a:b")}})
    token = resolved({"auths": {HOST: {**auth("me", ""), "identitytoken": "t"}}})

    assert both
    assert both.password.reveal() == "a:b"
    assert token
    assert token.identity_token


@pytest.mark.parametrize(
    "text", ["planted", "[]", '{"auths": ["planted"]}', json.dumps({"auths": {HOST: {"auth": "planted"}}})]
)
def test_a_malformed_config_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(CredentialSourceFailed) as caught:
        DockerConfig(Secret(text), "the config").resolve(IRIS)

    assert "the config" in caught.value.cause
    assert "planted" not in caught.value.cause


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('read host; echo "{\\"Username\\": \\"$host\\", \\"Secret\\": \\"x\\"}"', HOST),
        ("echo credentials not found; exit 1", "auths"),
    ],
)
@pytest.mark.parametrize(
    "setting",
    [{"credsStore": "test"}, {"credHelpers": {HOST: "test"}}, {"credHelpers": {f"https://{HOST}/": "test"}}],
)
def test_a_helper_on_path_is_asked_first(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: dict[str, Any],
    script: str,
    expected: str,
) -> None:
    helper = tmp_path / "docker-credential-test"
    helper.write_text(f"#!/bin/sh\n{script}\n")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert user_of(resolved({**setting, "auths": {HOST: auth("auths", "x")}})) == expected


def test_a_missing_helper_and_a_missing_file_are_passed_over(tmp_path: Path) -> None:
    missing = resolved({"credsStore": "surely-missing", "auths": {HOST: auth("auths", "x")}})

    assert user_of(missing) == "auths"
    assert DockerConfigFile(tmp_path / "none", "DOCKER_CONFIG").resolve(IRIS) is None


@pytest.mark.parametrize(
    ("config", "parameters", "expected"),
    [
        ({"type": "kit", "username": "me", "password": "x"}, {"type": "kit"}, "me"),
        ({"username": "me", "password": "x"}, {}, "me"),
        ({"username": "me", "password": "x", "registry": "other"}, {}, None),
        ({"username": "me", "password": "x", "registry": "other"}, {"registry": HOST}, None),
        ({"username": "me", "password": "x", "registry": "other"}, {"registry": ""}, None),
        ({"username": "me", "password": "x", "registry": "other"}, {"registry": None}, None),
        (
            {"username": "me", "password": "x", "registry": "other"},
            {"Registry": HOST, "REGISTRY": HOST},
            None,
        ),
        ({"username": "me", "password": "x", "registry": HOST}, {"registry": HOST}, "me"),
        ({"username": "me", "password": "x", "registry": HOST}, {"registry": "other"}, "me"),
        ({"username": "me", "password": "x"}, {"registry": "other"}, "me"),
        ({"username": "me", "password": "x"}, {"username": "<token>"}, "me"),
        ({"username": "me", "password": "x"}, {"username": "you", "bucket": "b"}, "me"),
        ({"username": "me", "password": "x"}, {"type": "s3"}, None),
        ({"auths": {"other": auth("docker", "x")}}, {"registry": HOST, "username": "a"}, None),
        (
            {"auths": {HOST: auth("docker", "x")}},
            {"credsStore": "planted", "credHelpers": {HOST: "planted"}},
            "docker",
        ),
        ({"type": "s3", "username": "me", "password": "x"}, {}, None),
        ({"auths": {HOST: auth("docker", "x")}}, {"type": "kit"}, "docker"),
    ],
)
def test_storage_key(config: dict[str, Any], parameters: dict[str, Any], expected: str | None) -> None:
    keychain = StorageConfig(Secret(json.dumps(config)), Secret(json.dumps(parameters)), HOST)

    assert user_of(keychain.resolve(IRIS)) == expected


@pytest.mark.parametrize("key", ["password", "Password", "auths", "auth", "AUTHS", "identitytoken"])
def test_a_password_among_the_parameters_is_refused(key: str) -> None:
    with pytest.raises(CredentialSourceFailed, match="holds a secret") as caught:
        StorageConfig(Secret("{}"), Secret(json.dumps({key: "planted"})), HOST).resolve(IRIS)

    assert "planted" not in caught.value.cause


def test_parameters_that_would_change_the_login_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines.start("text")
    config = {"username": "me", "password": "x", "registry": "other"}
    StorageConfig(
        Secret(json.dumps(config)), Secret('{"registry": "evil", "type": "kit", "username": "me"}'), HOST
    ).resolve(IRIS)

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        "STORAGE_OVERRIDE_CONFIG has 'registry', which counts in the Secret alone: it is ignored"
    )


BOUND = [
    ((), HOST, True),
    ((HOST,), HOST, True),
    ((HOST.upper(),), HOST, True),
    (("ghcr.io", HOST), HOST, True),
    (("ghcr.io",), HOST, False),
    (("registry.example.com",), HOST, False),
    ((f"{HOST}0",), HOST, False),
    (("example.com:5000",), HOST, False),
    (("*",), HOST, False),
    ((f"{HOST}/team",), HOST, False),
    ((f"evil.example.com/{HOST}",), HOST, False),
    (("docker.io",), "docker.io", True),
    (("index.docker.io",), "docker.io", True),
    ((f"https://{HOST}/",), HOST, True),
]


@pytest.mark.parametrize(("bound", "registry", "sent"), BOUND)
def test_a_login_goes_to_the_registries_that_it_is_bound_to(
    bound: tuple[str, ...], registry: str, sent: bool
) -> None:
    reference = Reference(registry, "team/models/iris", "v1")
    stored = Secret('{"username": "me", "password": "x"}')

    assert bool(KitEnv("me", Secret("x"), registry, bound).resolve(reference)) is sent
    assert bool(StorageConfig(stored, Secret(""), registry, bound).resolve(reference)) is sent


def test_a_storage_key_that_names_its_registry_needs_no_binding() -> None:
    stored = Secret(json.dumps({"username": "me", "password": "x", "registry": HOST}))

    assert user_of(StorageConfig(stored, Secret(""), "evil.example.com", ("ghcr.io",)).resolve(IRIS)) == "me"


@pytest.mark.parametrize("name", ["KIT_USER", "STORAGE_CONFIG"])
def test_a_login_that_is_bound_elsewhere_is_not_sent(
    private_registry: Registry, initializer: Initializer, name: str
) -> None:
    assert private_registry.auth
    user, password = private_registry.auth.user, private_registry.auth.password
    given = (
        {"KIT_USER": user, "KIT_PASSWORD": password}
        if name == "KIT_USER"
        else {"STORAGE_CONFIG": json.dumps({"username": user, "password": password})}
    )
    with Proxy(private_registry.url) as proxy:
        refused = initializer(iris(proxy.host), KITSERVE_CREDENTIALS_REGISTRIES="ghcr.io,other:5000", **given)
        before = [seen for seen in proxy.seen if "Authorization" in seen.headers]
        run = initializer(iris(proxy.host), KITSERVE_CREDENTIALS_REGISTRIES=f"ghcr.io,{proxy.host}", **given)

    assert_failed(refused, UNAUTHORIZED, "asks for a user and password (401)")
    assert f"{name} " in refused.stderr
    assert "KITSERVE_CREDENTIALS_REGISTRIES" in refused.stderr
    assert not before
    assert run.exit == 0, run.stderr


def channels(registry: Registry, folder: Path, password: str) -> dict[str, dict[str, str]]:
    """The variables of each channel, holding the registry's user and `password`."""
    assert isinstance(registry.auth, Basic)
    user = registry.auth.user
    config = json.dumps({"auths": {registry.host: auth(user, password)}})
    folder.mkdir()
    (folder / "config.json").write_text(config)
    (folder / "kit").mkdir()
    (folder / "kit/credentials.json").write_text(config)
    (folder / "home/.docker").mkdir(parents=True)
    (folder / "home/.docker/config.json").write_text(config)
    return {
        "KITSERVE_DOCKER_CONFIG_JSON": {"KITSERVE_DOCKER_CONFIG_JSON": config},
        "KITOPS_HOME": {"KITOPS_HOME": str(folder / "kit")},
        "DOCKER_CONFIG": {"DOCKER_CONFIG": str(folder)},
        "~/.docker/config.json": {"HOME": str(folder / "home")},
        "REGISTRY_AUTH_FILE": {"REGISTRY_AUTH_FILE": str(folder / "config.json")},
        "STORAGE_CONFIG": {
            "STORAGE_CONFIG": json.dumps({"type": "kit", "username": user, "password": password}),
            "STORAGE_OVERRIDE_CONFIG": '{"type": "kit"}',
        },
    }


NAMES = [
    "KITSERVE_DOCKER_CONFIG_JSON",
    "KITOPS_HOME",
    "DOCKER_CONFIG",
    "~/.docker/config.json",
    "REGISTRY_AUTH_FILE",
    "STORAGE_CONFIG",
]


@pytest.mark.parametrize("name", NAMES)
def test_each_channel_lets_in_and_is_named(
    private_registry: Registry, initializer: Initializer, tmp_path: Path, name: str
) -> None:
    assert private_registry.auth
    password = private_registry.auth.password
    run = initializer(
        iris(private_registry.host),
        flags="--plain-http -v",
        **channels(private_registry, tmp_path / "in", password)[name],
    )

    assert run.exit == 0, run.stderr
    assert f"credentials: {name}," in run.stderr
    assert password not in run.everything


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_password_is_told_by_its_channel_and_shown_nowhere(
    private_registry: Registry, initializer: Initializer, tmp_path: Path, name: str
) -> None:
    planted = "planted-s3cret"
    variables = channels(private_registry, tmp_path / "in", planted)[name]
    run = initializer(iris(private_registry.host), flags="--plain-http -v", **variables)

    assert_failed(run, UNAUTHORIZED, f"the credentials are from {name}: check them there")
    assert planted not in run.everything
    assert base64.b64encode(planted.encode()).decode() not in run.everything
    written = [
        path for path in tmp_path.rglob("*") if path.is_file() and (tmp_path / "in") not in path.parents
    ]
    assert not [path for path in written if planted in path.read_text("utf-8", "replace")]


@pytest.mark.parametrize("home", ["nobody's", "closed"])
def test_a_home_that_cannot_be_read_is_passed_over(
    registry: Registry, initializer: Initializer, tmp_path: Path, home: str
) -> None:
    (tmp_path / "closed").write_text("no folder")

    run = initializer(iris(registry.host), HOME=str(tmp_path / home))

    assert run.exit == 0, run.stderr
    assert "credentials: anonymous" in run.stderr


def test_explicit_wins_over_all_others(
    private_registry: Registry, initializer: Initializer, tmp_path: Path
) -> None:
    assert private_registry.auth
    wrong = channels(private_registry, tmp_path / "in", "wrong")
    others = {name: text for variables in wrong.values() for name, text in variables.items()}
    right = {"KIT_USER": private_registry.auth.user, "KIT_PASSWORD": private_registry.auth.password}

    run = initializer(iris(private_registry.host), **others, **right)

    assert run.exit == 0, run.stderr
    assert "credentials: KIT_USER," in run.stderr


def test_a_source_that_fails_is_named(registry: Registry, initializer: Initializer) -> None:
    run = initializer(iris(registry.host), KITSERVE_DOCKER_CONFIG_JSON="planted")

    assert_failed(run, SOURCE_FAILED, "KITSERVE_DOCKER_CONFIG_JSON holds no JSON object")
    assert "planted" not in run.everything
