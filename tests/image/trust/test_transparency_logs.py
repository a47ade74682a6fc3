"""Signatures by keys that have to be in a transparency log, of Rekor 1 or Rekor 2, in bundles and by tags."""

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes

from tests.image.trust.judging import Verdict, judge, packed, rule, shown
from tests.parts.registry import Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.authority import Logged, Upload, log
from tests.parts.signing.bundles import bundle, signed_bytes, statement
from tests.parts.signing.keys import SigningKey, new_key

# The first of them may have to build the authority.
pytestmark = pytest.mark.timeout(1800)

OTHERS = 51
KEYS = {kind: new_key(kind) for kind in ("p256", "p384", "ed25519", "rsa2048")}
KEY, OTHER = KEYS["p256"], new_key()

Document = dict[str, Any]
Change = Callable[[Document, Document], Document]


@dataclass(frozen=True)
class Place:
    """A ModelKit, signatures of it, and their entries by name."""

    artifact: Artifact
    uploads: dict[str, Upload]
    logged: Logged

    def entry(self, name: str) -> Document:
        """A copy of an entry."""
        entries = dict(zip(self.uploads, self.logged.entries, strict=True))
        return copy.deepcopy(entries[name])

    def judged(self, name: str, entries: object, **settings: object) -> Verdict:
        """The verdict where the signature of an upload is the only one, in a bundle that has these entries."""
        upload = self.uploads[name]
        document = bundle(upload.key, upload.payload, signature=upload.signature)
        document["verificationMaterial"]["tlogEntries"] = entries
        bundles.tag(self.artifact, [bundles.attach(self.artifact, document)])
        legacy.attach(self.artifact, [])
        return self.verdict(upload.key, **settings)

    def judged_by_tag(self, name: str, annotations: dict[str, str], **settings: object) -> Verdict:
        """The verdict where the signature of an upload is the only one, by the tag, with these annotations."""
        upload = self.uploads[name]
        made = legacy.Signed(upload.payload, upload.signature, annotations=annotations)
        legacy.attach(self.artifact, [made])
        bundles.tag(self.artifact, [])
        return self.verdict(upload.key, **settings)

    def verdict(self, key: SigningKey, **settings: object) -> Verdict:
        """What a rule says that demands the key and a log."""
        wanted = rule(key, **{"transparencyLog": "required", **settings})
        return judge(self.artifact, wanted, trustedRoot=json.dumps(self.logged.trusted_root))


def uploads(artifact: Artifact) -> dict[str, Upload]:
    payload, claim = statement(artifact.digest), legacy.claim(artifact.digest, "anything")
    message = signed_bytes(payload)
    another = payload + b"\n"
    found = {kind: Upload(key, payload, key.sign(message)) for kind, key in KEYS.items() if kind != "rsa2048"}
    p384 = KEYS["p384"].sign(message, hashes.SHA384)
    found |= {
        "rsa2048": Upload(KEYS["rsa2048"], payload, KEYS["rsa2048"].sign(message)),
        "rekor 2": Upload(KEY, payload, KEY.sign(message), rekor=2),
        "rekor 2 p384": Upload(KEYS["p384"], payload, p384, rekor=2),
        "signed again": Upload(KEY, payload, KEY.sign(message)),
        "signed again, rekor 2": Upload(KEY, payload, KEY.sign(message), rekor=2),
        "another payload": Upload(KEY, another, KEY.sign(signed_bytes(another))),
        "another payload, rekor 2": Upload(KEY, another, KEY.sign(signed_bytes(another)), rekor=2),
        "another key": Upload(OTHER, payload, OTHER.sign(message)),
        "another key, rekor 2": Upload(OTHER, payload, OTHER.sign(message), rekor=2),
    }
    found["another log"] = Upload(KEY, payload, found["p256"].signature, fault="entry-in-another-log")
    found["another log, rekor 2"] = Upload(
        KEY, payload, found["rekor 2"].signature, rekor=2, fault="entry-in-another-log"
    )
    simple = {f"tag {kind}": Upload(key, claim, key.sign(claim), simple=True) for kind, key in KEYS.items()}
    del simple["tag ed25519"]
    simple["tag signed again"] = Upload(KEY, claim, KEY.sign(claim), simple=True)
    simple["tag another log"] = Upload(
        KEY, claim, simple["tag p256"].signature, simple=True, fault="entry-in-another-log"
    )
    return found | simple


@pytest.fixture(scope="module")
def place(registry: Registry) -> Place:
    artifact = packed(registry)
    made = uploads(artifact)
    return Place(artifact, made, log([*made.values()]))


def without(*names: str) -> Change:
    return lambda entry, _: {name: value for name, value in entry.items() if name not in names}


def broken(*way: str) -> Change:
    """Change a byte of what is in base64 at the end of a way."""

    def change(entry: Document, _: Document) -> Document:
        target = entry
        for name in way[:-1]:
            target = target[name]
        data = bytearray(base64.b64decode(target[way[-1]]))
        data[-1] ^= 1
        target[way[-1]] = base64.b64encode(data).decode()
        return entry

    return change


def replaced(**members: object) -> Change:
    return lambda entry, _: entry | members


def with_other(*names: str) -> Change:
    """Take members from the entry of a second signature."""
    return lambda entry, other: entry | {name: other[name] for name in names}


def both(one: Change, two: Change) -> Change:
    return lambda entry, other: two(one(entry, other), other)


def in_proof(**members: object) -> Change:
    return lambda entry, _: entry | {"inclusionProof": entry["inclusionProof"] | members}


SET = "inclusionPromise"
PROOF = "inclusionProof"


@pytest.mark.parametrize("name", [*KEYS, "rekor 2", "rekor 2 p384"])
def test_a_signature_with_its_entry_counts(place: Place, name: str) -> None:
    verdict = place.judged(name, [place.entry(name)])

    assert verdict.code == 0, verdict.cause
    assert verdict.lines["signed"].endswith(f"signed by {shown(place.uploads[name].key)}")


ENOUGH = {
    "no promise": without(SET),
    "no promise and no time": without(SET, "integratedTime"),
    "an index that is left out": without("logIndex"),
}


@pytest.mark.parametrize("change", ENOUGH.values(), ids=ENOUGH)
def test_a_proof_is_enough(place: Place, change: Change) -> None:
    assert place.judged("p256", [change(place.entry("p256"), {})]).code == 0


WRONG: dict[str, tuple[Change, str]] = {
    "a broken promise": (broken(SET, "signedEntryTimestamp"), "inclusion promise"),
    "a promise and no proof": (without(PROOF), "no proof with a checkpoint"),
    "a promise, and a proof without checkpoint": (in_proof(checkpoint=None), "no proof with a checkpoint"),
    "a promise for another time": (replaced(integratedTime="1700000000"), "inclusion promise"),
    "a promise for another place": (replaced(logIndex="7"), "inclusion promise"),
    "the promise of another entry": (with_other(SET), "inclusion promise"),
    "a broken root": (broken(PROOF, "rootHash"), "invalid root hash"),
    "the proof of another entry": (with_other(PROOF), "invalid root hash"),
    "a hash too many": (in_proof(hashes=["AAAA"]), "wrong size"),
    "a leaf of another tree": (in_proof(treeSize="2", hashes=["A" * 43 + "="]), "invalid root hash"),
    "no checkpoint and no promise": (
        both(without(SET), in_proof(checkpoint={"envelope": ""})),
        "no proof with a checkpoint",
    ),
    "a checkpoint that nobody signed": (
        in_proof(checkpoint={"envelope": "log\n1\nAAAA\n\n"}),
        "at least one signature",
    ),
    "a checkpoint that is none": (in_proof(checkpoint={"envelope": "x"}), "one blank line"),
    "neither proof nor promise": (without(SET, PROOF), "no proof with a checkpoint"),
    "a changed body": (broken("canonicalizedBody"), "invalid root hash"),
    "the body of another": (with_other("canonicalizedBody"), "invalid root hash"),
    "no body": (without("canonicalizedBody"), "can't be read"),
    "no log": (without("logId"), "can't be read"),
    "a number as a text": (replaced(logIndex="one"), "can't be read"),
    "a negative number": (replaced(logIndex="-1"), "can't be read"),
    "an unknown member": (replaced(more="x"), "can't be read"),
}


@pytest.mark.parametrize(("change", "why"), WRONG.values(), ids=WRONG)
def test_an_entry_that_the_log_does_not_vouch_for_is_none(place: Place, change: Change, why: str) -> None:
    entry, other = place.entry("p256"), place.entry("signed again")

    verdict = place.judged("p256", [change(entry, other)])

    assert verdict.code == OTHERS
    assert f"the trusted root doesn't vouch for the signature by {shown(KEY)}: " in verdict.cause
    assert why in verdict.cause
    assert f"needs a signature with an entry in a transparency log by {shown(KEY)}" in verdict.cause


WRONG_2 = ["a broken root", "the proof of another entry", "a hash too many", "a changed body"]
WRONG_2 += ["a checkpoint that nobody signed", "neither proof nor promise", "the body of another"]


@pytest.mark.parametrize("fault", WRONG_2)
def test_an_entry_of_rekor_2_has_its_proof_verified_too(place: Place, fault: str) -> None:
    entry, other = place.entry("rekor 2"), place.entry("signed again, rekor 2")

    verdict = place.judged("rekor 2", [WRONG[fault][0](entry, other)])

    assert verdict.code == OTHERS
    assert f"the trusted root doesn't vouch for the signature by {shown(KEY)}: " in verdict.cause


OF_OTHERS = ["signed again", "another payload", "another key", "rekor 2", "tag p256"]
OF_OTHERS += [f"{name}, rekor 2" for name in OF_OTHERS[:3]]


@pytest.mark.parametrize("name", OF_OTHERS)
def test_a_right_entry_of_another_signature_is_none_of_this_one(place: Place, name: str) -> None:
    verdict = place.judged("p256", [place.entry(name)])

    assert verdict.code == OTHERS
    assert verdict.cause.endswith("its log entry is about another signature")


@pytest.mark.parametrize(("name", "of"), [("another log", "p256"), ("another log, rekor 2", "rekor 2")])
def test_a_log_that_the_root_does_not_name_is_none(place: Place, name: str, of: str) -> None:
    verdict = place.judged(of, [place.entry(name)])

    assert verdict.code == OTHERS
    assert "invalid" in verdict.cause


@pytest.mark.parametrize("entries", [[], None, "x", [1], [{}], {}, [[]]], ids=repr)
def test_no_entry_is_told(place: Place, entries: object) -> None:
    verdict = place.judged("p256", entries)

    assert verdict.code == OTHERS
    told = "no proof with a checkpoint" if entries == [{}] else "it has no entry in a transparency log"
    assert verdict.cause.endswith(told)


def test_a_right_entry_counts_beside_a_wrong_one(place: Place) -> None:
    entries = [place.entry("another key"), place.entry("p256")]

    assert place.judged("p256", entries).code == 0
    assert place.judged("p256", [place.entry("another key")] * 8 + [place.entry("p256")]).code == OTHERS


def test_a_rule_that_demands_no_log_looks_at_none(place: Place) -> None:
    assert place.judged("p256", [{"logId": 1}], transparencyLog="optional").code == 0
    assert place.judged("p256", [], transparencyLog="").code == 0
    assert place.judged_by_tag("tag p256", {legacy.ENTRY: "x"}, transparencyLog="optional").code == 0


def test_a_signature_by_another_key_is_told_as_such(place: Place) -> None:
    verdict = place.judged("another key", [place.entry("another key")])
    somebody = judge(
        place.artifact,
        rule(KEY, transparencyLog="required"),
        trustedRoot=json.dumps(place.logged.trusted_root),
    )

    assert verdict.code == 0
    assert somebody.code == OTHERS
    assert somebody.cause.endswith(f"it is signed by {shown(OTHER)}, as it says itself")


def test_another_root_trusts_none_of_the_logs(place: Place) -> None:
    place.judged("p256", [place.entry("p256")])

    assert judge(place.artifact, rule(KEY, transparencyLog="required")).code == OTHERS


def test_a_wide_rule_without_a_log_takes_nothing_from_a_narrow_one(place: Place) -> None:
    place.judged("p256", [])
    verdict = judge(
        place.artifact,
        rule(KEY),
        rule(KEY, transparencyLog="required"),
        trustedRoot=json.dumps(place.logged.trusted_root),
    )

    assert verdict.code == OTHERS
    assert "it has no entry in a transparency log" in verdict.cause
    assert verdict.lines["signed"].endswith(f"signed by {shown(KEY)}")


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_a_tag_s_annotation_holds_the_log_s_promise(place: Place, kind: str) -> None:
    name = f"tag {kind}"
    annotations = legacy.promised(place.entry(name))

    assert place.judged_by_tag(name, annotations).code == 0
    assert place.judged_by_tag(name, annotations, formats="bundle").code != 0


def annotated(entry: Document, **payload: object) -> dict[str, str]:
    """The annotation of an entry with other members in its payload."""
    document = json.loads(legacy.promised(entry)[legacy.ENTRY])
    document["Payload"] |= payload
    return {legacy.ENTRY: json.dumps(document)}


TAGGED: dict[str, tuple[Callable[[Place], dict[str, str]], str]] = {
    "none": (lambda _: {}, "it has no entry in a transparency log"),
    "of another signature": (
        lambda place: legacy.promised(place.entry("tag signed again")),
        "about another signature",
    ),
    "of a bundle": (lambda place: legacy.promised(place.entry("p256")), "about another signature"),
    "of another log": (lambda place: legacy.promised(place.entry("tag another log")), "inclusion promise"),
    "of another time": (
        lambda place: annotated(place.entry("tag p256"), integratedTime=1),
        "inclusion promise",
    ),
    "of another place": (lambda place: annotated(place.entry("tag p256"), logIndex=1), "inclusion promise"),
    "without a body": (lambda place: annotated(place.entry("tag p256"), body=None), "can't be read"),
    "with the body of another": (
        lambda place: annotated(
            place.entry("tag p256"), body=place.entry("tag signed again")["canonicalizedBody"]
        ),
        "inclusion promise",
    ),
    "of no log": (lambda place: annotated(place.entry("tag p256"), logID="x"), "can't be read"),
    "no JSON": (lambda _: {legacy.ENTRY: "{"}, "can't be read"),
    "a list": (lambda _: {legacy.ENTRY: "[]"}, "can't be read"),
    "deep": (lambda _: {legacy.ENTRY: "[" * 100_000}, "can't be read"),
}


@pytest.mark.parametrize(("annotations", "why"), TAGGED.values(), ids=TAGGED)
def test_a_tag_s_annotation_must_be_a_promise_for_it(
    place: Place, annotations: Callable[[Place], dict[str, str]], why: str
) -> None:
    verdict = place.judged_by_tag("tag p256", annotations(place))

    assert verdict.code == OTHERS
    assert f"doesn't vouch for the signature by {shown(KEY)}: " in verdict.cause
    assert why in verdict.cause
