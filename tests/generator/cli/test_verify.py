"""`kitserve verify` says of signatures in real registries what the initializer would."""

import base64
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kitserve.cli import verify

from tests.generator.command_line import CommandLine, Result
from tests.image.certificates import found
from tests.image.packing import MANIFEST_TYPE, Packed, file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.image.trust.judging import hurried, judge, rule, shown, sign, sign_by_tag
from tests.parts import cache
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Basic, Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import Order, issue
from tests.parts.signing.bundles import INDEX, attach, statement, tag
from tests.parts.signing.keys import SigningKey, new_key

# The first of them may have to build a cosign, or the authority.
pytestmark = pytest.mark.timeout(3600)

ISSUER, SUBJECT = "https://token.example.com", "https://example.com/models/train.yaml@refs/heads/main"

Document = dict[str, Any]


@pytest.fixture(scope="module")
def alice() -> SigningKey:
    return new_key()


@pytest.fixture(scope="module")
def mallory() -> SigningKey:
    return new_key()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The home of a user who has no login, unless a test gives them one."""
    for name in ("DOCKER_CONFIG", "KITOPS_HOME", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KITSERVE_CACHE", str(cache.folder()))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@dataclass(frozen=True)
class Verifying:
    """Runs `kitserve verify` for a reference in a registry without TLS."""

    kitserve: CommandLine
    folder: Path

    def __call__(self, reference: str, *arguments: object) -> Result:
        return self.kitserve("verify", reference, "--plain-http", *arguments)

    def json(self, reference: str, *arguments: object) -> tuple[int, Document]:
        """The exit code and the document."""
        ran = self(reference, "-o", "json", *arguments)
        return ran.exit_code, json.loads(ran.out)

    def values(self, *rules: Document, **settings: object) -> tuple[str, Path]:
        """The option for a values file with a policy; JSON is YAML."""
        made = self.folder / "values.yaml"
        made.write_text(json.dumps({"verification": {"rules": rules, **settings}}))
        return "-f", made

    def key(self, key: SigningKey) -> tuple[str, Path]:
        """The option for a key's file."""
        made = self.folder / f"{key.fingerprint[:8]}.pub"
        made.write_text(key.public)
        return "--key", made


@pytest.fixture
def verifying(kitserve: CommandLine, home: Path) -> Verifying:
    return Verifying(kitserve, home)


def unsigned(registry: Registry, **options: Any) -> Packed:  # noqa: ANN401
    return pack(registry, layer(file("weights", b"w" * 1000)), **options)


def of(registry: Registry, made: Packed) -> Artifact:
    return Artifact(registry, made.repository, made.digest)


@pytest.fixture
def signed(registry: Registry, alice: SigningKey) -> Packed:
    made = unsigned(registry)
    sign(of(registry, made), alice)
    return made


# Verified


def test_who_signed_is_told(verifying: Verifying, signed: Packed, alice: SigningKey) -> None:
    ran = verifying(signed.uri, *verifying.key(alice))

    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out == (
        f"{signed.uri} is {signed.digest}\n"
        f"  ok       rules[0] (enforce): signed by {shown(alice)}, wanted: 1 of {shown(alice)}\n"
        f"verified: {signed.uri} is signed as every rule that applies demands\n"
    )


def test_the_policy_of_values_is_judged(
    verifying: Verifying, signed: Packed, alice: SigningKey, mallory: SigningKey
) -> None:
    right = verifying.json(signed.uri, *verifying.values(rule(mallory, alice)))
    wrong = verifying.json(signed.uri, *verifying.values(rule(alice), rule(mallory)))

    assert (right[0], right[1]["result"]) == (0, "verified")
    assert wrong[0] == 1
    first, second = wrong[1]["manifests"][0]["rules"]
    assert (first["signed"], first["error"]) == ([shown(alice)], None)
    assert (second["signed"], second["error"]["name"]) == ([], "SignedByOthers")


def test_set_changes_the_policy_of_values(verifying: Verifying, signed: Packed, mallory: SigningKey) -> None:
    values = verifying.values(rule(mallory))

    assert verifying(signed.uri, *values).exit_code == 1
    assert verifying(signed.uri, *values, "--set", "verification.rules[0].mode=warn").exit_code == 0


@pytest.mark.parametrize("name", ["cosign2", "cosign3"])
def test_what_a_real_cosign_signed_is_verified(  # noqa: PLR0913, PLR0917 - fixtures
    request: pytest.FixtureRequest,
    verifying: Verifying,
    referrers_registry: ReferrersRegistry,
    alice: SigningKey,
    mallory: SigningKey,
    name: str,
) -> None:
    cosign = request.getfixturevalue(name)
    made = unsigned(referrers_registry)
    cosign.sign(alice, of(referrers_registry, made))

    assert verifying(made.uri, *verifying.key(alice)).exit_code == 0
    assert verifying(made.uri, *verifying.key(mallory)).exit_code == 1
    bundles_only = verifying(made.uri, *verifying.key(alice), "--formats", "bundle")
    assert bundles_only.exit_code == (1 if name == "cosign2" else 0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--certificate-identity", SUBJECT, "--certificate-oidc-issuer", ISSUER), 0),
        (
            (
                "--certificate-identity-regexp",
                "https://example[.]com/.*",
                "--certificate-oidc-issuer-regexp",
                "https://.*",
            ),
            0,
        ),
        (("--certificate-identity", SUBJECT, "--certificate-oidc-issuer", "https://example.com"), 1),
        (
            ("--certificate-identity-regexp", "https://example[.]com/", "--certificate-oidc-issuer", ISSUER),
            1,
        ),
        (("--certificate-identity", SUBJECT), 2),
        (("--certificate-oidc-issuer", ISSUER), 2),
    ],
    ids=["exact", "patterns", "another issuer", "a part of the subject", "no issuer", "no subject"],
)
def test_identities(
    verifying: Verifying, workflow: tuple[Packed, Path], options: tuple[str, ...], code: int
) -> None:
    made, root = workflow

    ran = verifying(made.uri, *options, "--trusted-root", root)

    assert ran.exit_code == code, ran.err
    if code == 1:
        assert f"{SUBJECT} ({ISSUER})" in ran.err


@pytest.fixture(scope="module")
def workflow(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> tuple[Packed, Path]:
    """A ModelKit that a workflow signed, and the root that vouches for it."""
    made = unsigned(registry)
    issued = issue([Order(statement(made.digest), SUBJECT, ISSUER)])
    artifact = of(registry, made)
    tag(artifact, [attach(artifact, issued.bundles[0])])
    root = tmp_path_factory.mktemp("root") / "trusted_root.json"
    root.write_text(json.dumps(issued.trusted_root))
    return made, root


# Refused


def test_a_refusal_is_the_initializers_sentence(
    registry: Registry, verifying: Verifying, signed: Packed, mallory: SigningKey
) -> None:
    ran = verifying(signed.pinned, *verifying.key(mallory))

    expected = judge(of(registry, signed), rule(mallory)).failure
    assert expected
    assert (ran.exit_code, ran.err) == (1, f"error: {expected.cause}\n  hint: {expected.hint}\n")
    needs = expected.cause.partition(", which ")[2]
    assert ran.out == f"{signed.pinned} is {signed.digest}\n  refused  rules[0] (enforce): {needs}\n"


REFUSALS: dict[str, tuple[str, Callable[[SigningKey, SigningKey, str], Document]]] = {
    "signed by others": ("SignedByOthers", lambda _, other, __: {"rules": [rule(other)]}),
    "one of two": ("SignedByOthers", lambda key, other, _: {"rules": [rule(key, other, required=2)]}),
    "denied": ("DeniedDigest", lambda key, _, digest: {"rules": [rule(key, deniedDigests=[digest])]}),
    "denied with a warning": (
        "DeniedDigest",
        lambda key, _, digest: {"rules": [rule(key, mode="warn", deniedDigests=[digest])]},
    ),
    "no rule": (
        "UncoveredReference",
        lambda key, _, __: {"rules": [rule(key, references=["other.example.com/**"])], "unmatched": "deny"},
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_by_their_names(
    verifying: Verifying, signed: Packed, alice: SigningKey, mallory: SigningKey, case: str
) -> None:
    name, policy = REFUSALS[case]
    given = policy(alice, mallory, signed.digest)

    code, told = verifying.json(signed.uri, *verifying.values(*given.pop("rules"), **given))

    assert (code, told["result"], told["error"]["name"]) == (1, "refused", name)
    assert told["error"]["cause"]
    assert told["error"]["hint"]
    assert told["manifests"][0]["digest"] == signed.digest


def test_what_nobody_signed_is_refused(registry: Registry, verifying: Verifying, alice: SigningKey) -> None:
    made = unsigned(registry)

    code, told = verifying.json(made.uri, *verifying.key(alice))

    (found,) = told["manifests"][0]["rules"]
    assert (code, told["error"]["name"], told["error"]["code"]) == (1, "Unsigned", 50)
    assert (found["wanted"], found["required"], found["signed"]) == ([shown(alice)], 1, [])


# Allowed


@pytest.mark.parametrize(
    ("unmatched", "word", "code"), [("allow", "allowed", 0), ("warn", "warning", 0), ("deny", "refused", 1)]
)
def test_what_no_rule_is_for(  # noqa: PLR0913, PLR0917 - fixtures
    verifying: Verifying, signed: Packed, alice: SigningKey, unmatched: str, word: str, code: int
) -> None:
    other = verifying.values(rule(alice, references=["other.example.com/**"]), unmatched=unmatched)

    ran = verifying(signed.uri, *other)
    enforced = verifying(signed.uri, *other, "--enforce")

    assert ran.exit_code == code
    assert f"  {word:8} no rule is for it (unmatched: {unmatched})\n" in ran.out
    assert ("not verified: the policy lets" in ran.out) == (code == 0)
    assert enforced.exit_code == 1


def test_a_rule_that_warns_lets_pass(registry: Registry, verifying: Verifying, alice: SigningKey) -> None:
    made = unsigned(registry)
    values = verifying.values(rule(alice, mode="warn"))

    ran = verifying(made.uri, *values)

    assert (ran.exit_code, ran.err) == (0, "")
    assert "  warning  rules[0] (warn): nobody has signed, and it needs" in ran.out
    assert verifying.json(made.uri, *values)[1]["result"] == "allowed"
    assert verifying(made.uri, *values, "--enforce").exit_code == 1


def test_values_without_a_policy_verify_nothing(verifying: Verifying, signed: Packed) -> None:
    ran = verifying(signed.uri, "--set", "engine=native")

    assert ran.exit_code == 0
    assert "verified: " not in ran.out.replace("not verified: ", "")


# What is judged


def test_parents_are_judged(registry: Registry, verifying: Verifying, alice: SigningKey) -> None:
    parent = unsigned(registry)
    child = pack(
        registry,
        layer(file("adapter")),
        claim=lambda config: config["model"].update(path=parent.uri.removeprefix("kit://")),
    )
    sign(of(registry, child), alice)

    refused = verifying.json(child.uri, *verifying.key(alice))
    sign(of(registry, parent), alice)
    verified = verifying.json(child.uri, *verifying.key(alice))

    assert (refused[0], refused[1]["error"]["name"]) == (1, "Unsigned")
    assert verified[0] == 0
    for _, told in (refused, verified):
        assert [each["digest"] for each in told["manifests"]] == [child.digest, parent.digest]


def test_an_index_and_its_chosen_entry_are_judged(
    registry: Registry, verifying: Verifying, alice: SigningKey
) -> None:
    made = unsigned(registry)
    entry = registry.descriptor(made.repository, made.digest) | {"mediaType": MANIFEST_TYPE}
    entries = [entry | {"modelMetadata": {"size": size}} for size in ("small",)]
    document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
    digest = registry.push_manifest(made.repository, "all", json.dumps(document).encode(), INDEX)
    reference = made.uri.removesuffix("v1") + "all"
    sign(Artifact(registry, made.repository, digest), alice)

    half = verifying.json(reference, *verifying.key(alice), "--label", "size=small")
    sign(of(registry, made), alice)
    whole = verifying.json(reference, *verifying.key(alice), "--label", "size=small")
    none = verifying.json(reference, *verifying.key(alice), "--label", "size=large")

    assert (half[0], whole[0]) == (1, 0)
    assert [each["digest"] for each in whole[1]["manifests"]] == [digest, made.digest]
    assert (none[0], none[1]["error"]["name"]) == (1, "NotAModelKit")


@pytest.mark.parametrize("put", [sign, sign_by_tag], ids=["bundle", "tag"])
def test_nothing_but_manifests_configs_and_signatures_is_fetched(
    registry: Registry,
    verifying: Verifying,
    alice: SigningKey,
    put: Callable[[Artifact, SigningKey], None],
) -> None:
    made = unsigned(registry)
    put(of(registry, made), alice)

    with Proxy(registry.url) as proxy:
        ran = verifying(f"{proxy.host}/{made.repository}:v1", *verifying.key(alice))

    asked = [each.path for each in proxy.seen]
    assert ran.exit_code == 0, ran.err
    assert not [path for path in asked for digest in made.layers if digest in path]
    assert len([path for path in asked if path.endswith("/manifests/v1")]) == 1


# Logins and failures


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
    "half an identity": (("--certificate-identity", "anna@example.com"), "needs issuer"),
    "both forms": (
        ("--certificate-identity=a", "--certificate-identity-regexp=a", "--certificate-oidc-issuer=b"),
        "subject or subjectPattern",
    ),
    "no pattern": (
        ("--certificate-identity-regexp", "[", "--certificate-oidc-issuer", "b"),
        "isn't a regular expression",
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


def test_problems_of_values_are_reported(verifying: Verifying, alice: SigningKey) -> None:
    half = {"references": ["**"], "identities": [{"issuer": ISSUER}]}
    by_schema = verifying("registry.example.com/models/iris:v1", *verifying.values(half))
    later = verifying.values(rule(alice, transparencyLog="required"))
    by_initializer = verifying("registry.example.com/models/iris:v1", *later)

    assert (by_schema.exit_code, by_schema.out) == (by_initializer.exit_code, by_initializer.out) == (1, "")
    assert "an identity needs subject" in by_schema.err
    assert by_initializer.err.startswith(
        "error: verification: rules[0] has keys and transparencyLog: required"
    )


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
