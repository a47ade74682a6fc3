"""What a run makes of faults on the way to signatures: rows of docs/reference/faults.md."""

import itertools

import pytest

from tests.image.faults.fault_table import row
from tests.image.faults.hurried import HURRIED
from tests.image.initializer import Initializer, Run
from tests.image.packing import Packed, file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.image.trust.judging import policy, rule, sign
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey, new_key


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return new_key()


@pytest.fixture(scope="module")
def made(registry: Registry, key: SigningKey) -> Packed:
    packed = pack(registry, layer(file("weights")))
    sign(Artifact(registry, packed.repository, packed.digest), key)
    return packed


def run(initializer: Initializer, proxy: Proxy, made: Packed, key: SigningKey) -> Run:
    source = f"kit://{proxy.host}/{made.repository}:v1"
    return initializer.run_program(HURRIED, source, "--plain-http", **policy(rule(key)))


@row("registry answers 500 when it is asked for signatures, twice", 0)
def test_a_fault_that_passes(
    registry: Registry, initializer: Initializer, made: Packed, key: SigningKey, code: int
) -> None:
    count = itertools.count()

    with Proxy(
        registry.url, lambda path: Fault(500) if "/referrers/" in path and next(count) < 2 else None
    ) as proxy:
        ran = run(initializer, proxy, made, key)

    assert ran.exit == code, ran.stderr
    assert (initializer.destination / "weights").exists()


@row("registry answers 500 when it is asked for signatures, always", 53)
def test_a_fault_that_stays(
    registry: Registry, initializer: Initializer, made: Packed, key: SigningKey, code: int
) -> None:
    with Proxy(
        registry.url, lambda path: Fault(500) if "/referrers/" in path or "sha256-" in path else None
    ) as proxy:
        ran = run(initializer, proxy, made, key)

    assert ran.exit == code, ran.stderr
    assert "answers 500" in ran.termination
    assert not initializer.destination.exists()


@row("registry hides the signatures", 50)
def test_signatures_that_are_hidden(
    registry: Registry, initializer: Initializer, made: Packed, key: SigningKey, code: int
) -> None:
    with Proxy(registry.url, lambda path: Fault(404) if "sha256-" in path else None) as proxy:
        ran = run(initializer, proxy, made, key)

    assert ran.exit == code, ran.stderr
    assert not initializer.destination.exists()


@row("byte flipped in a signature", 52)
def test_a_signature_that_is_damaged(
    registry: Registry, initializer: Initializer, made: Packed, key: SigningKey, code: int
) -> None:
    with Proxy(registry.url, lambda path: Fault(flip=9) if "/blobs/" in path else None) as proxy:
        ran = run(initializer, proxy, made, key)

    assert ran.exit == code, ran.stderr
    assert "a signature should be sha256:" in ran.termination
    assert not initializer.destination.exists()
