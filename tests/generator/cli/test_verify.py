"""`kitserve verify` says of signatures in real registries what the initializer would."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.generator.cli.verifying import Document, Verifying, of, unsigned
from tests.image.packing import MANIFEST_TYPE, Packed, file, layer, pack
from tests.image.proxy import Proxy
from tests.image.trust.judging import judge, rule, shown, sign, sign_by_tag
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import Order, issue
from tests.parts.signing.bundles import INDEX, attach, statement, tag
from tests.parts.signing.keys import SigningKey

# The first of them may have to build a cosign, or the authority.
pytestmark = pytest.mark.timeout(3600)

ISSUER, SUBJECT = "https://token.example.com", "https://example.com/models/train.yaml@refs/heads/main"


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
