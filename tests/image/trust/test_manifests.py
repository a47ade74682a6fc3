"""Manifests that refer to a ModelKit and hold no signature, or say of it what isn't so."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.image.trust.judging import judge, packed, rule
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.signing import bundles
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import bundle, statement
from tests.parts.signing.keys import SigningKey

UNSIGNED, OTHERS, INVALID = 50, 51, 52
SBOM = "https://cyclonedx.org/bom"

Document = dict[str, Any]

LAYERS: dict[str, Callable[[Document], object]] = {
    "two layers": lambda layer: [layer, layer],
    "no layer": lambda _: [],
    "layers that are no list": lambda layer: {"0": layer},
    "a layer that is no object": lambda layer: [layer["digest"]],
    "a layer of another type": lambda layer: [layer | {"mediaType": "text/plain"}],
    "a layer that is larger than it says": lambda layer: [layer | {"size": 10}],
    "a layer that is smaller than it says": lambda layer: [layer | {"size": layer["size"] + 1}],
    "a layer of a tebibyte": lambda layer: [layer | {"size": 1 << 40}],
    "a layer of a negative size": lambda layer: [layer | {"size": -1}],
    "a layer of an unknown algorithm": lambda layer: [layer | {"digest": f"md5:{'0' * 32}"}],
    "a layer that leads elsewhere": lambda layer: [layer | {"digest": "sha256:../../../manifests/v1"}],
}


@pytest.fixture
def artifact(referrers_registry: ReferrersRegistry) -> Artifact:
    return packed(referrers_registry)


@pytest.mark.parametrize("name", LAYERS)
def test_layers_that_hold_no_bundle_are_refused(artifact: Artifact, alice: SigningKey, name: str) -> None:
    made = bundle(alice, statement(artifact.digest))
    layer = {"mediaType": bundles.BUNDLE, **artifact.push_blob(json.dumps(made).encode())}
    bundles.attach(artifact, made, layers=LAYERS[name](layer))

    verdict = judge(artifact, rule(alice))

    assert verdict.code == INVALID, verdict.cause


STATED = {"as a signature": bundles.SIGNATURE, "as what it is": SBOM, "as nothing": ""}


@pytest.mark.parametrize("stated", STATED.values(), ids=STATED)
@pytest.mark.parametrize("kind", [SBOM, "", f"{bundles.SIGNATURE}x", f" {bundles.SIGNATURE}"])
def test_an_annotation_makes_no_signature_of_a_statement(
    artifact: Artifact, alice: SigningKey, kind: str, stated: str
) -> None:
    annotations = {"dev.sigstore.bundle.predicateType": stated} if stated else {}
    made = bundle(alice, statement(artifact.digest, predicate_type=kind))
    bundles.attach(artifact, made, annotations=annotations)

    assert judge(artifact, rule(alice)).code == UNSIGNED


def test_a_referrer_of_something_else_is_judged_by_what_it_says(
    artifact: Artifact, alice: SigningKey, referrers_registry: ReferrersRegistry
) -> None:
    """The manifest refers to this ModelKit, and the signature is another's: whom a manifest refers to isn't signed."""
    other = packed(referrers_registry)
    bundles.attach(artifact, bundle(alice, statement(other.digest)))

    verdict = judge(artifact, rule(alice))

    assert verdict.code == OTHERS
    assert f"is for {other.digest}" in verdict.cause
