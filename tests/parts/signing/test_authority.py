"""A real cosign agrees with our authority about what is right and what is wrong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parts.modelkits import modelkits
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import FAULTS, PARTIAL, TIMESTAMPS, Logged, Order, Upload, issue, log
from tests.parts.signing.cosign import Cosign, CosignError
from tests.parts.signing.keys import SigningKey, new_key

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


def accepts(cosign: Cosign, root: Path, key: SigningKey, artifact: Artifact) -> bool:
    try:
        return bool(cosign.verify_logged(root, key, artifact))
    except CosignError:
        return False


@pytest.mark.parametrize("rekor", [1, 2])
def test_a_bundle_s_entry_is_accepted_and_no_other(
    cosign3: Cosign, referrers_registry: ReferrersRegistry, tmp_path: Path, rekor: int
) -> None:
    key, message = new_key(), bundles.signed_bytes(PAYLOAD)
    right, again = (Upload(key, PAYLOAD, key.sign(message), rekor=rekor) for _ in range(2))
    elsewhere = Upload(key, PAYLOAD, right.signature, rekor=rekor, fault="entry-in-another-log")
    logged = log([right, again, elsewhere])
    root = written(tmp_path, logged)
    verdicts: list[bool] = []
    for entry in logged.entries:
        artifact = pushed(referrers_registry, f"logged/{rekor}-{len(verdicts)}")
        made = bundles.bundle(key, PAYLOAD, signature=right.signature)
        made["verificationMaterial"]["tlogEntries"] = [entry]
        bundles.attach(artifact, made)
        verdicts.append(accepts(cosign3, root, key, artifact))

    assert verdicts == [True, False, False]


def test_a_tag_s_entry_is_accepted_and_no_other(
    cosign2: Cosign, referrers_registry: ReferrersRegistry, tmp_path: Path
) -> None:
    key, artifact = new_key(), pushed(referrers_registry, "logged/tag")
    claim = legacy.claim(artifact.digest, "anything")
    right, again = (Upload(key, claim, key.sign(claim), simple=True) for _ in range(2))
    elsewhere = Upload(key, claim, right.signature, simple=True, fault="entry-in-another-log")
    logged = log([right, again, elsewhere])
    root = written(tmp_path, logged)
    verdicts: list[bool] = []
    for annotations in (*map(legacy.promised, logged.entries), {}):
        legacy.attach(artifact, [legacy.Signed(claim, right.signature, annotations=annotations)])
        verdicts.append(accepts(cosign2, root, key, artifact))

    assert verdicts == [True, False, False, False]


def pushed(registry: ReferrersRegistry, repository: str) -> Artifact:
    registry.push_layout(IRIS.archive, repository, "v1")
    return Artifact(registry, repository, IRIS.expected["manifest_digest"])


def written(folder: Path, logged: Logged) -> Path:
    root = folder / "trusted_root.json"
    root.write_text(json.dumps(logged.trusted_root))
    return root
