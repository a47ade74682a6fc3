"""The hashes that signatures may be made of; test_cosign.py has those that cosign makes."""

import pytest
from cryptography.hazmat.primitives import hashes

from tests.image.trust.judging import judge, packed, rule
from tests.parts.registry import Registry
from tests.parts.signing import legacy
from tests.parts.signing.keys import new_key

OTHERS = 51


SHA256, SHA384, SHA512 = hashes.SHA256, hashes.SHA384, hashes.SHA512
MADE: dict[str, set[type[hashes.HashAlgorithm]]] = {
    "p256": {SHA256},
    "p384": {SHA256, SHA384},
    "p521": {SHA256, SHA512},
    "rsa2048": {SHA256, SHA384, SHA512},
}
"""What cosigns and key management services hash with."""


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("hashing", [SHA256, SHA384, SHA512])
def test_what_a_signer_hashes_with_counts_and_no_other(
    registry: Registry, kind: str, hashing: type[hashes.HashAlgorithm]
) -> None:
    key, artifact = new_key(kind), packed(registry)
    claim = legacy.claim(artifact.digest, "anything")
    legacy.attach(artifact, [legacy.Signed(claim, key.sign(claim, hashing))])

    assert judge(artifact, rule(key)).code == (0 if hashing in MADE[kind] else OTHERS)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_sha_1_and_truncated_hashes_count_for_nothing(registry: Registry, kind: str) -> None:
    key, artifact = new_key(kind), packed(registry)
    claim = legacy.claim(artifact.digest, "anything")
    weak = [legacy.Signed(claim, key.sign(claim, each)) for each in (hashes.SHA1, hashes.SHA224)]
    legacy.attach(artifact, weak)

    assert judge(artifact, rule(key)).code == OTHERS
