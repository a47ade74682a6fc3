"""Signatures by identities, and everything that can be wrong with one whose signature is right."""

import base64
import json
import ssl
from dataclasses import dataclass
from typing import Any

import pytest

from tests.image.initializer import Initializer, assert_failed
from tests.image.packing import pack
from tests.image.trust.judging import WEIGHTS, judge, packed, policy, rule, shown, sign
from tests.parts.registry import Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import Order, issue
from tests.parts.signing.bundles import statement
from tests.parts.signing.keys import SigningKey

# The first of them may have to build the authority.
pytestmark = pytest.mark.timeout(1800)

OTHERS, INVALID = 51, 52
ISSUER, SUBJECT = "https://token.example.com", "https://example.com/models/train.yaml@refs/heads/main"
MAIL = "anna@example.com"

Document = dict[str, Any]


@dataclass(frozen=True)
class Signed:
    """A ModelKit, bundles about it by their name, and the root that trusts who made them."""

    artifact: Artifact
    bundles: dict[str, Document]
    root: str

    def with_bundles(self, *names: str) -> Artifact:
        """The ModelKit with these bundles beside it, and no other."""
        bundles.tag(self.artifact, [bundles.attach(self.artifact, self.bundles[name]) for name in names])
        return self.artifact


REFUSED = {
    "certificate-expired": "not valid at validation time",
    "certificate-begins-later": "not valid at validation time",
    "certificate-of-another-authority": "signature does not match",
    "certificate-in-no-log": "SCT",
    "certificate-in-another-log": "SCT",
    "no-log-entry": "expected exactly one log entry in bundle",
    "no-log-entry-and-no-timestamp": "expected exactly one log entry in bundle",
    "entry-in-another-log": "invalid log entry",
    "entry-of-another-signature": "log entry payload hash does not match bundle",
    "entry-with-a-broken-promise": "invalid inclusion promise",
    "entry-with-a-broken-proof": "invalid root hash",
    "signature-by-another-key": "invalid signature",
}
"""What is wrong with a bundle -> what the sentence says of it."""

PASSES = ("", "no-timestamp", "timestamp-of-another-authority")
"""A right entry in the log tells the time by itself."""


@pytest.fixture(scope="module")
def signed(registry: Registry) -> Signed:
    artifact = packed(registry)
    payload = statement(artifact.digest)
    orders = {name: Order(payload, SUBJECT, ISSUER, name) for name in (*REFUSED, *PASSES)}
    orders["mail"] = Order(payload, MAIL, ISSUER)
    orders["elsewhere"] = Order(payload, SUBJECT, "https://other.example.com")
    orders["another digest"] = Order(statement(f"sha256:{'e' * 64}"), SUBJECT, ISSUER)
    orders["an SBOM"] = Order(
        statement(artifact.digest, predicate_type="https://cyclonedx.org/bom"), SUBJECT, ISSUER
    )
    issued = issue([*orders.values()])
    return Signed(artifact, dict(zip(orders, issued.bundles, strict=True)), json.dumps(issued.trusted_root))


def identity(**parts: str) -> Document:
    return {"references": ["**"], "identities": [parts]}


RIGHT = identity(issuer=ISSUER, subject=SUBJECT)


@pytest.mark.parametrize("name", PASSES)
def test_whoever_a_trusted_certificate_names_has_signed(signed: Signed, name: str) -> None:
    verdict = judge(signed.with_bundles(name), RIGHT, trustedRoot=signed.root)

    assert verdict.code == 0, verdict.cause
    assert verdict.lines["signed"].endswith(f"signed by {SUBJECT} ({ISSUER})")


@pytest.mark.parametrize(("name", "why"), REFUSED.items(), ids=REFUSED)
def test_what_the_root_does_not_vouch_for_is_refused(signed: Signed, name: str, why: str) -> None:
    verdict = judge(signed.with_bundles(name), RIGHT, trustedRoot=signed.root)
    beside = judge(signed.with_bundles(name, ""), RIGHT, trustedRoot=signed.root)

    assert verdict.code == OTHERS
    stated = f"by {SUBJECT} ({ISSUER}), as its certificate says"
    assert f"the trusted root doesn't vouch for the signature {stated}: " in verdict.cause
    assert why in verdict.cause
    assert beside.code == 0, beside.cause


MATCHES = {
    "exact": (identity(issuer=ISSUER, subject=SUBJECT), True),
    "a pattern of subjects": (
        identity(issuer=ISSUER, subjectPattern="^https://example[.]com/models/.*$"),
        True,
    ),
    "a pattern of issuers": (identity(issuerPattern="^https://token[.][a-z.]+$", subject=SUBJECT), True),
    "another issuer": (identity(issuer="https://other.example.com", subject=SUBJECT), False),
    "another branch": (identity(issuer=ISSUER, subject=SUBJECT.replace("main", "dev")), False),
    "the begin of the subject": (identity(issuer=ISSUER, subject=SUBJECT[:-1]), False),
    "a pattern of its begin": (identity(issuer=ISSUER, subjectPattern="^https://example[.]com/$"), False),
    "a pattern of its middle": (identity(issuer=ISSUER, subjectPattern="^models$"), False),
    "a pattern of its end": (identity(issuer=ISSUER, subjectPattern="^main$"), False),
    "a pattern with an alternative": (identity(issuer=ISSUER, subjectPattern="^(a|.*refs)$"), False),
    "a slash more": (identity(issuer=f"{ISSUER}/", subject=SUBJECT), False),
    "upper case": (identity(issuer=ISSUER, subject=SUBJECT.upper()), False),
}


@pytest.mark.parametrize(("wanted", "met"), MATCHES.values(), ids=MATCHES)
def test_issuer_and_subject_are_compared_as_a_whole(signed: Signed, wanted: Document, met: bool) -> None:
    verdict = judge(signed.with_bundles(""), wanted, trustedRoot=signed.root)

    assert (verdict.code == 0) == met, verdict.cause
    assert met or f"is signed by {SUBJECT} ({ISSUER}), as its certificate says" in verdict.cause


def test_a_mail_address_is_a_subject_too(signed: Signed) -> None:
    artifact = signed.with_bundles("mail")

    assert judge(artifact, identity(issuer=ISSUER, subject=MAIL), trustedRoot=signed.root).code == 0
    assert judge(artifact, RIGHT, trustedRoot=signed.root).code == OTHERS


def test_the_same_subject_at_another_issuer_is_somebody_else(signed: Signed) -> None:
    assert judge(signed.with_bundles("elsewhere"), RIGHT, trustedRoot=signed.root).code == OTHERS


def test_another_root_trusts_none_of_it(signed: Signed) -> None:
    public_good = judge(signed.with_bundles(""), RIGHT)

    assert public_good.code == OTHERS
    assert "the trusted root doesn't vouch for the signature by" in public_good.cause


@pytest.mark.parametrize(("name", "code"), [("another digest", OTHERS), ("an SBOM", 50)])
def test_what_is_signed_must_be_this(signed: Signed, name: str, code: int) -> None:
    assert judge(signed.with_bundles(name), RIGHT, trustedRoot=signed.root).code == code


def test_one_signature_counts_for_one_of_two_patterns(signed: Signed) -> None:
    either = {"issuer": ISSUER, "subjectPattern": "^.*$"}
    two = RIGHT | {"required": 2, "identities": [*RIGHT["identities"], either]}

    assert judge(signed.with_bundles("", "no-timestamp"), two, trustedRoot=signed.root).code == OTHERS
    assert judge(signed.with_bundles("", "mail"), two, trustedRoot=signed.root).code == 0


def test_a_key_and_an_identity_are_two(signed: Signed, alice: SigningKey) -> None:
    both = rule(alice, required=2) | {"identities": RIGHT["identities"]}
    by_key = bundles.attach(signed.artifact, bundles.bundle(alice, statement(signed.artifact.digest)))
    by_identity = bundles.attach(signed.artifact, signed.bundles[""])
    bundles.tag(signed.artifact, [by_key])
    one = judge(signed.artifact, both, trustedRoot=signed.root)
    bundles.tag(signed.artifact, [by_key, by_identity])
    two = judge(signed.artifact, both, trustedRoot=signed.root)

    assert one.code == OTHERS
    assert f"by {shown(alice)} and {SUBJECT} ({ISSUER}), and it is signed by {shown(alice)}" in one.cause
    assert two.code == 0, two.cause


def test_a_policy_of_keys_tells_who_else_signed(signed: Signed, alice: SigningKey) -> None:
    verdict = judge(signed.with_bundles(""), rule(alice))

    assert verdict.code == OTHERS
    assert verdict.cause.endswith(f"it is signed by {SUBJECT} ({ISSUER}), as its certificate says")


def test_a_bundle_that_can_be_read_in_two_ways_is_none(signed: Signed) -> None:
    """What one reader verifies must be what the other one counts."""
    right, other = signed.bundles["another digest"], signed.bundles["mail"]
    twice = json.dumps(right)[:-1] + ', "dsse_envelope": ' + json.dumps(right["dsseEnvelope"]) + "}"
    forged = twice.replace(json.dumps(right["dsseEnvelope"]), json.dumps(other["dsseEnvelope"]), 1)
    bundles.tag(signed.artifact, [bundles.attach(signed.artifact, forged.encode())])

    assert judge(signed.artifact, RIGHT, trustedRoot=signed.root).code in (OTHERS, INVALID)


def test_a_signature_by_a_key_is_none_by_an_identity(signed: Signed, alice: SigningKey) -> None:
    sign(signed.artifact, alice)

    verdict = judge(signed.artifact, RIGHT, trustedRoot=signed.root)

    assert verdict.code == OTHERS
    assert f"it is signed by {shown(alice)}, as it says itself" in verdict.cause


def test_a_signature_by_a_tag_with_a_certificate_is_told_as_such(
    signed: Signed, registry: Registry, alice: SigningKey
) -> None:
    """cosign 2 leaves certificate and log entry in the annotations of the tag."""
    der = base64.b64decode(signed.bundles[""]["verificationMaterial"]["certificate"]["rawBytes"])
    artifact = packed(registry)
    claim = legacy.claim(artifact.digest, "anything")
    annotations = {legacy.CERTIFICATE: ssl.DER_cert_to_PEM_cert(der)}
    legacy.attach(artifact, [legacy.Signed(claim, alice.sign(claim), annotations=annotations)])

    verdict = judge(artifact, RIGHT, trustedRoot=signed.root)
    of_a_key = judge(artifact, rule(alice))
    stated = f"by {SUBJECT} ({ISSUER}), as its certificate says"

    assert verdict.code == OTHERS
    assert f"the signature {stated}: it is one by a tag, which has no proof" in verdict.cause
    # A certificate beside it takes nothing from what a key has signed.
    assert of_a_key.code == 0, of_a_key.cause


@pytest.mark.parametrize("pem", ["", "x", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----", "é"])
def test_what_is_no_certificate_names_nobody(registry: Registry, alice: SigningKey, pem: str) -> None:
    artifact = packed(registry)
    claim = legacy.claim(artifact.digest, "anything")
    made = legacy.Signed(claim, alice.sign(claim), annotations={legacy.CERTIFICATE: pem})
    legacy.attach(artifact, [made])

    verdict = judge(artifact, RIGHT)

    assert verdict.code == OTHERS
    assert verdict.cause.endswith(
        ("it is signed by an unknown key", "with a certificate that names nobody")
    ) or ("no proof that its entry is in the log" in verdict.cause)


def test_a_key_with_a_log_and_an_identity_are_two(signed: Signed, alice: SigningKey) -> None:
    payload = statement(signed.artifact.digest)
    wanted = rule(alice, required=2, transparencyLog="required") | {"identities": RIGHT["identities"]}
    by_key = bundles.attach(signed.artifact, bundles.bundle(alice, payload))
    bundles.tag(signed.artifact, [by_key, bundles.attach(signed.artifact, signed.bundles[""])])

    verdict = judge(signed.artifact, wanted, trustedRoot=signed.root)

    assert verdict.code == OTHERS
    assert f"the signature by {shown(alice)}: it has no entry in a transparency log" in verdict.cause
    assert judge(signed.artifact, wanted | {"required": 1}, trustedRoot=signed.root).code == 0


def test_the_whole_way(registry: Registry, initializer: Initializer) -> None:
    made = pack(registry, WEIGHTS)
    artifact = Artifact(registry, made.repository, made.digest)
    issued = issue([Order(statement(made.digest), SUBJECT, ISSUER)])
    bundles.tag(artifact, [bundles.attach(artifact, issued.bundles[0])])
    root = json.dumps(issued.trusted_root)

    run = initializer(made.uri, **policy(RIGHT, trustedRoot=root))
    broken = initializer(made.uri, **policy(RIGHT, trustedRoot="{}"))

    assert run.exit == 0, run.stderr
    assert f"signed by {SUBJECT} ({ISSUER})\n" in run.stderr
    assert_failed(broken, 56, "the trusted root can't be used")
