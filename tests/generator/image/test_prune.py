"""`kitserve image --prune` removes images of ours that nothing leads to, and nothing else."""

import json
from collections.abc import Callable

import pytest

from tests.generator.image.imaging import INDEX_TYPE, Imaging, Repository, at, front, repository, writes
from tests.image.packing import MANIFEST_TYPE, Packed, file, layer, pack
from tests.image.scripted import Asked, Reply
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry


@pytest.fixture(params=[Registry, ReferrersRegistry], ids=["fallback tag", "referrers"])
def any_registry(
    request: pytest.FixtureRequest, registry: Registry, referrers_registry: ReferrersRegistry
) -> Registry:
    """A registry without the referrers API, and one with it."""
    return registry if request.param is Registry else referrers_registry


def another(registry: Registry, made: Packed, content: bytes = b"new") -> Packed:
    """Another ModelKit under the same tag."""
    return pack(registry, layer(file("weights", content)), repository=made.repository)


@pytest.fixture
def made(any_registry: Registry, imaging: Imaging) -> Packed:
    """A ModelKit with an image."""
    packed = pack(any_registry, layer(file("weights", b"old")))
    imaging.made(packed.uri)
    return packed


def referrers(registry: Registry, made: Packed) -> list[str]:
    """What is listed to refer to a ModelKit, by whatever way the registry has."""
    url = f"{registry.url}/v2/{made.repository}/referrers/{made.digest}"
    answer = registry.http.request("GET", url)
    if answer.status == 200:
        return [each["digest"] for each in json.loads(answer.data)["manifests"] or ()]
    found = repository(registry, made).manifest(made.digest.replace(":", "-"))
    return [each["digest"] for each in found["manifests"]] if found else []


def test_nothing_stale_is_nothing_removed(any_registry: Registry, imaging: Imaging, made: Packed) -> None:
    imaging.made(made.pinned, "--layout", "model")
    imaging.made(made.uri, "--tag", "mine")
    before = repository(any_registry, made).tags()

    ran = imaging(made.uri, "--prune", "-o", "json")

    assert json.loads(ran.out)["removed"] == []
    assert repository(any_registry, made).tags() == before


def test_the_image_that_a_new_one_replaced_goes(
    any_registry: Registry, imaging: Imaging, made: Packed
) -> None:
    there = repository(any_registry, made)
    old = there.digest("v1.image")
    index = there.manifest(old)
    another(any_registry, made)

    ran = imaging(made.uri, "--prune")

    assert index
    assert ran.exit_code == 0, ran.err
    assert f"removed: {old} (no tag): no tag names it any more\n" in ran.err
    assert not any(there.digest(each) for each in (old, *(one["digest"] for one in index["manifests"])))
    assert referrers(any_registry, made) == []
    assert ran.out == f"oci+native://{any_registry.host}/{made.repository}:v1.image\n"
    assert imaging(made.uri, "--check").exit_code == 0


def test_one_that_was_replaced_before_is_found_where_tags_list_referrers(
    registry: Registry, imaging: Imaging, packed: Packed
) -> None:
    imaging.made(packed.uri)
    there = repository(registry, packed)
    old = there.digest("v1.image")
    another(registry, packed)
    assert f" in place of {old} of " in imaging(packed.uri).err

    ran = imaging(packed.uri, "--prune")

    assert f"removed: {old} (no tag): no tag names it any more\n" in ran.err
    assert there.tags() == {"v1", "v1.image", there.digest("v1").replace(":", "-")}


def test_the_image_of_another_tag_that_moved_goes(
    any_registry: Registry, imaging: Imaging, made: Packed
) -> None:
    there = repository(any_registry, made)
    v1 = there.digest("v1.image")
    other = another(any_registry, made)
    imaging.made(other.pinned)

    ran = imaging(other.pinned, "--prune", "-o", "json")

    (removed,) = json.loads(ran.out)["removed"]
    assert removed == {"digest": v1, "tags": ["v1.image"], "reason": f"the tag v1 is {other.digest} by now"}
    assert "v1.image" not in there.tags()


def test_the_image_of_a_modelkit_that_is_gone_goes(registry: Registry, imaging: Imaging) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    for tag in ("v1.image", "mine"):
        imaging.made(old.uri, "--tag", tag)
    imaging.made(old.pinned)
    there = repository(registry, old)
    there.delete(old.digest)
    new = another(registry, old)

    ran = imaging(new.uri, "--prune", "-o", "json")

    (removed,) = json.loads(ran.out)["removed"]
    assert sorted(removed["tags"]) == sorted(["mine", f"{old.digest.replace(':', '-')}.image"])
    assert removed["reason"] == f"its ModelKit {old.digest} is gone"
    assert there.tags() == {"v1", "v1.image", new.digest.replace(":", "-")}


def test_a_tag_that_is_gone_takes_its_images_tag_along(registry: Registry, imaging: Imaging) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    there = repository(registry, old)
    document = there.manifest("v1")
    assert document
    there.put("v2", {**document, "mediaType": MANIFEST_TYPE})
    imaging.made(old.uri)
    imaging.made(old.uri.replace(":v1", ":v2"))
    digest = there.digest("v2.image")
    there.delete("v1")

    ran = imaging(old.uri.replace(":v1", ":v2"), "--prune")

    assert ran.exit_code == 0, ran.err
    assert {"v2", "v2.image"} <= there.tags()
    assert there.digest("v2.image") == digest


def test_check_lists_and_removes_nothing(any_registry: Registry, imaging: Imaging, made: Packed) -> None:
    there = repository(any_registry, made)
    old = there.digest("v1.image")
    imaging.made(another(any_registry, made).pinned)
    with front(any_registry) as server:
        ran = imaging(at(server, made).replace(":v1", f"@{there.digest('v1')}"), "--prune", "--check")

    assert ran.exit_code == 0, ran.err
    assert f"would be removed: {old} (v1.image): the tag v1 is {there.digest('v1')} by now\n" in ran.err
    assert writes(server) == []
    assert there.digest("v1.image") == old


def test_what_isnt_ours_stays(registry: Registry, imaging: Imaging) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    there = repository(registry, old)
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": []}
    foreign = {
        "old.image": {**index, "annotations": {"a": "b"}},
        "gone.image": {**index, "annotations": {"io.kitserve.image.layout": "kit"}},
        f"sha256-{'0' * 64}.image": {**index, "annotations": {"io.kitserve.image.source": "v1"}},
        "referring": {
            **index,
            "subject": registry.descriptor(old.repository, "v1"),
            "annotations": {"x": "y"},
        },
    }
    for tag, document in foreign.items():
        there.put(tag, document)
    before = there.tags()

    ran = imaging(old.uri, "--prune", "-o", "json")

    assert json.loads(ran.out)["removed"] == []
    assert before <= there.tags()


def test_manifests_that_others_list_stay(registry: Registry, imaging: Imaging) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    imaging.made(old.uri)
    there = repository(registry, old)
    index = there.manifest("v1.image")
    assert index
    shared = index["manifests"][0]
    there.put("theirs", {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [shared]})
    another(registry, old)

    assert imaging(old.uri, "--prune").exit_code == 0

    assert there.digest(shared["digest"])
    assert not there.digest(index["manifests"][1]["digest"])


def test_a_modelkit_in_an_index_with_our_annotation_stays(registry: Registry, imaging: Imaging) -> None:
    """Whoever may push can write such an index, and need not be allowed to delete."""
    pinned = pack(registry, layer(file("weights", b"old")))
    there = repository(registry, pinned)
    new = another(registry, pinned)
    listed = registry.descriptor(pinned.repository, pinned.digest)
    told = {"io.kitserve.image.source": f"sha256:{'0' * 64}"}
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [listed], "annotations": told}
    there.put("hostile", index)

    ran = imaging(new.uri, "--prune", "-o", "json")

    assert [each["tags"] for each in json.loads(ran.out)["removed"]] == [["hostile"]]
    assert there.digest(pinned.digest)


def test_names_that_are_hashed_are_found_by_the_tags_there_are(registry: Registry, imaging: Imaging) -> None:
    made = pack(registry, layer(file("weights", b"old")))
    there = repository(registry, made)
    document = there.manifest("v1")
    assert document
    tag = "v" * 128
    there.put(tag, {**document, "mediaType": MANIFEST_TYPE})
    imaging.made(made.uri.replace(":v1", f":{tag}"))
    hashed = next(each for each in there.tags() if each.endswith(".image"))
    kept = imaging(made.uri, "--prune", "-o", "json")
    new = another(registry, made)
    document = there.manifest("v1")
    assert document
    there.put(tag, {**document, "mediaType": MANIFEST_TYPE})

    ran = imaging(new.uri, "--prune", "-o", "json")

    assert json.loads(kept.out)["removed"] == []
    assert {name for each in json.loads(ran.out)["removed"] for name in each["tags"]} == {hashed}


Answer = Callable[[], Reply]


@pytest.mark.parametrize("status", [405, 400])
def test_a_registry_that_deletes_nothing_is_told(registry: Registry, imaging: Imaging, status: int) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    imaging.made(old.uri)
    another(registry, old)
    body = json.dumps({"errors": [{"code": "UNSUPPORTED"}]}).encode()

    def bend(asked: Asked, answer: Answer) -> Reply:
        return (
            Reply(status, body=body) if asked.method == "DELETE" and "/manifests/" in asked.path else answer()
        )

    with front(registry, bend) as server:
        ran = imaging(at(server, old), "--prune")

    assert ran.exit_code == 6
    assert f"answers {status}, UNSUPPORTED for the deletion of sha256:" in ran.err
    assert "REGISTRY_STORAGE_DELETE_ENABLED" in ran.err
    assert ran.out.endswith(":v1.image\n")


def test_a_registry_that_lists_page_by_page(registry: Registry, imaging: Imaging) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    imaging.made(old.uri)
    there = Repository(registry, old.repository)
    digest = there.digest("v1.image")
    new = another(registry, old)

    def bend(asked: Asked, answer: Answer) -> Reply:
        if asked.path.endswith("/tags/list?n=1000"):
            return Reply(200, {"Link": '<?n=1000&last=x>; rel="next"'}, b'{"tags": ["v1", 7, "a/b"]}')
        if asked.path.endswith("last=x"):
            return Reply(200, {}, b'{"tags": ["v1.image"]}')
        return answer()

    with front(registry, bend) as server:
        reference = at(server, old).replace(":v1", f"@{new.digest}")
        ran = imaging(reference, "--prune", "-o", "json")

    assert [each["digest"] for each in json.loads(ran.out)["removed"]] == [digest]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, {}, b'{"tags": 7}'), "in a way that can't be read"),
        (Reply(200, {}, b"<html>"), "in a way that can't be read"),
        (Reply(404), "answers 404 for the list of tags"),
        (Reply(200, {"Link": '<?n=1000>; rel="next"'}, b'{"tags": []}'), "on more than 64 pages"),
        (Reply(200, {"Link": '<http://other.example.com/>; rel="next"'}, b'{"tags": []}'), "at another host"),
        (
            Reply(200, {}, json.dumps({"tags": [f"t{n}" for n in range(5001)]}).encode()),
            "more than 5000 tags",
        ),
    ],
    ids=["no list", "no JSON", "none", "without end", "elsewhere", "too many"],
)
def test_a_list_of_tags_that_cant_be_read(
    registry: Registry, imaging: Imaging, reply: Reply, words: str
) -> None:
    old = pack(registry, layer(file("weights", b"old")))
    with front(registry, lambda asked, answer: reply if "/tags/list" in asked.path else answer()) as server:
        ran = imaging(at(server, old), "--prune")

    assert ran.exit_code == 6
    assert words in ran.err
    assert ran.out.endswith(":v1.image\n")
