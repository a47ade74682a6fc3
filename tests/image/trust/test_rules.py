"""Several rules, several signers, and what a policy does with references that it has no rule for."""

import hashlib

import pytest

from tests.image.proxy import Proxy
from tests.image.trust.judging import judge, packed, rule, shown, sign, sign_by_tag
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.bundles import bundle, statement
from tests.parts.signing.keys import SigningKey, new_key

UNSIGNED, OTHERS, DENIED, UNCOVERED = 50, 51, 54, 55
ELSEWHERE = ["registry.example.com/**"]


@pytest.mark.parametrize("form", [sign, sign_by_tag], ids=["bundle", "tag"])
def test_a_key_may_be_one_of_several(
    registry: Registry, alice: SigningKey, mallory: SigningKey, form: object
) -> None:
    """As while one is replaced by another."""
    artifact = packed(registry)
    assert callable(form)
    form(artifact, mallory)

    verdict = judge(artifact, rule(alice, mallory))

    assert verdict.code == 0, verdict.cause
    assert verdict.lines["signed"].endswith(f"signed by {shown(mallory)}")


def test_as_many_must_sign_as_are_required(
    registry: Registry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact, third = packed(registry), new_key()
    both = rule(alice, mallory, third, required=2)
    sign(artifact, alice)
    one = judge(artifact, both)
    sign_by_tag(artifact, third)
    two = judge(artifact, both)

    assert one.code == OTHERS
    wanted = f"signatures by 2 of {shown(alice)}, {shown(mallory)}, {shown(third)}"
    assert one.cause.endswith(f"needs {wanted}, and it is signed by {shown(alice)}")
    assert two.code == 0, two.cause
    assert two.lines["signed"].endswith(f"signed by {shown(alice)} {shown(third)}")


def test_a_refusal_names_all_that_is_wanted_and_found_and_a_digest_once(
    registry: Registry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact, third = packed(registry), new_key()
    sign(artifact, alice, mallory)

    verdict = judge(artifact, rule(alice, third, required=2))

    wanted, found = f"signatures by {shown(alice)} and {shown(third)}", f"it is signed by {shown(alice)}"
    other = f"it is signed by {shown(mallory)}, as it says itself"
    assert verdict.cause.partition(", which needs ")[::2] in (
        (f"kit://{artifact.reference}", f"{wanted}, and {found} and {other}"),
        (f"kit://{artifact.reference}", f"{wanted}, and {other} and {found}"),
    )


def test_one_key_that_signs_twice_is_one_signer(
    registry: Registry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact = packed(registry)
    twice = [
        bundle(alice, statement(artifact.digest)),
        bundle(alice, statement(artifact.digest), hint=mallory.hint),
    ]
    bundles.tag(artifact, [bundles.attach(artifact, each) for each in twice])
    sign_by_tag(artifact, alice, alice)

    assert judge(artifact, rule(alice, mallory, required=2)).code == OTHERS


def test_every_rule_that_matches_applies(registry: Registry, alice: SigningKey, mallory: SigningKey) -> None:
    artifact = packed(registry)
    rules = (rule(alice), rule(mallory), rule(new_key()) | {"references": ELSEWHERE})
    sign(artifact, alice)
    one = judge(artifact, *rules)
    sign(artifact, alice, mallory)
    both = judge(artifact, *rules)

    assert one.code == OTHERS
    assert f"needs a signature by {shown(mallory)}, and it is signed by {shown(alice)}" in one.cause
    assert both.code == 0, both.cause


def test_a_rule_that_warns_goes_on(registry: Registry, alice: SigningKey, mallory: SigningKey) -> None:
    artifact = packed(registry)
    sign(artifact, mallory)

    verdict = judge(artifact, rule(alice, mode="warn"))
    strict = judge(artifact, rule(alice, mode="warn"), rule(alice))
    tightened = judge(artifact, rule(alice, mode="warn"), enforce=True)

    assert verdict.code == 0
    needs = f"needs a signature by {shown(alice)}, and it is signed by {shown(mallory)}, as it says itself"
    assert verdict.lines["unverified"].endswith(needs)
    assert verdict.lines["unverified"].startswith("not verified: kit://")
    assert strict.code == tightened.code == OTHERS


@pytest.mark.parametrize(("unmatched", "code"), [("allow", 0), ("warn", 0), ("deny", UNCOVERED)])
def test_what_no_rule_is_for(registry: Registry, alice: SigningKey, unmatched: str, code: int) -> None:
    artifact = packed(registry)
    elsewhere = rule(alice) | {"references": ELSEWHERE}

    with Proxy(registry.url) as proxy:
        verdict = judge(artifact, elsewhere, host=proxy.host, unmatched=unmatched)
        tightened = judge(artifact, elsewhere, host=proxy.host, unmatched=unmatched, enforce=True)

    assert verdict.code == code
    assert ("no rule of the policy is for kit://" in verdict.lines.get("unverified", "")) == (
        unmatched == "warn"
    )
    assert tightened.code == UNCOVERED
    assert len(proxy.seen) == 2


@pytest.mark.parametrize("mode", ["enforce", "warn"])
@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_denied_digest_is_refused_whoever_signed_it(
    registry: Registry, alice: SigningKey, mode: str, algorithm: str
) -> None:
    """By any algorithm: whoever names the manifest by another one than the policy gets nothing of it."""
    artifact = packed(registry)
    sign(artifact, alice)
    body = registry.storage.path(artifact.digest).read_bytes()
    denied = f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"

    verdict = judge(artifact, rule(alice, mode=mode, deniedDigests=[denied]))

    assert verdict.code == DENIED
    assert f"is {denied}, which the policy denies" in verdict.cause


def test_a_signature_of_the_same_digest_elsewhere_is_told(registry: Registry, alice: SigningKey) -> None:
    """As in a mirror that signatures are carried along to."""
    artifact = packed(registry)
    claim = legacy.claim(artifact.digest, "registry.example.com/models/iris")
    legacy.attach(artifact, [legacy.signed(alice, claim)])

    verdict = judge(artifact, rule(alice))

    assert verdict.code == 0
    assert verdict.lines["signed"].endswith("; it was signed as registry.example.com/models/iris")


def test_a_signature_here_is_not_told_as_one_elsewhere(registry: Registry, alice: SigningKey) -> None:
    artifact = packed(registry)
    sign_by_tag(artifact, alice)

    assert "it was signed as" not in judge(artifact, rule(alice)).lines["signed"]


REQUESTS = {
    "bundle among the referrers": (True, sign, 3),
    "bundle by the fallback tag": (False, sign, 4),
    "tag": (False, sign_by_tag, 4),
    "tag beside referrers": (True, sign_by_tag, 3),
}


@pytest.mark.parametrize("case", REQUESTS.values(), ids=REQUESTS)
def test_a_signature_costs_at_most_four_requests(
    registry: Registry,
    referrers_registry: ReferrersRegistry,
    alice: SigningKey,
    case: tuple[bool, object, int],
) -> None:
    has_referrers, form, most = case
    artifact = packed(referrers_registry if has_referrers else registry)
    assert callable(form)
    form(artifact, alice)

    with Proxy(artifact.registry.url) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == 0, verdict.cause
    assert len(proxy.seen) - 1 == most
