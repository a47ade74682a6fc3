"""`kitserve image` pushes kilobytes, says so when there is nothing to do, and overwrites nothing of others."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kitserve.cli import image
from kitserve.image.publishing.publish import Order, publish
from kitserve.image.request import Request
from kitserve.render.manifests import image_volume

from tests.generator.image.imaging import (
    INDEX_TYPE,
    SCHEME,
    Imaging,
    Repository,
    at,
    front,
    read,
    repository,
    uploaded,
    writes,
)
from tests.image.packing import MANIFEST_TYPE, Packed, entry, file, layer, pack
from tests.image.scripted import Asked, Reply
from tests.image.trust.judging import rule, sign
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey

KILOBYTES = 32 * 1024


def test_no_layer_is_uploaded(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    with front(registry) as server:
        made = imaging.made(at(server, packed))

    there = repository(registry, packed)
    index = there.manifest("v1.image")
    assert index
    assert made == f"{server.host}/{packed.repository}:v1.image"
    assert sorted(read(server)) == sorted([packed.config, *packed.layers])
    assert uploaded(server).keys().isdisjoint(packed.layers)
    assert sum(len(asked.body) for asked in writes(server)) < KILOBYTES
    for each in index["manifests"]:
        manifest = there.manifest(each["digest"])
        assert manifest
        digests = [one["digest"] for one in manifest["layers"]]
        assert digests[: len(packed.layers)] == [*packed.layers]
        assert {*digests, manifest["config"]["digest"]} - {*packed.layers} <= uploaded(server).keys()
    assert index["subject"]["digest"] == packed.digest


def test_the_registrys_own_log_has_no_layer(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    before = len(registry.accesses())
    imaging.made(packed.uri)

    seen = registry.accesses()[before:]
    sent = [each.path for each in seen if each.method in ("PUT", "POST", "PATCH")]
    assert sent
    assert not [path for path in sent for layer in packed.layers if layer.removeprefix("sha256:") in path]
    assert {each.method for each in seen} == {"GET", "HEAD", "POST", "PUT", "DELETE"}  # an upload is left


def test_again_there_is_nothing_to_do(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    imaging.made(packed.uri)
    with front(registry) as server:
        again = imaging(at(server, packed))

    assert "nothing to do: " in again.err
    assert again.exit_code == 0
    assert again.out == f"{SCHEME}{server.host}/{packed.repository}:v1.image\n"
    assert writes(server) == []
    assert read(server) == [packed.config]


def test_the_tag_is_the_renderers(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    by_tag = imaging.made(packed.uri)
    by_digest = imaging.made(packed.pinned)
    chosen = imaging.made(packed.uri, "--layout", "model", "--filter", "model", "--filter", "kitfile")

    assert by_tag == image_volume.image(packed.uri)
    assert by_digest == image_volume.image(packed.pinned)
    assert chosen == image_volume.image(packed.uri, "model", "model kitfile")
    tags = {each.rpartition(":")[2] for each in (by_tag, by_digest, chosen)}
    assert tags < repository(registry, packed).tags()


def test_the_same_modelkit_gives_the_same_image(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    digests = [
        json.loads(imaging(packed.uri, "--tag", tag, "-o", "json").out)["digest"] for tag in ("a", "b")
    ]

    assert digests[0] == digests[1] == repository(registry, packed).digest("a")


def test_json_says_what_was_done(imaging: Imaging, packed: Packed) -> None:
    first, again = (json.loads(imaging(packed.uri, "-o", "json").out) for _ in range(2))

    assert (first["result"], again["result"]) == ("made", "current")
    assert first["uri"] == again["uri"] == f"{SCHEME}{packed.host}/{packed.repository}:v1.image"
    assert (first["source"], first["removed"]) == (packed.digest, [])
    assert 0 < first["bytes"] < KILOBYTES
    assert again["bytes"] == 0


def test_check_changes_nothing(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    with front(registry) as server:
        missing = imaging(at(server, packed), "--check")
        assert writes(server) == []
        imaging.made(at(server, packed))
        before = len(server.asked)
        there = imaging(at(server, packed), "--check")
        asked = server.asked[before:]

    assert (missing.exit_code, missing.out) == (1, "")
    assert f"{packed.repository} has no tag v1.image\n" in missing.err
    assert f"  hint: kitserve image kit://{server.host}/{packed.repository}:v1\n" in missing.err
    assert there.exit_code == 0
    assert {each.method for each in asked} == {"GET", "HEAD"}


def test_a_tag_that_moved_is_told_and_made_again(
    registry: Registry, imaging: Imaging, packed: Packed
) -> None:
    imaging.made(packed.uri)
    old = repository(registry, packed).digest("v1.image")
    other = pack(registry, layer(file("weights", b"new")), repository=packed.repository)

    check = imaging(packed.uri, "--check")
    imaging.made(packed.uri)

    assert check.exit_code == 1
    assert f"it was made of {packed.digest}, and {packed.uri} is {other.digest}\n" in check.err
    assert repository(registry, packed).digest("v1.image") not in ("", old)
    assert imaging(packed.uri, "--check").exit_code == 0


def test_other_options_under_a_chosen_tag_are_another_image(imaging: Imaging, packed: Packed) -> None:
    imaging.made(packed.uri, "--tag", "mine")

    for options, reason in (
        (("--filter", "model"), "it was made for filter nothing, not model"),
        (("--layout", "model"), "it was made for layout kit, not model"),
        (("--platform", "linux/arm64"), "it was made for platforms linux/amd64 linux/arm64, not linux/arm64"),
    ):
        ran = imaging(packed.uri, "--tag", "mine", "--check", *options)
        assert ran.exit_code == 1
        assert reason in ran.err


@pytest.mark.parametrize("lost", ["manifest", "own layer", "config"])
def test_what_the_registry_lost_is_pushed_again(imaging: Imaging, lost: str) -> None:
    with Registry() as registry:
        made = pack(registry, layer(file("weights", b"w" * 1000)))
        imaging.made(made.uri)
        there = repository(registry, made)
        index = there.manifest("v1.image")
        assert index
        manifest = there.manifest(index["manifests"][0]["digest"])
        assert manifest
        if lost == "manifest":
            there.delete(index["manifests"][0]["digest"])
        else:
            gone = manifest["config"] if lost == "config" else manifest["layers"][-1]
            url = f"{registry.url}/v2/{made.repository}/blobs/{gone['digest']}"
            assert registry.http.request("DELETE", url).status == 202

        check = imaging(made.uri, "--check")
        imaging.made(made.uri)

        assert check.exit_code == 1
        assert "the registry lacks its " in check.err
        assert imaging(made.uri, "--check").exit_code == 0


# Tags of others


def others(made: Packed) -> dict[str, dict[str, object]]:
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": made.config, "size": 1}
    image = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": []}
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": []}
    return {
        "image": image,
        "index": index,
        "index with other annotations": index | {"annotations": {"org.opencontainers.image.title": "x"}},
        "index whose source is no digest": index | {"annotations": {"io.kitserve.image.source": "v1"}},
        "manifest with our annotation": image | {"annotations": {"io.kitserve.image.source": made.digest}},
    }


@pytest.mark.parametrize("kind", others(Packed("", "", "", "", ())))
def test_a_tag_of_anothers_stays(registry: Registry, imaging: Imaging, packed: Packed, kind: str) -> None:
    there = repository(registry, packed)
    digest = there.put("v1.image", others(packed)[kind])
    with front(registry) as server:
        ran = imaging(at(server, packed))
        check = imaging(at(server, packed), "--check")

    assert (ran.exit_code, check.exit_code, ran.out) == (1, 1, "")
    assert "the tag v1.image holds something else than an image of a ModelKit, which stays" in ran.err
    assert (there.digest("v1.image"), writes(server)) == (digest, [])


def test_a_tag_that_is_taken_meanwhile_stays(registry: Registry, imaging: Imaging, packed: Packed) -> None:
    there = repository(registry, packed)
    taken: list[str] = []

    def bend(asked: Asked, answer: Callable[[], Reply]) -> Reply:
        if asked.method == "GET" and packed.layers[0] in asked.path:
            taken.append(there.put("v1.image", others(packed)["index"]))
        return answer()

    with front(registry, bend) as server:
        ran = imaging(at(server, packed))

    assert ran.exit_code == 1
    assert [there.digest("v1.image")] == taken


def test_two_at_once_make_one_image(registry: Registry, packed: Packed) -> None:
    order = Order(Request(packed.uri, flags=("--plain-http",)))
    with ThreadPoolExecutor(4) as threads:
        made = [*threads.map(lambda _: publish(order)[0], range(4))]

    assert {each.digest for each in made} == {repository(registry, packed).digest("v1.image")}


# Parents


def child_of(registry: Registry, parent: Packed) -> Packed:
    path = parent.uri.removeprefix("kit://")
    return pack(registry, layer(file("adapter")), claim=lambda config: config["model"].update(path=path))


def test_layers_of_parents_are_mounted(registry: Registry, imaging: Imaging) -> None:
    parent = pack(registry, layer(file("base", b"b" * 1000)), layer(file("more", b"m" * 1000)))
    child = child_of(registry, parent)
    before = len(registry.accesses())

    imaging.made(child.uri)

    there = repository(registry, child)
    mounts = [
        each for each in registry.accesses()[before:] if each.method == "POST" and "mount=" in each.path
    ]
    index = there.manifest("v1.image")
    assert index
    manifest = there.manifest(index["manifests"][0]["digest"])
    assert manifest
    assert [each.status for each in mounts] == [201, 201]
    assert [each["digest"] for each in manifest["layers"][:3]] == [*parent.layers, *child.layers]
    assert all(map(there.has, parent.layers))
    assert imaging(child.uri, "--check").exit_code == 0


def test_a_parent_that_moved_makes_another_image(registry: Registry, imaging: Imaging) -> None:
    parent = pack(registry, layer(file("base", b"1")))
    child = child_of(registry, parent)
    imaging.made(child.uri)
    moved = pack(registry, layer(file("base", b"2")), repository=parent.repository)

    check = imaging(child.uri, "--check")

    assert check.exit_code == 1
    assert f"built on {parent.digest}, and that is {moved.digest}" in check.err


# Policies and refusals


def test_signatures_come_first(
    registry: Registry, imaging: Imaging, alice: SigningKey, packed: Packed
) -> None:
    with front(registry) as server:
        refused = imaging(at(server, packed), *imaging.key(alice))
        assert (refused.exit_code, refused.out) == (1, "")
        assert "which nobody has signed" in refused.err
        assert (writes(server), read(server)) == ([], [])

        sign(Artifact(registry, packed.repository, packed.digest), alice)
        imaging.made(at(server, packed), *imaging.key(alice))


def test_a_policy_of_values_is_one_too(imaging: Imaging, packed: Packed) -> None:
    ran = imaging(packed.uri, "--set", "verification.unmatched=deny")

    assert ran.exit_code == 1
    assert "no rule" in ran.err


def test_what_a_pod_would_see_otherwise_is_listed_and_not_pushed(
    registry: Registry, imaging: Imaging
) -> None:
    made = pack(registry, layer(file(".wh.a"), file("b/.wh.c")))

    ran = imaging(made.uri)

    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err.count(".wh.") >= 3
    assert "error: an image wouldn't give what the initializer gives: " in ran.err
    assert repository(registry, made).tags() == {"v1"}


def test_what_the_initializer_refuses_is_refused(registry: Registry, imaging: Imaging) -> None:
    made = pack(registry, layer(entry("link", b"2", "/etc/passwd")))

    assert imaging(made.uri).exit_code == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--filter", "model kitfile"), "white space, a quote or a backslash"),
        (("--filter", "model:'a'"), "white space, a quote or a backslash"),
        (("--label", 'size="a"'), "white space, a quote or a backslash"),
        (("--filter", ""), "white space"),
        (("--tag", "a/b"), "isn't a tag"),
        (("--tag", "x" * 129), "isn't a tag"),
        (("--tag", f"sha256-{'a' * 64}"), "lists of referrers"),
        (("--platform", "linux"), "isn't a platform"),
        (("--filter", "weights"), "must be one of"),
        (("--trusted-root", "/dev/null"), "name whose signature is wanted"),
    ],
)
def test_wrong_options_are_exit_code_2(
    imaging: Imaging, packed: Packed, options: tuple[str, ...], words: str
) -> None:
    ran = imaging(packed.uri, *options)

    assert (ran.exit_code, ran.out) == (2, "")
    assert words in " ".join(ran.err.replace("│", " ").split())


@pytest.mark.parametrize("reference", ["iris:v1", "s3://bucket/a", "registry.example.com/A:v1", ""])
def test_no_reference_is_exit_code_2(imaging: Imaging, reference: str) -> None:
    assert imaging(reference).exit_code == 2


def test_what_isnt_there_is_exit_code_6(imaging: Imaging, packed: Packed) -> None:
    ran = imaging(packed.uri.replace(":v1", ":v2"))

    assert (ran.exit_code, ran.out) == (6, "")


# Referrers


def test_the_modelkit_lists_its_image(referrers_registry: ReferrersRegistry, imaging: Imaging) -> None:
    made = pack(referrers_registry, layer(file("weights")))
    imaging.made(made.uri)

    url = f"{referrers_registry.url}/v2/{made.repository}/referrers/{made.digest}"
    listed = json.loads(referrers_registry.http.request("GET", url).data)["manifests"]
    there = Repository(referrers_registry, made.repository)
    assert [each["digest"] for each in listed] == [there.digest("v1.image")]
    assert listed[0]["annotations"]["io.kitserve.image.source"] == made.digest
    assert there.tags() == {"v1", "v1.image"}


# Help


@pytest.mark.parametrize("number", range(4))
def test_example_of_help(
    registry: Registry, imaging: Imaging, alice: SigningKey, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    line = [each for each in image.EXAMPLES.splitlines() if each.startswith("  kitserve")][number]
    made = pack(registry, layer(file("weights")))
    sign(Artifact(registry, made.repository, made.digest), alice)
    imaging.made(made.uri)
    monkeypatch.chdir(imaging.folder)
    Path("cosign.pub").write_text(alice.public)
    Path("values.yaml").write_text(json.dumps({"verification": {"rules": [rule(alice)]}}))
    words = line.replace("kit://registry.example.com/models/iris:v1", made.uri).split()

    ran = imaging.kitserve(*words[1:], "--plain-http")

    assert ran.exit_code == 0, ran.err
