"""`kitserve verify` knows an image that `kitserve image` made, signed by `cosign sign` as any."""

import json

import pytest

from tests.generator.cli.verifying import Verifying
from tests.generator.image.imaging import SCHEME, Imaging, repository
from tests.image.packing import Packed, file, layer, pack
from tests.image.trust.judging import rule, sign
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey

# The first of them may have to build a cosign.
pytestmark = pytest.mark.timeout(3600)


@pytest.fixture
def verifying(imaging: Imaging) -> Verifying:
    return Verifying(imaging.kitserve, imaging.folder)


def image_of(registry: Registry, made: Packed) -> Artifact:
    return Artifact(registry, made.repository, repository(registry, made).digest("v1.image"))


@pytest.mark.parametrize("name", ["cosign2", "cosign3"])
@pytest.mark.parametrize("platforms", [(), ("--platform", "linux/amd64")], ids=["two platforms", "one"])
def test_what_a_real_cosign_signed_is_verified(  # noqa: PLR0913, PLR0917 - fixtures
    request: pytest.FixtureRequest,
    referrers_registry: ReferrersRegistry,
    imaging: Imaging,
    verifying: Verifying,
    alice: SigningKey,
    mallory: SigningKey,
    name: str,
    platforms: tuple[str, ...],
) -> None:
    made = pack(referrers_registry, layer(file("weights", b"w" * 1000)))
    uri = SCHEME + imaging.made(made.uri, *platforms)
    artifact = image_of(referrers_registry, made)
    unsigned = verifying(uri, *verifying.key(alice))
    request.getfixturevalue(name).sign(alice, artifact)

    ran = verifying(uri, *verifying.key(alice))

    assert (unsigned.exit_code, ran.exit_code) == (1, 0), ran.err
    assert ran.out.startswith(f"{uri} is {artifact.digest}\n")
    assert ran.out.endswith(f"verified: {uri} is signed as every rule that applies demands\n")
    assert verifying(uri, *verifying.key(mallory)).exit_code == 1
    assert verifying(f"{SCHEME}{artifact.reference}", *verifying.key(alice)).exit_code == 0
    assert verifying(uri.removeprefix(SCHEME), *verifying.key(alice)).exit_code == 0


def test_a_signature_of_the_modelkit_is_none_of_its_image(
    registry: Registry, imaging: Imaging, verifying: Verifying, packed: Packed, alice: SigningKey
) -> None:
    sign(Artifact(registry, packed.repository, packed.digest), alice)
    uri = SCHEME + imaging.made(packed.uri, *imaging.key(alice))

    assert verifying(uri, *verifying.key(alice)).exit_code == 1
    assert verifying(packed.uri, *verifying.key(alice)).exit_code == 0


def test_the_policy_of_values_is_for_images_too(
    registry: Registry, imaging: Imaging, verifying: Verifying, packed: Packed, alice: SigningKey
) -> None:
    uri = SCHEME + imaging.made(packed.uri)
    sign(image_of(registry, packed), alice)
    values = verifying.values(rule(alice, references=[f"{registry.host}/{packed.repository}"]))

    code, told = verifying.json(uri, *values)

    assert (code, told["result"], told["reference"]) == (0, "verified", uri)
    assert [each["reference"] for each in told["manifests"]] == [uri]
    assert verifying(uri, "--set", "verification.unmatched=deny").exit_code == 1


def test_a_modelkits_scheme_is_judged_as_a_pod_reads_it(
    registry: Registry, verifying: Verifying, packed: Packed, alice: SigningKey
) -> None:
    """An annotation must not keep the entry that a pod unpacks from being judged."""
    entry = registry.descriptor(packed.repository, "v1")
    document = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry],
        "annotations": {"io.kitserve.image.source": packed.digest},
    }
    digest = repository(registry, packed).put("all", document)
    sign(Artifact(registry, packed.repository, digest), alice)

    code, told = verifying.json(packed.uri.replace(":v1", ":all"), *verifying.key(alice))

    assert (code, told["error"]["name"]) == (1, "Unsigned")


def test_an_index_of_others_is_no_image(
    registry: Registry, verifying: Verifying, packed: Packed, alice: SigningKey
) -> None:
    document = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}
    digest = repository(registry, packed).put("all", document)
    sign(Artifact(registry, packed.repository, digest), alice)
    uri = packed.uri.replace("kit://", SCHEME).replace(":v1", ":all")

    ran = verifying(uri, *verifying.key(alice), "-o", "json")

    assert (ran.exit_code, json.loads(ran.out)["error"]["name"]) == (1, "NotAModelKit")
