"""A real cosign agrees with our authority about what is right and what is wrong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parts.modelkits import modelkits
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.signing import bundles
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import FAULTS, PARTIAL, TIMESTAMPS, Order, Upload, issue, log
from tests.parts.signing.cosign import Cosign, CosignError
from tests.parts.signing.keys import new_key

# The first of them may have to build a cosign.
pytestmark = pytest.mark.timeout(3600)

IRIS = modelkits()["iris"]
PAYLOAD = bundles.statement(IRIS.expected["manifest_digest"])
ISSUER = Order(b"").issuer
WORKFLOW = Order(b"").subject
MAIL = "anna@example.com"
WRONG = (*FAULTS, *TIMESTAMPS)
ORDERS = {"right": Order(PAYLOAD), "mail": Order(PAYLOAD, MAIL), "rekor-2": Order(PAYLOAD, rekor=2)}
ORDERS |= {fault: Order(PAYLOAD, fault=fault) for fault in WRONG}
# Rekor 2 makes no promises, and tells no time.
ORDERS |= {
    f"rekor-2-{fault}": Order(PAYLOAD, fault=fault, rekor=2)
    for fault in (*WRONG, *PARTIAL)
    if fault != "entry-with-a-broken-promise"
}


@dataclass(frozen=True)
class Place:
    """A registry with the ModelKit in a repository for each case."""

    registry: ReferrersRegistry
    trusted_root: Path

    def artifact(self, case: str) -> Artifact:
        return Artifact(self.registry, f"by/{case}", IRIS.expected["manifest_digest"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    issued = issue([*ORDERS.values()])
    root = tmp_path_factory.mktemp("authority") / "trusted_root.json"
    root.write_text(json.dumps(issued.trusted_root))
    with ReferrersRegistry() as registry:
        found = Place(registry, root)
        for case, made in zip(ORDERS, issued.bundles, strict=True):
            artifact = found.artifact(case)
            registry.push_layout(IRIS.archive, artifact.repository, "v1")
            bundles.attach(artifact, made)
        yield found


@pytest.mark.parametrize("case", ["right", "mail", "rekor-2"])
def test_what_is_right_is_accepted(cosign3: Cosign, place: Place, case: str) -> None:
    subject = ORDERS[case].subject

    assert cosign3.verify_identity(place.trusted_root, ISSUER, subject, place.artifact(case))


@pytest.mark.parametrize(
    ("issuer", "subject"), [("https://other.example.com", WORKFLOW), (ISSUER, f"{WORKFLOW}x"), (ISSUER, MAIL)]
)
def test_somebody_else_is_refused(cosign3: Cosign, place: Place, issuer: str, subject: str) -> None:
    with pytest.raises(CosignError):
        cosign3.verify_identity(place.trusted_root, issuer, subject, place.artifact("right"))


@pytest.mark.parametrize("fault", [case for case, order in ORDERS.items() if order.fault])
def test_a_fault_is_refused(cosign3: Cosign, place: Place, fault: str) -> None:
    with pytest.raises(CosignError):
        cosign3.verify_identity(place.trusted_root, ISSUER, WORKFLOW, place.artifact(fault))


@pytest.mark.parametrize("rekor", [1, 2])
def test_a_key_s_entry_is_accepted_and_no_other(
    cosign3: Cosign, referrers_registry: ReferrersRegistry, tmp_path: Path, rekor: int
) -> None:
    key, message = new_key(), bundles.signed_bytes(PAYLOAD)
    right, again = (Upload(key, PAYLOAD, key.sign(message), rekor=rekor) for _ in range(2))
    elsewhere = Upload(key, PAYLOAD, right.signature, rekor=rekor, fault="entry-in-another-log")
    logged = log([right, again, elsewhere])
    root = tmp_path / "trusted_root.json"
    root.write_text(json.dumps(logged.trusted_root))
    verdicts = []
    for entries in ([each] for each in logged.entries):
        artifact = Artifact(
            referrers_registry, f"logged/{rekor}-{len(verdicts)}", IRIS.expected["manifest_digest"]
        )
        referrers_registry.push_layout(IRIS.archive, artifact.repository, "v1")
        made = bundles.bundle(key, PAYLOAD, signature=right.signature)
        made["verificationMaterial"]["tlogEntries"] = entries
        bundles.attach(artifact, made)
        try:
            verdicts.append(bool(cosign3.verify_logged(root, key, artifact)))
        except CosignError:
            verdicts.append(False)

    assert verdicts == [True, False, False]
