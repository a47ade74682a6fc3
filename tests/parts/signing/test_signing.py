"""What real cosigns write is what we take signatures for, and they take ours for theirs."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parts.modelkits import ModelKit
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Basic, Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import BUNDLE, INDEX, MANIFEST, SIGNATURE, bundle, statement
from tests.parts.signing.cosign import Cosign, CosignError
from tests.parts.signing.keys import KINDS, SigningKey, new_key

# The first of them may have to build a cosign.
pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return new_key()


KEYS = [KINDS[0], *(pytest.param(kind, marks=pytest.mark.thorough) for kind in KINDS[1:])]
EACH_KIND = pytest.mark.parametrize("kind", KEYS)


@pytest.fixture(scope="module")
def with_referrers() -> Iterator[ReferrersRegistry]:
    with ReferrersRegistry() as started:
        yield started


@pytest.fixture(scope="module")
def without_referrers() -> Iterator[Registry]:
    with Registry() as started:
        yield started


def push(registry: Registry, modelkit: ModelKit, name: str) -> Artifact:
    """The same ModelKit for each test, in a repository of its own."""
    repository = f"signed/{name}"
    return Artifact(registry, repository, registry.push_layout(modelkit.archive, repository, "v1"))


def get(artifact: Artifact, path: str) -> Any:  # noqa: ANN401
    url = f"{artifact.registry.url}/v2/{artifact.repository}/{path}"
    answer = artifact.registry.http.request("GET", url, headers={"Accept": f"{MANIFEST}, {INDEX}"})
    assert answer.status == 200, answer.data
    return answer.json()


def assert_bundle(artifact: Artifact, entry: dict[str, Any], key: SigningKey) -> None:
    """Assert that a list's entry leads to this key's bundle of this artifact."""
    assert entry["artifactType"] == BUNDLE
    manifest = get(artifact, f"manifests/{entry['digest']}")
    assert manifest["subject"]["digest"] == artifact.digest
    (layer,) = manifest["layers"]
    assert layer["mediaType"] == BUNDLE
    found = get(artifact, f"blobs/{layer['digest']}")
    payload = json.loads(base64.b64decode(found["dsseEnvelope"]["payload"]))
    assert (payload["predicateType"], found["mediaType"]) == (SIGNATURE, BUNDLE)
    (subject,) = payload["subject"]
    assert subject["digest"] == {"sha256": artifact.digest.removeprefix("sha256:")}
    assert found["verificationMaterial"]["publicKey"]["hint"] == key.hint


@EACH_KIND
def test_cosign_3_pushes_a_referrer_with_a_bundle(
    cosign3: Cosign, with_referrers: ReferrersRegistry, modelkits: dict[str, ModelKit], kind: str
) -> None:
    key = new_key(kind)
    artifact = push(with_referrers, modelkits["iris"], f"referrer-{kind}")

    cosign3.sign(key, artifact)

    (entry,) = get(artifact, f"referrers/{artifact.digest}")["manifests"]
    assert_bundle(artifact, entry, key)


def test_cosign_3_writes_the_fallback_tag_where_there_are_no_referrers(
    cosign3: Cosign, without_referrers: Registry, modelkits: dict[str, ModelKit], key: SigningKey
) -> None:
    artifact = push(without_referrers, modelkits["iris"], "fallback")

    cosign3.sign(key, artifact)

    (entry,) = get(artifact, f"manifests/{artifact.digest.replace(':', '-')}")["manifests"]
    assert_bundle(artifact, entry, key)


@EACH_KIND
def test_cosign_2_writes_the_tag_for_signatures(
    cosign2: Cosign, without_referrers: Registry, modelkits: dict[str, ModelKit], kind: str
) -> None:
    artifact = push(without_referrers, modelkits["iris"], f"tag-{kind}")

    cosign2.sign(new_key(kind), artifact)

    (layer,) = get(artifact, f"manifests/{legacy.tag(artifact.digest)}")["layers"]
    claimed = get(artifact, f"blobs/{layer['digest']}")
    assert layer["mediaType"] == legacy.SIMPLE_SIGNING
    assert (
        claimed["critical"]
        == json.loads(legacy.claim(artifact.digest, artifact.reference.partition("@")[0]))["critical"]
    )
    assert base64.b64decode(layer["annotations"][legacy.ANNOTATION])


@EACH_KIND
def test_cosign_3_accepts_our_bundle(
    cosign3: Cosign, with_referrers: ReferrersRegistry, modelkits: dict[str, ModelKit], kind: str
) -> None:
    key = new_key(kind)
    artifact = push(with_referrers, modelkits["iris"], f"ours-{kind}")
    bundles.attach(artifact, bundle(key, statement(artifact.digest)))

    assert cosign3.verify(key, artifact)
    with pytest.raises(CosignError):
        cosign3.verify(new_key(kind), artifact)


def test_cosign_3_accepts_our_fallback_tag(
    cosign3: Cosign, without_referrers: Registry, modelkits: dict[str, ModelKit], key: SigningKey
) -> None:
    artifact = push(without_referrers, modelkits["iris"], "our-fallback")
    entry = bundles.attach(artifact, bundle(key, statement(artifact.digest)))
    with pytest.raises(CosignError):
        cosign3.verify(key, artifact)

    bundles.tag(artifact, [entry])

    assert cosign3.verify(key, artifact)


@pytest.mark.parametrize("kind", [kind for kind in KEYS if "ed25519" not in str(kind)])
def test_cosign_2_accepts_our_tag(
    cosign2: Cosign, without_referrers: Registry, modelkits: dict[str, ModelKit], kind: str
) -> None:
    key = new_key(kind)
    artifact = push(without_referrers, modelkits["iris"], f"our-tag-{kind}")
    legacy.attach(artifact, [legacy.signed(key, legacy.claim(artifact.digest, "anything"))])

    assert cosign2.verify(key, artifact)


def test_a_registry_with_a_login_is_signed_too(
    cosign3: Cosign, modelkits: dict[str, ModelKit], key: SigningKey
) -> None:
    with ReferrersRegistry(Basic("writer", "s3cr3t")) as registry:
        artifact = push(registry, modelkits["iris"], "private")

        cosign3.sign(key, artifact)

        assert cosign3.verify(key, artifact)


def test_an_attestation_is_no_signature(
    cosign3: Cosign,
    with_referrers: ReferrersRegistry,
    modelkits: dict[str, ModelKit],
    key: SigningKey,
    tmp_path: Path,
) -> None:
    artifact = push(with_referrers, modelkits["iris"], "attested")
    predicate = tmp_path / "sbom.json"
    predicate.write_text('{"bomFormat": "CycloneDX"}')

    cosign3.attest(key, artifact, "cyclonedx", predicate)

    (entry,) = get(artifact, f"referrers/{artifact.digest}")["manifests"]
    assert entry["artifactType"] == BUNDLE
    assert entry["annotations"]["dev.sigstore.bundle.predicateType"] == "https://cyclonedx.org/bom"
