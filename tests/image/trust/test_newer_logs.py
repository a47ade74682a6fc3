"""Signatures by identities whose entry is in a log of Rekor 2, which tells no time: the timestamp does."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.image.trust.judging import judge, packed
from tests.parts.registry import Registry
from tests.parts.signing import bundles
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import FAULTS, PARTIAL, TIMESTAMPS, Order, issue

# The first of them may have to build the authority.
pytestmark = pytest.mark.timeout(1800)

OTHERS = 51
WRONG = [fault for fault in (*FAULTS, *TIMESTAMPS, *PARTIAL) if fault != "entry-with-a-broken-promise"]
"""Rekor 2 makes no promises that could be broken."""


@dataclass(frozen=True)
class Signed:
    """A ModelKit, bundles about it by their fault, and who trusts whoever made them."""

    artifact: Artifact
    bundles: dict[str, dict[str, Any]]
    root: str

    def judged(self, fault: str) -> int:
        """The exit code where there is no other bundle."""
        bundles.tag(self.artifact, [bundles.attach(self.artifact, self.bundles[fault])])
        wanted = {"issuer": Order(b"").issuer, "subject": Order(b"").subject}
        everything = {"references": ["**"], "identities": [wanted]}
        return judge(self.artifact, everything, trustedRoot=self.root).code


@pytest.fixture(scope="module")
def signed(registry: Registry) -> Signed:
    artifact = packed(registry)
    payload = bundles.statement(artifact.digest)
    names = ["", *WRONG]
    issued = issue([Order(payload, fault=name, rekor=2) for name in names])
    return Signed(artifact, dict(zip(names, issued.bundles, strict=True)), json.dumps(issued.trusted_root))


def test_a_timestamp_makes_up_for_the_time_that_the_log_does_not_tell(signed: Signed) -> None:
    assert signed.judged("") == 0


@pytest.mark.parametrize("fault", WRONG)
def test_what_the_root_does_not_vouch_for_is_refused(signed: Signed, fault: str) -> None:
    assert signed.judged(fault) == OTHERS
