"""What real cosigns sign is served, whatever the key, the registry and cosign's version; what they attest isn't."""

from pathlib import Path

import pytest

from tests.image.initializer import Initializer
from tests.image.packing import pack
from tests.image.proxy import Proxy
from tests.image.trust.judging import WEIGHTS, judge, packed, policy, rule, shown
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import MANIFEST
from tests.parts.signing.cosign import Cosign
from tests.parts.signing.keys import KINDS, SigningKey, new_key

# The first of them may have to build a cosign.
pytestmark = pytest.mark.timeout(3600)

UNSIGNED, OTHERS = 50, 51


@pytest.fixture(scope="session")
def keys() -> dict[str, SigningKey]:
    return {kind: new_key(kind) for kind in KINDS}


@pytest.fixture(params=["referrers_registry", "registry"], ids=["referrers", "fallback tag"])
def artifact(request: pytest.FixtureRequest) -> Artifact:
    return packed(request.getfixturevalue(request.param))


@pytest.fixture(params=["cosign2", "cosign3"])
def either(request: pytest.FixtureRequest) -> Cosign:
    found: Cosign = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(
    "kind", [KINDS[0], *(pytest.param(kind, marks=pytest.mark.thorough) for kind in KINDS[1:])]
)
def test_each_cosign_signs_with_each_kind_of_key(
    registry: Registry, either: Cosign, keys: dict[str, SigningKey], kind: str
) -> None:
    artifact, key = packed(registry), keys[kind]
    either.sign(key, artifact)

    assert judge(artifact, rule(key)).code == 0
    assert judge(artifact, rule(new_key())).code == OTHERS


def test_a_bundle_is_found_in_four_requests(
    artifact: Artifact, cosign3: Cosign, keys: dict[str, SigningKey]
) -> None:
    cosign3.sign(keys["p256"], artifact)

    with Proxy(artifact.registry.url) as proxy:
        verdict = judge(artifact, rule(keys["p256"], formats="bundle"), host=proxy.host)

    assert verdict.code == 0, verdict.cause
    # The first is for the manifest itself.
    assert len(proxy.seen[1:]) <= 4


def test_a_tag_is_found_in_four_requests(
    artifact: Artifact, cosign2: Cosign, keys: dict[str, SigningKey]
) -> None:
    cosign2.sign(keys["p256"], artifact)

    with Proxy(artifact.registry.url) as proxy:
        verdict = judge(artifact, rule(keys["p256"]), host=proxy.host)

    assert verdict.code == 0, verdict.cause
    assert len([each for each in proxy.seen[1:] if ".sig" in each.path or "/blobs/" in each.path]) <= 4


def test_a_bundle_and_a_tag_by_two_people_are_two(
    artifact: Artifact, cosign2: Cosign, cosign3: Cosign, keys: dict[str, SigningKey]
) -> None:
    one, other = keys["p256"], keys["rsa2048"]
    cosign2.sign(one, artifact)
    cosign3.sign(other, artifact)

    both = rule(one, other, required=2)
    assert judge(artifact, both).code == 0
    assert judge(artifact, both | {"formats": "bundle"}).code == OTHERS


def test_an_sbom_that_the_right_key_signed_is_no_signature(
    artifact: Artifact, cosign3: Cosign, keys: dict[str, SigningKey], tmp_path: Path
) -> None:
    predicate = tmp_path / "sbom.json"
    predicate.write_text('{"bomFormat": "CycloneDX"}')
    cosign3.attest(keys["p256"], artifact, "cyclonedx", predicate)

    assert judge(artifact, rule(keys["p256"])).code == UNSIGNED

    cosign3.sign(keys["p256"], artifact)
    assert judge(artifact, rule(keys["p256"])).code == 0


def test_a_signature_in_another_repository_is_none_here(
    registry: Registry, cosign3: Cosign, keys: dict[str, SigningKey]
) -> None:
    signed = packed(registry)
    url = f"{registry.url}/v2/{signed.repository}"
    manifest = registry.http.request("GET", f"{url}/manifests/{signed.digest}", headers={"Accept": MANIFEST})
    mirror = Artifact(registry, f"{signed.repository}/mirror", signed.digest)
    for blob in (manifest.json()["config"], *manifest.json()["layers"]):
        found = registry.http.request("GET", f"{url}/blobs/{blob['digest']}")
        registry.push_blob(mirror.repository, found.data)
    registry.push_manifest(mirror.repository, "v1", manifest.data, MANIFEST)
    cosign3.sign(keys["p256"], signed)

    assert judge(signed, rule(keys["p256"])).code == 0
    assert judge(mirror, rule(keys["p256"])).code == UNSIGNED


def test_cosign_signs_and_the_initializer_serves(
    referrers_registry: ReferrersRegistry,
    initializer: Initializer,
    cosign3: Cosign,
    keys: dict[str, SigningKey],
) -> None:
    made, key = pack(referrers_registry, WEIGHTS), keys["p384"]
    cosign3.sign(key, Artifact(referrers_registry, made.repository, made.digest))

    run = initializer(made.uri, **policy(rule(key)))

    assert run.exit == 0, run.stderr
    assert f"{made.uri} is {made.digest}, signed by {shown(key)}\n" in run.stderr
