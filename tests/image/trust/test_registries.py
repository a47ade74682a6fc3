"""Registries that answer in a way of their own when they are asked for signatures, or change in between."""

import json
from collections.abc import Callable

import pytest

from tests.image.initializer import Initializer
from tests.image.packing import file, layer, pack
from tests.image.scripted import Asked, Reply, Scripted, redirect
from tests.image.trust.judging import WEIGHTS, hurried, judge, packed, policy, rule, shown, sign
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing import bundles
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import INDEX, bundle, statement
from tests.parts.signing.keys import SigningKey

OTHERS, UNREACHABLE = 51, 53


def passed_on(registry: Registry, asked: Asked) -> Reply:
    """What the registry behind says."""
    headers = {name: value for name, value in asked.headers.items() if name in {"Accept", "Range"}}
    answer = registry.http.request("GET", registry.url + asked.path, headers=headers, redirect=False)
    kept = ("Content-Type", "Docker-Content-Digest")
    return Reply(answer.status, {name: answer.headers.get(name, "") for name in kept}, answer.data)


def fronted(registry: Registry, answer: Callable[[Asked], Reply | None]) -> Scripted:
    """A server before a registry, which answers some requests itself."""
    return Scripted(lambda asked: answer(asked) or passed_on(registry, asked))


def listed(*entries: bundles.Document, **headers: str) -> Reply:
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
    return Reply(200, {"Content-Type": INDEX} | headers, body)


def test_a_list_of_pages_is_read_to_its_end(
    referrers_registry: ReferrersRegistry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact = packed(referrers_registry)
    others, good = (
        bundles.attach(artifact, bundle(key, statement(artifact.digest))) for key in (mallory, alice)
    )

    def pages(asked: Asked) -> Reply | None:
        if "/referrers/" not in asked.path:
            return None
        more = f'<{asked.path}&last=1>; rel="next"'
        return listed(good) if "last=1" in asked.path else listed(others, Link=more)

    with fronted(referrers_registry, pages) as server:
        verdict = judge(artifact, rule(alice), host=server.host)

    assert verdict.code == 0, verdict.cause


def test_pages_without_an_end_are_refused(
    referrers_registry: ReferrersRegistry, alice: SigningKey, mallory: SigningKey
) -> None:
    artifact = packed(referrers_registry)
    others = bundles.attach(artifact, bundle(mallory, statement(artifact.digest)))

    def pages(asked: Asked) -> Reply | None:
        number = len(server.asked)
        more = f'</v2/{artifact.repository}/referrers/{artifact.digest}?last={number}>; rel="next"'
        return listed(others, Link=more) if "/referrers/" in asked.path else None

    with fronted(referrers_registry, pages) as server:
        verdict = judge(artifact, rule(alice), host=server.host)

    assert verdict.code == UNREACHABLE
    assert "on more than 8 pages" in verdict.cause
    assert len([each for each in server.asked if "/referrers/" in each.path]) == 8


@pytest.mark.parametrize(
    "elsewhere", ["http://localhost:1/v2/", "//localhost:1/", "https://localhost/", "http://[x/"]
)
def test_a_page_at_another_host_is_not_asked_for(
    referrers_registry: ReferrersRegistry, alice: SigningKey, elsewhere: str
) -> None:
    artifact = packed(referrers_registry)
    page = listed(Link=f'<{elsewhere}>; rel="next"')

    with fronted(referrers_registry, lambda asked: page if "/referrers/" in asked.path else None) as server:
        verdict = judge(artifact, rule(alice), host=server.host)

    assert verdict.code == UNREACHABLE
    assert "goes on at another host" in verdict.cause


@pytest.mark.parametrize("place", ["/referrers/", "/manifests/sha256-"])
def test_a_registry_that_fails_is_asked_again_and_then_refused(
    referrers_registry: ReferrersRegistry, alice: SigningKey, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    hurried(monkeypatch)
    artifact = packed(referrers_registry)

    with fronted(referrers_registry, lambda asked: Reply(500) if place in asked.path else None) as server:
        verdict = judge(artifact, rule(alice), host=server.host)

    assert verdict.code == UNREACHABLE, verdict.cause
    assert len([each for each in server.asked if place in each.path]) == 5


def test_a_registry_that_hands_over_no_signature_is_not_waited_for_again_and_again(
    referrers_registry: ReferrersRegistry, alice: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried(monkeypatch)
    artifact = packed(referrers_registry)
    sign(artifact, *(alice for _ in range(10)))

    def failing(asked: Asked) -> Reply | None:
        is_bundle = "/manifests/sha256:" in asked.path and artifact.digest not in asked.path
        return Reply(503) if is_bundle else None

    with fronted(referrers_registry, failing) as server:
        verdict = judge(artifact, rule(alice), host=server.host)

    assert verdict.code == UNREACHABLE, verdict.cause
    assert len({each.path for each in server.asked if "/manifests/sha256:" in each.path}) == 1 + 3


def test_a_list_that_lies_elsewhere_is_followed(
    referrers_registry: ReferrersRegistry, alice: SigningKey
) -> None:
    artifact = packed(referrers_registry)
    sign(artifact, alice)

    def elsewhere(asked: Asked) -> Reply | None:
        return redirect(referrers_registry.url + asked.path) if "/referrers/" in asked.path else None

    with fronted(referrers_registry, elsewhere) as server:
        assert judge(artifact, rule(alice), host=server.host).code == 0


def test_a_list_that_leads_in_a_circle_is_refused(
    referrers_registry: ReferrersRegistry, alice: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried(monkeypatch)
    artifact = packed(referrers_registry)

    def circle(asked: Asked) -> Reply | None:
        return redirect(asked.path) if "/referrers/" in asked.path else None

    with fronted(referrers_registry, circle) as server:
        assert judge(artifact, rule(alice), host=server.host).code == UNREACHABLE


def test_another_manifest_under_a_listed_digest_is_no_signature(
    referrers_registry: ReferrersRegistry, alice: SigningKey, mallory: SigningKey
) -> None:
    """What the list names by its digest is what is read, also where alice's own bundle comes in its place."""
    artifact = packed(referrers_registry)
    good, others = (
        bundles.attach(artifact, bundle(key, statement(artifact.digest))) for key in (alice, mallory)
    )

    def swapped(asked: Asked) -> Reply | None:
        if "/referrers/" in asked.path:
            return listed(others)
        path = asked.path.replace(others["digest"], good["digest"])
        return passed_on(referrers_registry, Asked("GET", path, asked.headers, b"", False))

    with fronted(referrers_registry, swapped) as server:
        verdict = judge(artifact, rule(alice), host=server.host)

    assert verdict.code, verdict.lines


def test_a_tag_that_moves_after_it_was_resolved_changes_nothing(
    referrers_registry: ReferrersRegistry, initializer: Initializer, alice: SigningKey
) -> None:
    made = pack(referrers_registry, WEIGHTS)
    sign(Artifact(referrers_registry, made.repository, made.digest), alice)
    tag = f"/v2/{made.repository}/manifests/v1"

    def moved(asked: Asked) -> Reply | None:
        if asked.path != tag:
            return None
        reply = passed_on(referrers_registry, asked)
        pack(referrers_registry, layer(file("weights", b"evil")), repository=made.repository)
        return reply

    with fronted(referrers_registry, moved) as server:
        run = initializer(f"kit://{server.host}/{made.repository}:v1", **policy(rule(alice)))

    assert run.exit == 0, run.stderr
    assert f"is {made.digest}, signed by {shown(alice)}" in run.stderr
    assert (initializer.destination / "weights").read_bytes() == b"w" * 1000
    assert [each.path for each in server.asked].count(tag) == 1
