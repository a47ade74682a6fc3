"""Where a registry has no referrers API, the list under the fallback tag is kept, with all that others write there."""

from collections.abc import Callable

import pytest

from tests.generator.image.imaging import Imaging, Repository, at, front, headed, repository, where
from tests.image.packing import Packed
from tests.image.scripted import Asked, Reply
from tests.parts.registry import Registry

Answer = Callable[[], Reply]


def entry(number: int) -> dict[str, object]:
    return {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": f"sha256:{number:064}",
        "size": 1,
    }


def listed(there: Repository, tag: str) -> list[str]:
    found = there.manifest(tag)
    return [each["digest"] for each in found["manifests"]] if found else []


@pytest.fixture
def index() -> dict[str, object]:
    return {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}


def test_what_is_on_the_fallback_tag_stays(
    registry: Registry, imaging: Imaging, packed: Packed, index: dict[str, object]
) -> None:
    there = repository(registry, packed)
    other = registry.descriptor(packed.repository, "v1") | {"artifactType": "a/b", "annotations": {"a": "b"}}
    tag = packed.digest.replace(":", "-")
    there.put(tag, index | {"manifests": [other], "annotations": {"kept": "yes"}})

    imaging.made(packed.uri)

    found = there.manifest(tag)
    assert found
    assert found["annotations"] == {"kept": "yes"}
    assert found["manifests"][0] == other
    assert [each["digest"] for each in found["manifests"][1:]] == [there.digest("v1.image")]


def test_who_writes_the_list_at_the_same_time_is_kept(
    registry: Registry, imaging: Imaging, packed: Packed, index: dict[str, object]
) -> None:
    """A registry with conditions refuses the first write, as somebody else has written in between."""
    there = repository(registry, packed)
    tag = packed.digest.replace(":", "-")
    other = registry.descriptor(packed.repository, "v1")
    tags: list[str] = []

    def bend(asked: Asked, answer: Answer) -> Reply:
        if where(asked) == "GET fallback":
            if not tags:
                there.put(tag, index)
            return headed(answer(), Etag=f'"{there.digest(tag)}"')
        if where(asked) == "PUT fallback":
            tags.append(asked.headers.get("If-Match", ""))
            if len(tags) == 1:
                there.put(tag, index | {"manifests": [other]})
            if asked.headers.get("If-Match") != f'"{there.digest(tag)}"':
                return Reply(412)
        return answer()

    with front(registry, bend) as server:
        imaging.made(at(server, packed))

    assert len(tags) == 2
    assert all(tags)
    assert listed(there, tag) == [other["digest"], there.digest("v1.image")]


def test_a_list_that_is_overwritten_is_written_again(
    registry: Registry, imaging: Imaging, packed: Packed, index: dict[str, object]
) -> None:
    there = repository(registry, packed)
    tag = packed.digest.replace(":", "-")
    other = registry.descriptor(packed.repository, "v1")
    written: list[str] = []

    def bend(asked: Asked, answer: Answer) -> Reply:
        reply = answer()
        if where(asked) == "PUT fallback":
            written.append(asked.path)
            if len(written) == 1:
                there.put(tag, index | {"manifests": [other]})
        return reply

    with front(registry, bend) as server:
        imaging.made(at(server, packed))

    assert len(written) == 2
    assert listed(there, tag) == [other["digest"], there.digest("v1.image")]


def test_an_etag_that_never_matches_is_given_up(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    there = repository(registry, packed)
    tag = packed.digest.replace(":", "-")
    there.put(
        tag, {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}
    )

    def bend(asked: Asked, answer: Answer) -> Reply:
        if where(asked) == "GET fallback":
            return headed(answer(), Etag='"of a proxy"')
        return Reply(412) if where(asked) == "PUT fallback" and "If-Match" in asked.headers else answer()

    with front(registry, bend) as server:
        imaging.made(at(server, packed))

    assert listed(there, tag) == [there.digest("v1.image")]


def test_a_registry_that_takes_the_fallback_tag_for_the_digest(
    registry: Registry, imaging: Imaging, packed: Packed
) -> None:
    """As GitLab's does (oras-project/oras-go#1396)."""

    def bend(asked: Asked, answer: Answer) -> Reply:
        if where(asked) == "GET fallback":
            body = registry.http.request(
                "GET",
                f"{registry.url}/v2/{packed.repository}/manifests/v1",
                headers={"Accept": "application/vnd.oci.image.manifest.v1+json"},
            ).data
            return Reply(200, {"Docker-Content-Digest": packed.digest}, body)
        return answer()

    with front(registry, bend) as server:
        imaging.made(at(server, packed))


@pytest.mark.parametrize("kind", ["a manifest", "no JSON of a list"])
def test_something_else_on_the_fallback_tag_stays_and_is_told(
    registry: Registry, imaging: Imaging, packed: Packed, kind: str
) -> None:
    there = repository(registry, packed)
    found = there.manifest("v1")
    assert found
    document = {**found, "mediaType": "application/vnd.oci.image.manifest.v1+json"}
    if kind != "a manifest":
        document = {
            "schemaVersion": 2,
            "mediaType": document["mediaType"],
            "config": found["config"],
            "layers": [],
        }
    tag = packed.digest.replace(":", "-")
    digest = there.put(tag, document)

    ran = imaging(packed.uri)

    assert ran.exit_code == 0
    assert f"warning: {packed.uri} doesn't list its image: " in ran.err
    assert there.digest(tag) == digest
    assert imaging(packed.uri, "--check").exit_code == 0
