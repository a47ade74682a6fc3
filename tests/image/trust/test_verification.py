"""Signatures from the registry to the exit code, as a container runs the initializer, and every way around them."""

import json
import os
from pathlib import Path

import pytest

from tests.image.initializer import MARKER, Initializer, assert_failed
from tests.image.packing import MANIFEST_TYPE, Packed, file, layer, pack
from tests.image.proxy import Proxy
from tests.image.trust.judging import policy, rule, shown, sign, sign_by_tag
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import INDEX
from tests.parts.signing.keys import SigningKey

INVALID_ENVIRONMENT, INVALID_FLAGS, UNEXPECTED = 3, 4, 25
UNSIGNED, OTHERS, DENIED, UNCOVERED = 50, 51, 54, 55
WEIGHTS = layer(file("weights", b"w" * 1000))
FORMS = {"bundle": sign, "tag": sign_by_tag}


def artifact(registry: Registry, made: Packed) -> Artifact:
    return Artifact(registry, made.repository, made.digest)


@pytest.fixture
def unsigned(registry: Registry) -> Packed:
    return pack(registry, WEIGHTS)


@pytest.fixture
def signed(registry: Registry, alice: SigningKey) -> Packed:
    made = pack(registry, WEIGHTS)
    sign(artifact(registry, made), alice)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_what_the_right_key_signed_is_served(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey, form: str
) -> None:
    FORMS[form](artifact(registry, unsigned), alice)

    run = initializer(unsigned.uri, **policy(rule(alice)))

    assert run.exit == 0, run.stderr
    assert f"{unsigned.uri} is {unsigned.digest}, signed by {shown(alice)}\n" in run.stderr
    assert (initializer.destination / "weights").exists()


def test_nothing_of_what_nobody_signed_is_fetched(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey
) -> None:
    with Proxy(registry.url) as proxy:
        source = f"kit://{proxy.host}/{unsigned.repository}:v1"
        run = initializer(source, **policy(rule(alice)))

    needs = f"nobody has signed, and it needs a signature by {shown(alice)}"
    assert_failed(run, UNSIGNED, f"{source} is {unsigned.digest}, which {needs}")
    assert not initializer.destination.exists()
    assert not [each.path for each in proxy.seen if "/blobs/" in each.path]


def test_everything_is_fetched_by_the_digest_that_was_verified(
    registry: Registry, initializer: Initializer, signed: Packed, alice: SigningKey
) -> None:
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{signed.repository}:v1", **policy(rule(alice)))

    assert run.exit == 0, run.stderr
    assert [each.path.rpartition("/")[2] for each in proxy.seen].count("v1") == 1


def test_without_a_policy_nothing_is_asked_for_and_nothing_loaded(
    registry: Registry, initializer: Initializer, signed: Packed
) -> None:
    listed = (
        "import sys; from kitserve_initializer.__main__ import main; code = main(); "
        "print([name for name in sys.modules if 'trust' in name or name.startswith('cryptography')]); "
        "sys.exit(code)"
    )
    with Proxy(registry.url) as proxy:
        run = initializer.run_program(listed, f"kit://{proxy.host}/{signed.repository}:v1", "--plain-http")

    assert run.exit == 0, run.stderr
    assert run.stdout == "[]\n"
    assert {each.path.split("/")[4] for each in proxy.seen} == {"manifests", "blobs"}
    assert len([each for each in proxy.seen if "/manifests/" in each.path]) == 1


def test_a_policy_without_keys_does_not_load_cryptography(initializer: Initializer, unsigned: Packed) -> None:
    listed = (
        "import sys; from kitserve_initializer.__main__ import main; code = main(); "
        "print([name for name in sys.modules if name.startswith('cryptography')]); sys.exit(code)"
    )
    denied = {"references": ["**"], "deniedDigests": [f"sha256:{'0' * 64}"]}

    run = initializer.run_program(listed, unsigned.uri, "--plain-http", **policy(denied))

    assert (run.exit, run.stdout) == (0, "[]\n"), run.stderr


def test_a_check_verifies_too(initializer: Initializer, unsigned: Packed, alice: SigningKey) -> None:
    run = initializer("--check", unsigned.uri, **policy(rule(alice)))

    assert run.exit == UNSIGNED, run.stderr


# Parents


def child(registry: Registry, parent: str) -> Packed:
    return pack(registry, layer(file("adapter")), claim=lambda config: config["model"].update(path=parent))


@pytest.mark.parametrize("by", ["tag", "digest"])
def test_a_parent_must_be_signed_as_its_child_is(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey, by: str
) -> None:
    parent = unsigned.uri if by == "tag" else unsigned.pinned
    made = child(registry, parent.removeprefix("kit://"))
    sign(artifact(registry, made), alice)

    run = initializer(made.uri, **policy(rule(alice)))
    check = initializer("--check", made.uri, **policy(rule(alice)))

    told = f"{parent} is {unsigned.digest}" if by == "tag" else parent
    assert_failed(run, UNSIGNED, f"{told}, which nobody has signed")
    assert check.last_line == run.last_line
    assert not initializer.destination.exists()


def test_a_signed_child_and_parent_are_served(
    registry: Registry, initializer: Initializer, signed: Packed, alice: SigningKey
) -> None:
    made = child(registry, signed.uri.removeprefix("kit://"))
    sign(artifact(registry, made), alice)

    run = initializer(made.uri, **policy(rule(alice)))

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "weights").exists()
    assert run.stderr.count(f"signed by {shown(alice)}") == 2


def test_a_parent_elsewhere_has_the_rules_of_its_own_repository(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey
) -> None:
    made = child(registry, unsigned.uri.removeprefix("kit://"))
    sign(artifact(registry, made), alice)
    own = rule(alice) | {"references": [f"{registry.host}/{made.repository}"]}

    allowed = initializer(made.uri, **policy(own))
    denied = initializer(made.uri, initializer.folder / "other", **policy(own, unmatched="deny"))

    assert allowed.exit == 0, allowed.stderr
    assert_failed(denied, UNCOVERED, f"no rule of the policy is for {unsigned.uri}")


# Indexes


def indexed(registry: Registry, made: Packed) -> Packed:
    """An index of one ModelKit, in its repository."""
    size = registry.storage.path(made.digest).stat().st_size
    entry = {"mediaType": MANIFEST_TYPE, "digest": made.digest, "size": size}
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode()
    pushed = registry.push_manifest(made.repository, "v1", body, INDEX)
    return Packed(made.host, made.repository, pushed, made.config, made.layers)


@pytest.mark.parametrize("which", ["index", "entry"])
def test_index_and_entry_must_both_be_signed(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey, which: str
) -> None:
    index = indexed(registry, unsigned)
    one, other = (index, unsigned) if which == "index" else (unsigned, index)
    sign(artifact(registry, one), alice)

    refused = initializer(index.uri, **policy(rule(alice)))
    sign(artifact(registry, other), alice)
    served = initializer(index.uri, **policy(rule(alice)))

    assert_failed(refused, UNSIGNED, f"{index.uri} is {other.digest}, which nobody has signed")
    assert served.exit == 0, served.stderr


@pytest.mark.parametrize("which", ["index", "entry"])
def test_a_denied_index_or_entry_is_refused(
    registry: Registry, initializer: Initializer, unsigned: Packed, which: str
) -> None:
    index = indexed(registry, unsigned)
    denied = (index if which == "index" else unsigned).digest

    run = initializer(index.uri, **policy({"references": ["**"], "deniedDigests": [denied]}))

    assert_failed(run, DENIED, f"{index.uri} is {denied}, which the policy denies")


# Warm destinations


def test_a_warm_destination_is_served_without_a_request(
    initializer: Initializer, signed: Packed, alice: SigningKey
) -> None:
    variables = policy(rule(alice))
    assert initializer(signed.pinned, **variables).exit == 0

    again = initializer(signed.pinned, HTTP_PROXY="http://localhost:1", **variables)

    assert again.exit == 0, again.stderr
    assert "already, unpacked as asked for" in again.stderr


WARM = {
    "by tag": (True, 0),
    "by digest": (False, 0),
    "by tag and another policy": (True, 1),
    "by digest and another policy": (False, 1),
}


@pytest.mark.parametrize("case", WARM.values(), ids=WARM)
def test_a_warm_destination_is_judged_again_by_another_policy(
    initializer: Initializer, signed: Packed, alice: SigningKey, mallory: SigningKey, case: tuple[bool, int]
) -> None:
    """Also by the first one."""
    by_tag, policies = case
    source = signed.uri if by_tag else signed.pinned
    first = policy(rule(alice)) if policies else {}
    assert initializer(source, **first).exit == 0
    marker = initializer.destination / MARKER
    written = marker.read_bytes()

    refused = initializer(source, **policy(rule(mallory)))
    kept = marker.read_bytes()
    passed = initializer(source, **policy(rule(alice, mallory)))
    again = initializer(source, **policy(rule(alice, mallory)))

    assert refused.exit == OTHERS, refused.stderr
    assert kept == written
    assert passed.exit == again.exit == 0, passed.stderr
    assert "already, unpacked as asked for" in passed.stderr
    assert "signed by" in passed.stderr
    assert ("signed by" in again.stderr) == by_tag
    assert json.loads(marker.read_text())["verification"].startswith("sha256:")


def test_a_warm_destination_is_judged_again_by_another_repository_s_rules(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey
) -> None:
    """A digest that no rule was for is none that somebody signed, wherever it lies."""
    by_name = unsigned.pinned.replace("localhost", "127.0.0.1")
    assert by_name != unsigned.pinned
    variables = policy(rule(alice) | {"references": [f"{registry.host}/**"]})
    assert initializer(by_name, **variables).exit == 0

    run = initializer(unsigned.pinned, **variables)
    again = initializer(by_name, HTTP_PROXY="http://localhost:1", **variables)

    assert run.exit == UNSIGNED, run.stderr
    assert again.exit == 0, again.stderr


def test_what_was_verified_is_as_good_without_a_policy(
    initializer: Initializer, signed: Packed, alice: SigningKey
) -> None:
    assert initializer(signed.uri, **policy(rule(alice))).exit == 0

    run = initializer(signed.uri)

    assert run.exit == 0, run.stderr
    assert "already, unpacked as asked for" in run.stderr


def test_a_parent_of_a_warm_destination_is_judged_again_too(
    registry: Registry, initializer: Initializer, unsigned: Packed, alice: SigningKey
) -> None:
    made = child(registry, unsigned.uri.removeprefix("kit://"))
    sign(artifact(registry, made), alice)
    assert initializer(made.uri).exit == 0

    run = initializer(made.uri, **policy(rule(alice)))

    assert run.exit == UNSIGNED, run.stderr


# Those who may say less


def test_a_service_may_tighten(
    registry: Registry, initializer: Initializer, unsigned: Packed, signed: Packed, alice: SigningKey
) -> None:
    warns = policy(rule(alice, mode="warn") | {"references": [f"{registry.host}/{unsigned.repository}"]})
    tightened = {"KITSERVE_SERVICE_VERIFICATION": "enforce"}

    warned = initializer(unsigned.uri, **warns)
    refused = initializer(unsigned.uri, initializer.folder / "other", **warns, **tightened)
    uncovered = initializer(signed.uri, initializer.folder / "other", **warns, **tightened)
    without = initializer(signed.uri, initializer.folder / "other", **tightened)

    assert warned.exit == 0, warned.stderr
    assert (
        f"WARNING not verified: {unsigned.uri} is {unsigned.digest}, which nobody has signed" in warned.stderr
    )
    assert refused.exit == UNSIGNED, refused.stderr
    assert uncovered.exit == without.exit == UNCOVERED, uncovered.stderr


@pytest.mark.parametrize("text", ["warn", "allow", "none", "ENFORCE", "false"])
def test_a_service_may_do_nothing_else(initializer: Initializer, signed: Packed, text: str) -> None:
    run = initializer(signed.uri, KITSERVE_SERVICE_VERIFICATION=text)

    assert_failed(
        run, INVALID_FLAGS, f"the annotation kitserve.io/verification has {text!r}, must be: enforce"
    )


LOOSER = {
    "flags": {"KITSERVE_SERVICE_UNPACK_FLAGS": "-o --log-level error"},
    "filters": {"KITSERVE_SERVICE_FILTER": "docs"},
    "the digest": {"KITSERVE_SERVICE_DIGEST": "DIGEST"},
    "the layout": {"KITSERVE_SERVICE_LAYOUT": "model"},
    "parameters": {"STORAGE_OVERRIDE_CONFIG": '{"KITSERVE_VERIFICATION": ""}'},
    "patterns": {"STORAGE_ALLOW_PATTERNS": '["none"]'},
    "parents by tag": {"KITSERVE_ALLOW_PARENTS_BY_TAG": "true"},
}


@pytest.mark.parametrize("variables", LOOSER.values(), ids=LOOSER)
def test_nothing_else_that_a_service_says_loosens(
    initializer: Initializer, unsigned: Packed, alice: SigningKey, variables: dict[str, str]
) -> None:
    told = {name: text.replace("DIGEST", unsigned.digest) for name, text in variables.items()}

    assert initializer(unsigned.uri, **policy(rule(alice)), **told).exit == UNSIGNED


def test_one_unsigned_modelkit_of_a_run_stops_all(
    initializer: Initializer, signed: Packed, unsigned: Packed, alice: SigningKey
) -> None:
    places = [initializer.folder / name for name in ("one", "other")]

    run = initializer(signed.uri, places[0], unsigned.uri, places[1], **policy(rule(alice)))

    assert run.exit == UNSIGNED
    assert not any(place.exists() for place in places)


def test_verifying_again_judges_again(initializer: Initializer, signed: Packed, alice: SigningKey) -> None:
    variables = policy(rule(alice)) | {"KITSERVE_VERIFY_AGAIN": "true"}
    assert initializer(signed.pinned, **variables).exit == 0

    run = initializer(signed.pinned, **variables)

    assert run.exit == 0
    assert "signed by" in run.stderr


# What can't be verified


@pytest.fixture
def with_kit(tmp_path: Path) -> dict[str, str]:
    """An engine `kit` whose program unpacks nothing."""
    program = tmp_path / "bin/kit"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return {"KITSERVE_ENGINE": "kit", "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


def test_an_enforced_policy_refuses_the_engine_kit(
    initializer: Initializer, signed: Packed, alice: SigningKey, with_kit: dict[str, str]
) -> None:
    elsewhere = rule(alice) | {"references": ["registry.example.com/**"]}
    denied = {"references": ["**"], "mode": "warn", "deniedDigests": [f"sha256:{'0' * 64}"]}
    refused = [
        initializer(*check, signed.uri, **each, **with_kit)
        for each in (policy(rule(alice)), policy(elsewhere), policy(unmatched="deny"), policy(denied))
        for check in ((), ("--check",))
    ]
    warned = initializer(signed.uri, **policy(rule(alice, mode="warn")), **with_kit)

    assert {run.exit for run in refused} == {INVALID_ENVIRONMENT}
    assert all("a policy for signatures is enforced" in run.termination for run in refused)
    assert warned.exit == 0, warned.stderr


@pytest.mark.parametrize("before", [{}, {"mode": "warn"}], ids=["no policy", "a policy that warns"])
def test_what_the_engine_kit_left_is_fetched_again_under_a_policy(
    initializer: Initializer,
    signed: Packed,
    alice: SigningKey,
    with_kit: dict[str, str],
    before: dict[str, str],
) -> None:
    """It may be other bytes than those that were signed."""
    kit = Path(with_kit["PATH"].partition(os.pathsep)[0]) / "kit"
    kit.write_text("#!/bin/sh\necho changed > weights\n")
    weights = initializer.destination / "weights"
    allowed = policy(rule(alice, **before)) if before else {}
    assert initializer(signed.pinned, **allowed, **with_kit).exit == 0
    assert weights.read_text() == "changed\n"
    again = initializer(signed.pinned, **allowed, **with_kit)

    run = initializer(signed.pinned, **policy(rule(alice)))

    assert "already, unpacked as asked for" in again.stderr
    assert run.exit == 0, run.stderr
    assert weights.read_bytes() == b"w" * 1000


def test_kserve_s_own_verification_is_refused(initializer: Initializer, signed: Packed) -> None:
    run = initializer(signed.uri, VERIFICATION_DIGEST=f"sha256:{'0' * 64}")

    assert_failed(run, INVALID_ENVIRONMENT, "VERIFICATION_DIGEST demands a file's digest")
