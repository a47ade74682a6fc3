"""`kitserve verify` with logins, certificates, registries that say nothing, and wrong arguments."""

import base64
import json
import shlex
from pathlib import Path

import pytest
from kitserve.cli import verify

from tests.cases.policies import pem
from tests.generator.cli.verifying import Verifying, of, unsigned
from tests.generator.command_line import CommandLine
from tests.image.certificates import found
from tests.image.packing import Packed
from tests.image.proxy import Fault, Proxy
from tests.image.trust.judging import hurried, rule, sign
from tests.parts.registry import Basic, Registry
from tests.parts.signing.keys import SigningKey, new_key

ISSUER = "https://token.example.com"


def private(registry: Registry) -> str:
    return f"{registry.host}/golden/iris:v1"


def login(registry: Registry, password: str = "") -> str:
    assert isinstance(registry.auth, Basic)
    words = f"{registry.auth.user}:{password or registry.auth.password}"
    return json.dumps({"auths": {registry.host: {"auth": base64.b64encode(words.encode()).decode()}}})


@pytest.mark.parametrize(
    ("path", "variables"),
    [
        (".docker/config.json", {}),
        ("elsewhere/config.json", {"DOCKER_CONFIG": "elsewhere"}),
        ("run/containers/auth.json", {"XDG_RUNTIME_DIR": "run"}),
        (".config/containers/auth.json", {}),
        ("mine/containers/auth.json", {"XDG_CONFIG_HOME": "mine"}),
        ("auth.json", {"REGISTRY_AUTH_FILE": "auth.json"}),
    ],
)
def test_logins_are_found(  # noqa: PLR0913, PLR0917 - fixtures
    private_registry: Registry,
    verifying: Verifying,
    alice: SigningKey,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    variables: dict[str, str],
) -> None:
    without = verifying(private(private_registry), *verifying.key(alice))
    made = verifying.folder / path
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(login(private_registry))
    for name, value in variables.items():
        monkeypatch.setenv(name, str(verifying.folder / value))

    ran = verifying(private(private_registry), *verifying.key(alice))

    assert without.exit_code == 6
    assert ran.exit_code == 1
    assert "which nobody has signed" in ran.err


def test_a_login_of_variables_is_found(
    private_registry: Registry, verifying: Verifying, alice: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(private_registry.auth, Basic)
    monkeypatch.setenv("KIT_USER", private_registry.auth.user)
    monkeypatch.setenv("KIT_PASSWORD", private_registry.auth.password)

    assert verifying(private(private_registry), *verifying.key(alice)).exit_code == 1


def test_a_password_is_shown_nowhere(
    private_registry: Registry, verifying: Verifying, alice: SigningKey
) -> None:
    (verifying.folder / ".docker").mkdir()
    (verifying.folder / ".docker/config.json").write_text(login(private_registry, "wr0ng-s3cret"))

    ran = verifying(private(private_registry), *verifying.key(alice), "-o", "json")
    in_reference = verifying(f"reader:wr0ng-s3cret@{private(private_registry)}", *verifying.key(alice))

    assert (ran.exit_code, in_reference.exit_code) == (6, 2)
    for each in (ran, in_reference):
        assert "wr0ng-s3cret" not in each.out + each.err
    told = json.loads(ran.out)
    assert (told["result"], told["error"]["name"], told["manifests"]) == ("unknown", "Unauthorized", [])


def test_what_the_registry_does_not_hand_over_is_unknown(
    registry: Registry,
    verifying: Verifying,
    signed: Packed,
    alice: SigningKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurried(monkeypatch)
    gone = verifying.json(signed.uri.removesuffix("v1") + "v2", *verifying.key(alice))
    nowhere = verifying.json("127.0.0.1:9/models/iris:v1", *verifying.key(alice))
    with Proxy(registry.url, _refuse) as proxy:
        hidden = verifying.json(f"{proxy.host}/{signed.repository}:v1", *verifying.key(alice))

    names = {told["error"]["name"] for _, told in (gone, nowhere, hidden)}
    assert (gone[0], nowhere[0], hidden[0]) == (6, 6, 6)
    assert names == {"NotFound", "RegistryUnreachable", "SignaturesUnreachable"}


def _refuse(path: str) -> Fault | None:
    return Fault(503) if "/referrers/" in path else None


@pytest.mark.parametrize(
    ("options", "code"), [((), 6), (("--ca", "authority.crt"), 1), (("--tls-verify", "false"), 1)]
)
def test_a_certificate_is_trusted_if_it_is_named(
    kitserve: CommandLine, home: Path, alice: SigningKey, options: tuple[str, ...], code: int
) -> None:
    company = found(home)
    (home / "alice.pub").write_text(alice.public)
    told = [home / word if word.endswith(".crt") else word for word in options]

    with Registry(tls=company.tls()) as registry:
        made = unsigned(registry)
        ran = kitserve("verify", made.uri, "--key", home / "alice.pub", *told)

    assert ran.exit_code == code, ran.err


WRONG = {
    "no policy": ((), "name whose signature is wanted"),
    "values and a key": (("-f", "values.yaml", "--key", "alice.pub"), "not from both"),
    "values and a detail": (("-f", "values.yaml", "--formats", "bundle"), "not from both"),
    "details without a signer": (("--required", "1"), "name whose signature is wanted"),
    "no such key": (("--key", "nobody.pub"), "does not exist"),
    "no key": (("--key", "values.yaml"), "--key"),
    "a private key": (("--key", "alice.key"), "--key"),
    "a key twice": (("--key", "alice.pub", "--key", "alice.pub"), "is named already"),
    "more than there are": (("--key", "alice.pub", "--required", "2"), "required is 2"),
    "half an identity": (
        ("--certificate-identity", "anna@example.com"),
        "needs --certificate-oidc-issuer or its -regexp form",
    ),
    "both forms": (
        ("--certificate-identity=a", "--certificate-identity-regexp=a", "--certificate-oidc-issuer=b"),
        "needs --certificate-identity or its -regexp form, and one of them",
    ),
    "no pattern": (
        ("--certificate-identity-regexp", "[", "--certificate-oidc-issuer", "b"),
        "--certificate-identity-regexp doesn't have the form",
    ),
    "no certificate": (("--key", "alice.pub", "--ca", "alice.pub"), "certificates in PEM form"),
    "no label": (("--key", "alice.pub", "--label", "small"), "label"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_call_is_exit_code_2(
    verifying: Verifying, alice: SigningKey, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    options, words = WRONG[case]
    monkeypatch.chdir(verifying.folder)
    Path("alice.pub").write_text(alice.public)
    Path("alice.key").write_text("-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n")
    Path("values.yaml").write_text("{}")

    ran = verifying("registry.example.com/models/iris:v1", *options)

    assert (ran.exit_code, ran.out) == (2, "")
    assert words in " ".join(ran.err.split())


@pytest.mark.parametrize("reference", ["iris:v1", "s3://bucket/model", "registry.example.com/A:v1", ""])
def test_no_reference_is_exit_code_2(verifying: Verifying, alice: SigningKey, reference: str) -> None:
    assert verifying(reference, *verifying.key(alice)).exit_code == 2


def off_its_curve(key: SigningKey) -> str:
    """A key whose form is right, so that only who computes with it notices."""
    return pem(base64.b64encode(key.der[:-1] + bytes([key.der[-1] ^ 1])).decode())


def test_problems_of_values_are_reported(verifying: Verifying, alice: SigningKey) -> None:
    half = {"references": ["**"], "identities": [{"issuer": ISSUER}]}
    by_schema = verifying("registry.example.com/models/iris:v1", *verifying.values(half))
    damaged = verifying.values({**rule(alice), "keys": [off_its_curve(alice)]})
    by_initializer = verifying("registry.example.com/models/iris:v1", *damaged)

    assert (by_schema.exit_code, by_schema.out) == (by_initializer.exit_code, by_initializer.out) == (1, "")
    assert "an identity needs subject" in by_schema.err
    assert by_initializer.err.startswith("error: verification: rules[0].keys[0] ")


def test_variables_of_a_pod_change_nothing(
    verifying: Verifying, signed: Packed, mallory: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "KITSERVE_VERIFICATION": "{}",
        "KITSERVE_SERVICE_VERIFICATION": "allow",
        "KIT_UNPACK_FLAGS": "--unknown",
        "CONFIDENTIAL_ENABLED": "true",
    }.items():
        monkeypatch.setenv(name, text)

    assert verifying(signed.uri, *verifying.key(mallory)).exit_code == 1


@pytest.mark.parametrize("number", range(4))
def test_example_of_help(
    registry: Registry, verifying: Verifying, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    lines = verify.EXAMPLES.replace("\\\n", "").splitlines()
    line = [each for each in lines if each.startswith("  kitserve")][number]
    keys = {name: new_key() for name in ("cosign.pub", "old.pub", "new.pub")}
    made = unsigned(registry, repository=f"models/iris-{number}")
    sign(of(registry, made), *keys.values())
    monkeypatch.chdir(verifying.folder)
    for name, key in keys.items():
        Path(name).write_text(key.public)
    verifying.values(rule(*keys.values()))
    words = shlex.split(line.replace("registry.example.com/models/iris:v1", made.uri.removeprefix("kit://")))

    ran = verifying.kitserve(*words[1:], "--plain-http")

    # Nobody has a certificate of the public authority for this.
    assert ran.exit_code == (1 if "regexp" in line else 0), ran.err
