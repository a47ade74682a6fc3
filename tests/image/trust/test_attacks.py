"""What a registry, or whoever may push to it, puts in the place of a signature."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.image.packing import digest
from tests.image.proxy import Fault, Proxy
from tests.image.scripted import Asked, Reply, Scripted
from tests.image.trust.judging import judge, packed, rule, shown, sign, sign_by_tag
from tests.parts.registry import Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import bundle, statement
from tests.parts.signing.keys import SigningKey

UNSIGNED, OTHERS, INVALID, UNREACHABLE = 50, 51, 52, 53
ELSE = "sha256:" + "e" * 64

Document = dict[str, Any]
Made = Callable[[Artifact, SigningKey, SigningKey], Document | bytes]


@dataclass(frozen=True)
class Attack:
    """What is pushed in place of alice's bundle, by somebody who has mallory's key and what alice signed elsewhere."""

    made: Made
    code: int
    cause: str


def signed(key: SigningKey, document: Document) -> Document:
    return bundle(key, json.dumps(document).encode())


def stating(key: SigningKey, artifact: Artifact, **changes: object) -> Document:
    """A bundle whose statement has these members instead."""
    return signed(key, json.loads(statement(artifact.digest)) | changes)


def with_envelope(document: Document, **changes: object) -> Document:
    return document | {"dsseEnvelope": document["dsseEnvelope"] | changes}


def swapped(artifact: Artifact, alice: SigningKey, _: SigningKey) -> Document:
    """What alice signed for something else, over a payload for this."""
    elsewhere = bundle(alice, statement(ELSE))["dsseEnvelope"]["signatures"]
    return with_envelope(bundle(alice, statement(artifact.digest)), signatures=elsewhere)


def twice(artifact: Artifact, alice: SigningKey, mallory: SigningKey) -> Document:
    made = bundle(alice, statement(artifact.digest))
    more = bundle(mallory, statement(artifact.digest))["dsseEnvelope"]["signatures"]
    return with_envelope(made, signatures=[*more, *made["dsseEnvelope"]["signatures"]])


def of_sha_1(artifact: Artifact, alice: SigningKey, _: SigningKey) -> Document:
    return stating(alice, artifact, subject=[{"digest": {"sha1": artifact.digest[7:47]}}])


def of_two_digests(artifact: Artifact, alice: SigningKey, _: SigningKey) -> Document:
    digests = {"sha256": artifact.digest.removeprefix("sha256:"), "sha1": "0" * 40}
    return stating(alice, artifact, subject=[{"digest": digests}])


def of_another_type(artifact: Artifact, alice: SigningKey, _: SigningKey) -> Document:
    return bundle(alice, statement(artifact.digest), payload_type="application/json")


def renamed_type(artifact: Artifact, alice: SigningKey, _: SigningKey) -> Document:
    """Alice's signature of a payload of another type, under the right one."""
    return with_envelope(of_another_type(artifact, alice, alice), payloadType=bundles.IN_TOTO)


ATTACKS = {
    "another key": Attack(
        lambda artifact, _, mallory: bundle(mallory, statement(artifact.digest)),
        OTHERS,
        "and it is signed by {mallory}, as it says itself",
    ),
    "another key with the right hint": Attack(
        lambda artifact, alice, mallory: bundle(mallory, statement(artifact.digest), hint=alice.hint),
        OTHERS,
        "and a signature says that it is by {alice}, and isn't",
    ),
    "another key without a hint": Attack(
        lambda artifact, _, mallory: bundle(mallory, statement(artifact.digest), hint=""),
        OTHERS,
        "and it is signed by an unknown key",
    ),
    "the right key for another digest": Attack(
        lambda _, alice, __: bundle(alice, statement(ELSE)),
        OTHERS,
        f"and the signature by {{alice}} is for {ELSE}",
    ),
    "a signature of another payload": Attack(
        swapped, OTHERS, "a signature says that it is by {alice}, and isn't"
    ),
    "a signature of another type": Attack(
        renamed_type, OTHERS, "a signature says that it is by {alice}, and isn't"
    ),
    "two subjects": Attack(
        lambda artifact, alice, _: bundle(alice, statement(artifact.digest, ELSE)),
        INVALID,
        "hasn't exactly one subject",
    ),
    "no subject": Attack(lambda _, alice, __: bundle(alice, statement()), INVALID, "exactly one subject"),
    "a subject of two digests": Attack(
        of_two_digests, INVALID, "a bundle's subject hasn't exactly one digest"
    ),
    "SHA-1": Attack(of_sha_1, OTHERS, "is for sha1:"),
    "an SBOM by the right key": Attack(
        lambda artifact, alice, _: bundle(
            alice, statement(artifact.digest, predicate_type="https://cyclonedx.org/bom")
        ),
        UNSIGNED,
        "which nobody has signed",
    ),
    "another version of statements": Attack(
        lambda artifact, alice, _: stating(alice, artifact, _type="https://in-toto.io/Statement/v0.1"),
        INVALID,
        "a bundle's statement isn't in-toto's version 1",
    ),
    "another type of payload": Attack(of_another_type, UNSIGNED, "which nobody has signed"),
    "two signatures": Attack(twice, INVALID, "a bundle hasn't exactly one signature"),
    "no signature": Attack(
        lambda artifact, alice, _: with_envelope(bundle(alice, statement(artifact.digest)), signatures=[]),
        INVALID,
        "a bundle hasn't exactly one signature",
    ),
    "a signature that is no base64": Attack(
        lambda artifact, alice, _: with_envelope(
            bundle(alice, statement(artifact.digest)), signatures=[{"sig": "*"}]
        ),
        INVALID,
        "a bundle's signature isn't base64",
    ),
    "an empty signature": Attack(
        lambda artifact, alice, _: with_envelope(
            bundle(alice, statement(artifact.digest)), signatures=[{"sig": ""}]
        ),
        OTHERS,
        "and isn't",
    ),
    "another version of bundles": Attack(
        lambda artifact, alice, _: (
            bundle(alice, statement(artifact.digest))
            | {"mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1"}
        ),
        INVALID,
        "a bundle isn't of the version 0.3",
    ),
    "a signature of a blob": Attack(
        lambda artifact, alice, _: {
            "mediaType": bundles.BUNDLE,
            "messageSignature": {
                "signature": base64.b64encode(alice.sign(artifact.digest.encode())).decode()
            },
        },
        UNSIGNED,
        "which nobody has signed",
    ),
    "no JSON": Attack(lambda *_: b"{", INVALID, "a bundle isn't JSON"),
    "no UTF-8": Attack(lambda *_: b"\xff", INVALID, "a bundle isn't JSON"),
    "a list": Attack(lambda *_: b"[]", INVALID, "a bundle isn't a JSON object"),
    "a list in lists": Attack(lambda *_: b"[" * 100_000, INVALID, "a bundle isn't JSON"),
    "an empty object": Attack(lambda *_: b"{}", INVALID, "a bundle isn't of the version 0.3"),
    "nothing": Attack(lambda *_: b"", INVALID, "a bundle isn't JSON"),
    "two mebibytes": Attack(
        lambda *_: b" " * (2 << 20), INVALID, "a signature has 2.0 MiB, and 1.0 MiB are the most"
    ),
    "members of other types": Attack(
        lambda *_: {"mediaType": bundles.BUNDLE, "dsseEnvelope": [], "verificationMaterial": 1},
        INVALID,
        "a bundle's payload isn't base64",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_bundle_that_is_no_signature(
    registry: Registry, alice: SigningKey, mallory: SigningKey, attack: Attack
) -> None:
    artifact = packed(registry)
    entry = bundles.attach(artifact, attack.made(artifact, alice, mallory))
    bundles.tag(artifact, [entry])

    verdict = judge(artifact, rule(alice))

    assert verdict.code == attack.code, verdict.cause
    assert attack.cause.format(alice=shown(alice), mallory=shown(mallory)) in verdict.cause
    assert f"a signature by {shown(alice)}" in verdict.cause
    assert attack.code != INVALID or verdict.cause.endswith(f"({entry['digest']})")


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_it_takes_nothing_from_one_that_is(
    registry: Registry, alice: SigningKey, mallory: SigningKey, attack: Attack
) -> None:
    artifact = packed(registry)
    made = (attack.made(artifact, alice, mallory), bundle(alice, statement(artifact.digest)))
    bundles.tag(artifact, [bundles.attach(artifact, each) for each in made])

    assert judge(artifact, rule(alice)).code == 0


@dataclass(frozen=True)
class Tagged:
    """What is pushed as the layers of a signature by a tag."""

    layers: Callable[[Artifact, SigningKey, SigningKey], list[legacy.Signed]]
    code: int
    cause: str


def claimed(key: SigningKey, of: str, **critical: object) -> list[legacy.Signed]:
    return [legacy.signed(key, legacy.claim(of, "registry.example.com/models/iris", **critical))]


TAGGED = {
    "another key": Tagged(
        lambda artifact, _, mallory: claimed(mallory, artifact.digest), OTHERS, "is signed by an unknown key"
    ),
    "the right key for another digest": Tagged(
        lambda _, alice, __: claimed(alice, ELSE), OTHERS, f"the signature by {{alice}} is for {ELSE}"
    ),
    "the right key for no digest": Tagged(
        lambda _, alice, __: claimed(alice, ELSE, image={}),
        OTHERS,
        "the signature by {alice} is for no digest",
    ),
    "a signature of another payload": Tagged(
        lambda artifact, alice, _: [
            legacy.Signed(claimed(alice, artifact.digest)[0].payload, claimed(alice, ELSE)[0].signature)
        ],
        OTHERS,
        "is signed by an unknown key",
    ),
    "another type of payload": Tagged(
        lambda artifact, alice, _: claimed(alice, artifact.digest, type="atomic container signature"),
        INVALID,
        "a signature's payload isn't cosign's",
    ),
    "another type of layer": Tagged(
        lambda artifact, alice, _: [
            replace(each, media_type="application/octet-stream") for each in claimed(alice, artifact.digest)
        ],
        INVALID,
        "is of the type 'application/octet-stream'",
    ),
    "no JSON": Tagged(lambda _, alice, __: [legacy.signed(alice, b"?")], INVALID, "payload isn't JSON"),
    "a large payload": Tagged(
        lambda _, alice, __: [legacy.signed(alice, b" " * 70_000)], INVALID, "and 64.0 KiB are the most"
    ),
    "no layers": Tagged(lambda *_: [], UNSIGNED, "which nobody has signed"),
}


@pytest.mark.parametrize("attack", TAGGED.values(), ids=TAGGED)
def test_a_layer_that_is_no_signature(
    registry: Registry, alice: SigningKey, mallory: SigningKey, attack: Tagged
) -> None:
    artifact = packed(registry)
    legacy.attach(artifact, attack.layers(artifact, alice, mallory))

    verdict = judge(artifact, rule(alice))

    assert verdict.code == attack.code, verdict.cause
    assert attack.cause.format(alice=shown(alice)) in verdict.cause


@pytest.mark.parametrize("attack", TAGGED.values(), ids=TAGGED)
def test_it_takes_nothing_from_a_layer_that_is(
    registry: Registry, alice: SigningKey, mallory: SigningKey, attack: Tagged
) -> None:
    artifact = packed(registry)
    legacy.attach(artifact, [*claimed(alice, artifact.digest), *attack.layers(artifact, alice, mallory)])

    assert judge(artifact, rule(alice)).code == 0


def test_a_tag_never_counts_where_the_policy_wants_a_bundle(
    registry: Registry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact = packed(registry)
    sign_by_tag(artifact, alice)
    unsigned = judge(artifact, rule(alice, formats="bundle"))
    sign(artifact, mallory)
    with Proxy(registry.url) as proxy:
        verdict = judge(artifact, rule(alice, formats="bundle"), host=proxy.host)

    assert unsigned.code == UNSIGNED
    assert f"a signature in a bundle by {shown(alice)}" in unsigned.cause
    assert verdict.code == OTHERS
    assert f"signed by {shown(mallory)}" in verdict.cause
    assert not [each.path for each in proxy.seen if each.path.endswith(".sig")]
    assert judge(artifact, rule(alice)).code == 0


def test_a_tag_counts_for_one_rule_and_not_for_another(registry: Registry, alice: SigningKey) -> None:
    artifact = packed(registry)
    sign_by_tag(artifact, alice)

    verdict = judge(artifact, rule(alice), rule(alice, formats="bundle"))

    assert verdict.code == OTHERS
    assert f"the signature by {shown(alice)} is no bundle but one by a tag" in verdict.cause


STRIPPED = {"manifest": "/manifests/sha256:", "blob": "/blobs/"}


@pytest.mark.parametrize("part", STRIPPED.values(), ids=STRIPPED)
def test_a_signature_that_is_gone_when_it_is_asked_for(
    registry: Registry, alice: SigningKey, part: str
) -> None:
    artifact = packed(registry)
    sign(artifact, alice)

    def gone(path: str) -> Fault | None:
        return Fault(404) if part in path and artifact.digest not in path else None

    with Proxy(registry.url, gone) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == UNREACHABLE
    assert "the registry lists a signature and doesn't hand it over" in verdict.cause


PLACES = {"referrers": "/referrers/", "fallback tag": "/manifests/sha256-", "tag": ".sig"}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("status", [401, 403])
def test_a_registry_that_does_not_say_which_signatures_there_are(
    registry: Registry, alice: SigningKey, mallory: SigningKey, place: str, status: int
) -> None:
    artifact = packed(registry)
    sign(artifact, mallory)

    with Proxy(registry.url, lambda path: Fault(status) if place in path else None) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == UNREACHABLE, verdict.cause


def test_a_registry_that_fails_for_one_form_may_have_the_other(registry: Registry, alice: SigningKey) -> None:
    artifact = packed(registry)
    sign_by_tag(artifact, alice)

    with Proxy(registry.url, lambda path: Fault(403) if "/referrers/" in path else None) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == 0, verdict.cause


def test_too_many_bundles_are_refused_and_not_fetched(registry: Registry, alice: SigningKey) -> None:
    artifact = packed(registry)
    annotations = [{"number": str(number)} for number in range(65)]
    junk = [bundles.attach(artifact, b"{}", annotations=each) for each in annotations]
    bundles.tag(artifact, junk)

    with Proxy(registry.url) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == INVALID
    assert "it has 65 bundles, and 64 are looked at" in verdict.cause
    assert len([each for each in proxy.seen if "/manifests/sha256:" in each.path]) == 1 + 64


def test_too_many_layers_are_refused_and_not_fetched(
    registry: Registry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact = packed(registry)
    legacy.attach(artifact, claimed(alice, artifact.digest) + claimed(mallory, artifact.digest) * 64)

    with Proxy(registry.url) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == INVALID
    assert "it has 65 signatures by its tag, and 64 are looked at" in verdict.cause
    assert len([each for each in proxy.seen if "/blobs/" in each.path]) == 64


def test_one_bundle_that_is_listed_often_is_fetched_once(
    registry: Registry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact = packed(registry)
    entry = bundles.attach(artifact, bundle(mallory, statement(artifact.digest)))
    bundles.tag(artifact, [entry] * 1000)

    with Proxy(registry.url) as proxy:
        verdict = judge(artifact, rule(alice), host=proxy.host)

    assert verdict.code == OTHERS
    assert len([each for each in proxy.seen if "/blobs/" in each.path]) == 1


LISTS: dict[str, tuple[Document, str]] = {
    "no list of manifests": ({"manifests": {}}, "it has no list of manifests"),
    "an entry without a digest": ({"manifests": [{"artifactType": bundles.BUNDLE}]}, "has no mediaType"),
    "an index and a manifest in one": ({"manifests": [], "layers": []}, "an index and a manifest in one"),
}


@pytest.mark.parametrize(("document", "cause"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("place", ["referrers", "fallback tag"])
def test_a_list_that_can_t_be_read(
    registry: Registry, alice: SigningKey, document: Document, cause: str, place: str
) -> None:
    body = json.dumps({"schemaVersion": 2, "mediaType": bundles.INDEX} | document).encode()
    listed = Reply(200, {"Content-Type": bundles.INDEX}, body)

    def script(asked: Asked) -> Reply:
        if asked.path.endswith(digest(b"{}")) and "/manifests/" in asked.path:
            return Reply(200, {"Content-Type": bundles.MANIFEST}, b"{}")
        return (
            listed
            if ("/referrers/" if place == "referrers" else "/manifests/sha256-") in asked.path
            else Reply()
        )

    with Scripted(script) as server:
        made = Artifact(registry, "models/iris", digest(b"{}"))
        verdict = judge(made, rule(alice, formats="bundle"), host=server.host)

    assert verdict.code == INVALID
    assert "the list of its signatures can't be read" in verdict.cause
    assert cause in verdict.cause


NO_LIST = {
    "404": Reply(404),
    "400": Reply(400),
    "405": Reply(405),
    "406": Reply(406),
    "a web page": Reply(200, {"Content-Type": "text/html"}, b"<html>"),
    "another type": Reply(200, {"Content-Type": "application/json"}, b"{}"),
}


@pytest.mark.parametrize("reply", NO_LIST.values(), ids=NO_LIST)
def test_a_registry_without_referrers_is_asked_for_the_tag(
    registry: Registry, alice: SigningKey, reply: Reply
) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path.endswith(digest(b"{}")) and "/manifests/" in asked.path:
            return Reply(200, {"Content-Type": bundles.MANIFEST}, b"{}")
        return reply if "/referrers/" in asked.path else Reply()

    with Scripted(script) as server:
        made = Artifact(registry, "models/iris", digest(b"{}"))
        verdict = judge(made, rule(alice, formats="bundle"), host=server.host)

    tag = digest(b"{}").replace(":", "-")
    assert verdict.code == UNSIGNED
    assert server.asked[-1].path == f"/v2/models/iris/manifests/{tag}"
