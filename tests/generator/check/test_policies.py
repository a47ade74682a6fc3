"""Policies on signatures: what is wrong with them, and what isn't."""

import json
import re
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from kitserve.check.object_rules import go_regexp
from kitserve.check.value_rules.public_key import content
from kitserve.problems import Path
from kitserve.render.manifests import clusterstoragecontainer
from kitserve.render.manifests.policy import policy
from kitserve.render.release import Release
from kitserve.values.schema import schema
from kitserve.values.view import view

from tests.cases import policies
from tests.cases.policies import BROKEN, FINE, KEY, RULED, Rule, of, signed_by, subjects
from tests.generator.command_line import CommandLine
from tests.rendering import checked

FIRST: Path = ("verification", "rules", 0)


def found(rule: Rule, **more: object) -> list[tuple[Path, str]]:
    values: dict[str, Any] = {"verification": {"rules": [rule], **more}}
    return [(problem.path, problem.message) for problem in checked(values).problems]


@pytest.mark.parametrize(("rule", "path", "sentence"), RULED.values(), ids=RULED)
def test_a_rule_that_protects_nothing_or_nobody_can_keep(rule: Rule, path: Path, sentence: str) -> None:
    assert found(rule) == [((*FIRST, *path), sentence)]


@pytest.mark.parametrize(("rule", "path"), BROKEN.values(), ids=BROKEN)
def test_a_rule_that_the_schema_refuses(rule: Rule, path: Path) -> None:
    assert [place for place, _ in found(rule)] == [(*FIRST, *path)]


@pytest.mark.parametrize("rule", FINE.values(), ids=FINE)
def test_a_rule_that_is_fine(rule: Rule) -> None:
    assert found(rule) == []


KINDS = {
    "P-256": ec.SECP256R1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
    "P-224": ec.SECP224R1,
    "brainpool": ec.BrainpoolP256R1,
}


def spki(key: Any) -> bytes:  # noqa: ANN401 - any kind
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def as_pem(der: bytes) -> str:
    return policies.pem(b64encode(der).decode())


@pytest.mark.parametrize(("name", "curve"), KINDS.items(), ids=KINDS)
def test_the_curves(name: str, curve: type[ec.EllipticCurve]) -> None:
    der = spki(ec.generate_private_key(curve()))

    assert content(as_pem(der)) == (der if name.startswith("P-") and name != "P-224" else b"")
    assert content(as_pem(der[:-1])) == b""
    assert content(as_pem(der + b"\0")) == b""


@pytest.mark.parametrize(
    ("bits", "exponent"), [(1024, 65537), (2047, 65537), (2048, 3), (2049, 65537), (3072, 65537)]
)
def test_sizes_of_rsa(bits: int, exponent: int) -> None:
    der = spki(rsa.generate_private_key(exponent, bits))

    assert content(as_pem(der)) == (der if bits >= 2048 else b"")
    assert content(as_pem(der[:-1])) == b""


def test_a_key_in_other_bits_of_the_same_text_is_the_same() -> None:
    text = b64encode(spki(ed25519.Ed25519PrivateKey.generate())).decode()
    other = text[:-2] + chr(ord(text[-2]) + 1) + text[-1]

    assert content(policies.pem(text)) == content(policies.pem(other)) != b""


def test_a_private_key_is_neither_repeated_nor_shown(kitserve: CommandLine) -> None:
    secret = "MC4CAQAwBQYDK2VwBCIEIKb0aNotARealOneButLongEnoughToBeOne0000"
    lines = ("-----BEGIN PRIVATE KEY-----", secret, "-----END PRIVATE KEY-----")
    block = "\n".join(f"          {line}" for line in lines)
    values = f"verification:\n  rules:\n    - references: ['**']\n      keys:\n        - |\n{block}\n"

    run = kitserve("validate", "-", stdin=values)

    assert run.exit_code == 1
    assert "verification.rules[0].keys[0]" in run.err
    assert secret[:12] not in run.err + run.out


ROOT = {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": []}
ROOTS = {
    "whole": (json.dumps(ROOT), True),
    "indented": (f"\n  {json.dumps(ROOT, indent=2)}\n", True),
    "newer": (json.dumps(ROOT).replace("0.1", "0.2"), True),
    "of TUF": ('{"signatures": [], "signed": {"_type": "root"}}', False),
    "signing config": (
        json.dumps(ROOT).replace("trustedroot.v", "x").replace("trustedroot", "signingconfig"),
        False,
    ),
    "cut": (json.dumps(ROOT)[:-2] + "}", False),
    "two": (json.dumps(ROOT) * 2, False),
    "not a number": (json.dumps(ROOT).replace("[]", "NaN"), False),
    "endless": (json.dumps(ROOT).replace("[]", "1e999"), False),
    "deep": (json.dumps(ROOT).replace("[]", "[" * 200_000 + "]" * 200_000), False),
    "type that is no text": ('{"mediaType": 1}', False),
    "empty": ("{}", False),
    "list": ("[]", False),
    "name of a file": ("trusted_root.json", False),
}


@pytest.mark.parametrize(("root", "is_one"), ROOTS.values(), ids=ROOTS)
def test_trusted_roots(root: str, is_one: bool) -> None:
    problems = checked({"verification": {"trustedRoot": root}}).problems

    assert [problem.path for problem in problems] == ([] if is_one else [("verification", "trustedRoot")])


def test_a_policy_is_as_large_as_a_variable() -> None:
    def sized(size: int) -> list[tuple[Path, str]]:
        root = json.dumps({**ROOT, "note": ""})
        used = (
            len("KITSERVE_VERIFICATION=" + policy(view({"verification": verification(root)}).verification))
            + 1
        )
        padded = json.dumps({**ROOT, "note": "x" * (size - used)})
        return [
            (each.path, each.message) for each in checked({"verification": verification(padded)}).problems
        ]

    assert sized(128 * 1024) == []
    assert sized(128 * 1024 + 1) == [
        (
            ("verification",),
            "the variable KITSERVE_VERIFICATION would have 131073 bytes, and 131072 is the most",
        )
    ]


def verification(root: str) -> dict[str, Any]:
    return {"unmatched": "deny", "trustedRoot": root, "rules": [signed_by(KEY)]}


NOTHING = {
    "absent": {},
    "null": {"rules": None},
    "allowed": {"unmatched": "allow"},
    "root": {"trustedRoot": "{}"},
}


@pytest.mark.parametrize("value", NOTHING.values(), ids=NOTHING)
def test_a_policy_that_changes_nothing_is_not_rendered(value: dict[str, Any]) -> None:
    given = {key: item for key, item in value.items() if item is not None}

    assert policy(view({"verification": given}).verification) == ""


def test_a_policy_holds_nothing_that_the_kubelet_would_expand() -> None:
    text = policy(view({"verification": {"rules": [subjects("^a$(HOME)$$")]}}).verification)

    assert "$" not in text
    assert json.loads(text)["rules"][0]["identities"][0]["subjectPattern"] == "^a$(HOME)$$"


def test_pods_and_download_jobs_have_one_policy() -> None:
    values = checked({"localModels": {"create": True}, "verification": {"rules": [signed_by(KEY)]}}).values
    containers = [item["spec"]["container"] for item in clusterstoragecontainer.render(values, Release())]
    found = [
        variable["value"]
        for container in containers
        for variable in container["env"]
        if variable["name"] == "KITSERVE_VERIFICATION"
    ]

    assert found == [policy(values.verification)] * 2


ENGINES: dict[str, tuple[dict[str, Any], bool]] = {
    "enforced": ({"rules": [signed_by(KEY)]}, True),
    "one of two": ({"rules": [signed_by(KEY, mode="warn"), of("**")]}, True),
    "denied digest": ({"rules": [signed_by(mode="warn", deniedDigests=[policies.DIGEST])]}, True),
    "unmatched": ({"unmatched": "deny"}, True),
    "told only": ({"unmatched": "warn", "rules": [signed_by(KEY, mode="warn")]}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize(("value", "is_refused"), ENGINES.values(), ids=ENGINES)
def test_the_engine_kit_enforces_nothing(value: dict[str, Any], is_refused: bool) -> None:
    problems = checked({"engine": "kit", "verification": value}).problems

    wanted = [(("verification",), (("engine",),))] if is_refused else []
    assert [(problem.path, problem.also) for problem in problems] == wanted


RULE = schema()["properties"]["verification"]["properties"]["rules"]["items"]["properties"]
DIALECT = RULE["identities"]["items"]["properties"]["subjectPattern"]["pattern"].removesuffix("$") + r"\Z"


@given(st.from_regex(DIALECT, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_both_languages_compile_the_same_patterns(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error:
        assert go_regexp.fault(pattern)
    else:
        assert go_regexp.fault(pattern) == ""
