"""Signatures from the registry to the exit code, as a container runs the initializer."""

import pytest

from tests.image.initializer import Initializer, assert_failed
from tests.image.packing import file, layer, pack
from tests.image.trust.signing import Signer, policy, sign, sign_by_tag, signer, wants
from tests.parts.registry import Registry

UNSIGNED, OTHERS = 50, 51
WEIGHTS = layer(file("weights", b"w" * 1000))
FORMS = {"bundle": sign, "tag": sign_by_tag}


@pytest.fixture(scope="module")
def alice() -> Signer:
    return signer()


@pytest.fixture(scope="module")
def mallory() -> Signer:
    return signer()


@pytest.mark.parametrize("form", FORMS)
def test_what_the_right_key_signed_is_served(
    registry: Registry, initializer: Initializer, alice: Signer, form: str
) -> None:
    made = pack(registry, WEIGHTS)
    FORMS[form](registry, made, alice)

    run = initializer(made.uri, **policy(wants(alice)))

    assert run.exit == 0, run.stderr
    assert f"{made.uri} is {made.digest}, signed by {alice.shown}\n" in run.stderr
    assert (initializer.destination / "weights").exists()


def test_what_nobody_signed_is_refused(registry: Registry, initializer: Initializer, alice: Signer) -> None:
    made = pack(registry, WEIGHTS)

    run = initializer(made.uri, **policy(wants(alice)))

    sentence = (
        f"{made.uri} is {made.digest}, which nobody has signed, and it needs a signature by {alice.shown}"
    )
    assert_failed(run, UNSIGNED, sentence)
    assert not initializer.destination.exists()


@pytest.mark.parametrize("form", FORMS)
def test_what_another_key_signed_is_refused(
    registry: Registry, initializer: Initializer, alice: Signer, mallory: Signer, form: str
) -> None:
    made = pack(registry, WEIGHTS)
    FORMS[form](registry, made, mallory)

    run = initializer(made.uri, **policy(wants(alice)))

    assert_failed(run, OTHERS, f"needs a signature by {alice.shown}, and it is signed by ")
    assert not initializer.destination.exists()
