"""The policy as the initializer reads it: what is wrong is refused, whoever rendered it."""

import json
import sys
from typing import Any

import pytest
from kitserve.render.manifests.policy import policy as rendered
from kitserve.values.schema import defaults
from kitserve.values.view import view
from kitserve_initializer.errors import InvalidEnvironment, NoTrustedRoot
from kitserve_initializer.trust.load import verifier
from kitserve_initializer.trust.rules.policy import Policy
from kitserve_initializer.trust.rules.policy_document import read

from tests.image.initializer import Initializer, assert_failed
from tests.image.trust.judging import policy, rule
from tests.parts.signing.keys import SigningKey, new_key

INVALID_ENVIRONMENT = 3
ALL = ["**"]
DIGEST = f"sha256:{'0' * 64}"
KEY = new_key()
DENIES = {"references": ALL, "deniedDigests": [DIGEST]}
IDENTITY = {"issuer": "https://token.example.com", "subject": "https://example.com/a@refs/heads/main"}

Document = dict[str, Any]


def identified(**identity: str) -> Document:
    return {"references": ALL, "identities": [identity]}


def loaded(text: str) -> object:
    return verifier(text, enforce=False, plain_http=False)


WRONG: dict[str, tuple[str | Document, str]] = {
    "no JSON": ("{", "isn't JSON"),
    "a list": ("[]", "isn't an object"),
    "a number": ("7", "isn't an object"),
    "a number without an end": ("1" * 5000, "isn't JSON"),
    "a list in lists": ("[" * 100_000, "is nested too deeply"),
    "128 KiB": (json.dumps({"trustedRoot": "x" * (128 << 10)}), "has more than 128 KiB"),
    "a member twice": ('{"unmatched": "deny", "unmatched": "allow"}', "has a member twice"),
    "an unknown member": ({"rule": []}, "has the unknown member 'rule'"),
    "another word": ({"unmatched": "refuse"}, "unmatched is 'refuse', must be one of: allow, warn, deny"),
    "another type": ({"unmatched": True}, "unmatched isn't a text"),
    "rules in an object": ({"rules": {}}, "rules isn't a list"),
    "a rule that is none": ({"rules": ["**"]}, "rules[0] isn't an object"),
    "an unknown member of a rule": (
        {"rules": [rule(KEY), rule(KEY, key="")]},
        "rules[1] has the unknown member",
    ),
    "no references": ({"rules": [rule(KEY, references=[])]}, "rules[0] has no references"),
    "references of numbers": (
        {"rules": [rule(KEY, references=[1])]},
        "rules[0].references isn't a list of texts",
    ),
    "an empty reference": (
        {"rules": [rule(KEY, references=[""])]},
        "rules[0].references isn't a list of texts",
    ),
    "nothing demanded": (
        {"rules": [{"references": ALL}]},
        "has neither keys nor identities nor deniedDigests",
    ),
    "another mode": ({"rules": [rule(KEY, mode="audit")]}, "rules[0].mode is 'audit'"),
    "other formats": ({"rules": [rule(KEY, formats="tag")]}, "rules[0].formats is 'tag'"),
    "another log": ({"rules": [rule(KEY, transparencyLog="no")]}, "rules[0].transparencyLog is 'no'"),
    "more than all": (
        {"rules": [rule(KEY, required=2)]},
        "required is 2, and the rule has 1 keys and identities",
    ),
    "none of them": ({"rules": [rule(KEY, required=0)]}, "required isn't a number from 1 on"),
    "a fraction": ({"rules": [rule(KEY, required=1.5)]}, "required isn't a number from 1 on"),
    "a truth": ({"rules": [rule(KEY, required=True)]}, "required isn't a number from 1 on"),
    "a key twice": ({"rules": [rule(KEY, KEY)]}, "rules[0].keys has one twice"),
    "no digest": (
        {"rules": [DENIES | {"deniedDigests": ["sha256:0"]}]},
        "has 'sha256:0', which isn't a digest",
    ),
    "no issuer": (
        {"rules": [identified(subject="a@example.com")]},
        "needs issuer or issuerPattern, and one of them",
    ),
    "no subject": (
        {"rules": [identified(issuer="https://a")]},
        "needs subject or subjectPattern, and one of them",
    ),
    "two subjects": (
        {"rules": [identified(**IDENTITY, subjectPattern="^a$")]},
        "needs subject or subjectPattern",
    ),
    "no pattern": (
        {"rules": [identified(issuer="https://a", subjectPattern="^[z-a]$")]},
        "rules[0].identities[0].subjectPattern isn't a regular expression",
    ),
    "a pattern that is cut at one end": (
        {"rules": [identified(issuer="https://a", subjectPattern="^a|b$")]},
        "rules[0].identities[0].subjectPattern doesn't have the form",
    ),
    "a pattern that takes for ever": (
        {"rules": [identified(issuerPattern="^(a+)+$", subject="a")]},
        "rules[0].identities[0].issuerPattern doesn't have the form",
    ),
}


@pytest.mark.parametrize(("given", "cause"), WRONG.values(), ids=WRONG)
def test_a_wrong_policy_is_refused(given: str | Document, cause: str) -> None:
    with pytest.raises(InvalidEnvironment) as refused:
        loaded(given if isinstance(given, str) else json.dumps(given))

    assert refused.value.cause.startswith("KITSERVE_VERIFICATION: ")
    assert cause in refused.value.cause


KEYS = {
    "a word": ("cosign.pub", "isn't one public key in PEM form"),
    "nothing of a key": ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "that can be read"),
    "a private key": (KEY.pkcs8.decode(), "isn't one public key in PEM form"),
    "two keys": (KEY.public + new_key().public, "isn't one public key in PEM form"),
    "a certificate": ("-----BEGIN CERTIFICATE-----\n", "isn't one public key in PEM form"),
    "a short RSA key": (new_key("rsa1024").public, "is an RSA key of 1024 bits, and 2048 are the least"),
    "another curve": (new_key("p256k1").public, "is a key on the curve secp256k1"),
}


@pytest.mark.parametrize(("key", "cause"), KEYS.values(), ids=KEYS)
def test_what_is_no_key_is_refused_and_not_repeated(key: str, cause: str) -> None:
    with pytest.raises(InvalidEnvironment) as refused:
        loaded(json.dumps({"rules": [rule(KEY), {"references": ALL, "keys": [key]}]}))

    assert refused.value.cause.startswith("KITSERVE_VERIFICATION: rules[1].keys[0] ")
    assert cause in refused.value.cause
    assert key.splitlines()[-1] not in refused.value.cause


def test_one_key_in_two_spellings_is_one_key() -> None:
    lines = KEY.public.splitlines()
    folded = "\n".join(
        [lines[0], *(text for line in lines[1:-1] for text in (line[:20], line[20:])), lines[-1]]
    )

    with pytest.raises(InvalidEnvironment, match="twice"):
        loaded(json.dumps({"rules": [rule(KEY) | {"keys": [KEY.public, folded]}]}))


@pytest.mark.parametrize(
    ("wanted", "cause"),
    [
        (identified(**IDENTITY), "has identities, and this image can't verify them: it lacks sigstore"),
        (
            rule(KEY, transparencyLog="required"),
            "has transparencyLog: required beside keys, and this image can't verify that: it lacks sigstore",
        ),
    ],
    ids=["identities", "a log for keys"],
)
def test_what_needs_sigstore_is_refused_by_an_image_without(
    monkeypatch: pytest.MonkeyPatch, wanted: dict[str, object], cause: str
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "sigstore"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("keyless", "transparency_log", "trusted_root"):
        monkeypatch.delitem(sys.modules, f"kitserve_initializer.trust.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "sigstore", None)

    with pytest.raises(InvalidEnvironment) as refused:
        loaded(json.dumps({"rules": [wanted]}))

    assert cause in refused.value.cause
    assert "--target keyless" in refused.value.hint


NO_LOGS = {
    "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "tlogs": [],
    "certificateAuthorities": [],
    "ctlogs": [],
    "timestampAuthorities": [],
}


def test_a_root_without_logs_is_told() -> None:
    logged = {"trustedRoot": json.dumps(NO_LOGS), "rules": [rule(KEY, transparencyLog="required")]}

    with pytest.raises(NoTrustedRoot, match="the trusted root can't be used: Did not find any Rekor keys"):
        loaded(json.dumps(logged))


ROOTS = {
    "no JSON": "{",
    "another document": "{}",
    "no authorities": json.dumps({"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}),
}


@pytest.mark.parametrize("root", ROOTS.values(), ids=ROOTS)
def test_a_trusted_root_that_is_none_is_told(root: str) -> None:
    with pytest.raises(NoTrustedRoot, match="the trusted root can't be used: "):
        loaded(json.dumps({"trustedRoot": root, "rules": [identified(**IDENTITY)]}))


def test_the_public_good_instance_s_root_is_there() -> None:
    assert loaded(json.dumps({"rules": [identified(**IDENTITY)]}))


def test_a_trusted_root_that_nobody_needs_is_not_read() -> None:
    assert loaded(json.dumps({"trustedRoot": "{", "rules": [rule(KEY)]}))


def test_a_wrong_policy_ends_a_run_before_any_request(initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/models/iris:v1", **policy({"references": ALL}))

    assert_failed(run, INVALID_ENVIRONMENT, "KITSERVE_VERIFICATION: rules[0] has neither keys nor identities")


@pytest.mark.parametrize(
    "text", ["{}", '{"unmatched": "allow", "rules": []}', '{"unmatched": "", "rules": null}']
)
def test_a_policy_that_asks_for_nothing_is_none(text: str) -> None:
    assert loaded(text) is None


@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "ed25519", "rsa2048", "rsa4096"])
def test_every_kind_of_key_is_read(kind: str) -> None:
    assert loaded(json.dumps({"rules": [rule(new_key(kind))]}))


def test_what_the_values_render_is_read() -> None:
    rules = [
        rule(KEY, new_key("rsa2048"), required=2, mode="warn", formats="bundle"),
        {**DENIES, "references": ["*.example.com:*/models/**", "localhost:5000/*", "[::1]:5000/**"]},
        identified(issuerPattern="^https://a\\.example\\.com$", subject="$(HOME)\u2028"),
    ]
    values = {**defaults(), "verification": {"unmatched": "warn", "trustedRoot": "", "rules": rules}}

    found = read(rendered(view(values).verification))

    assert (found.unmatched, len(found.rules)) == ("warn", 3)
    assert (found.rules[0].required, found.rules[0].mode, found.rules[0].formats) == (2, "warn", "bundle")
    assert found.rules[2].identities[0].subject == "$(HOME)\u2028"


def test_policies_differ_by_their_digest(alice: SigningKey) -> None:
    texts = [
        {"unmatched": "deny"},
        {"unmatched": "warn"},
        {"rules": [rule(alice)]},
        {"rules": [rule(alice, mode="warn")]},
        {"rules": [rule(alice), DENIES]},
        {"rules": [DENIES, rule(alice)]},
    ]
    digests = {read(json.dumps(text)).digest for text in texts}

    assert len(digests) == len(texts)
    assert read(json.dumps(texts[3])).tightened().digest != read(json.dumps(texts[3])).digest
    assert Policy().digest == read("{}").digest
