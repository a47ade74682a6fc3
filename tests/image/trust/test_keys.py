"""Signatures by keys of every kind, as real cosigns make them, in every place where they put them."""

import pytest
from cryptography.hazmat.primitives import hashes

from tests.image.trust.judging import judge, packed, rule, shown
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing import legacy
from tests.parts.signing.cosign import Cosign
from tests.parts.signing.keys import KINDS, SigningKey, new_key

OTHERS = 51


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_among_the_referrers(
    referrers_registry: ReferrersRegistry, cosign3: Cosign, alice: SigningKey, kind: str
) -> None:
    key, artifact = new_key(kind), packed(referrers_registry)
    cosign3.sign(key, artifact)

    verdict, other = judge(artifact, rule(key)), judge(artifact, rule(alice))

    assert verdict.code == 0, verdict.cause
    assert f"signed by {shown(key)}" in verdict.lines["signed"]
    assert other.code == OTHERS
    assert f"it is signed by key sha256:{key.fingerprint[:16]}, as it says itself" in other.cause


def test_a_bundle_by_the_fallback_tag(registry: Registry, cosign3: Cosign, alice: SigningKey) -> None:
    artifact = packed(registry)
    cosign3.sign(alice, artifact)

    verdict = judge(artifact, rule(alice))

    assert verdict.code == 0, verdict.cause


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_by_its_tag(registry: Registry, cosign2: Cosign, alice: SigningKey, kind: str) -> None:
    key, artifact = new_key(kind), packed(registry)
    cosign2.sign(key, artifact)

    verdict, other = judge(artifact, rule(key)), judge(artifact, rule(alice))

    assert verdict.code == 0, verdict.cause
    assert verdict.lines["signed"].endswith(f"signed by {shown(key)}")
    assert other.code == OTHERS
    assert "it is signed by an unknown key" in other.cause


@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "rsa2048"])
@pytest.mark.parametrize("hashing", [hashes.SHA256, hashes.SHA384, hashes.SHA512])
def test_cosigns_hash_with_any_of_sha_2(
    registry: Registry, kind: str, hashing: type[hashes.HashAlgorithm]
) -> None:
    key, artifact = new_key(kind), packed(registry)
    claim = legacy.claim(artifact.digest, "anything")
    legacy.attach(artifact, [legacy.Signed(claim, key.sign(claim, hashing))])

    assert judge(artifact, rule(key)).code == 0


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_sha_1_and_truncated_hashes_count_for_nothing(registry: Registry, kind: str) -> None:
    key, artifact = new_key(kind), packed(registry)
    claim = legacy.claim(artifact.digest, "anything")
    weak = [legacy.Signed(claim, key.sign(claim, each)) for each in (hashes.SHA1, hashes.SHA224)]
    legacy.attach(artifact, weak)

    assert judge(artifact, rule(key)).code == OTHERS
