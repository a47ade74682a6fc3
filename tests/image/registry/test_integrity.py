"""Wrong bytes never reach the destination, whichever they are and wherever they were spoilt."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.image.initializer import Initializer, Run, listing
from tests.image.packing import MANIFEST_TYPE, Packed, digest, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

NOT_FOUND, UNREACHABLE, NOT_A_MODELKIT, INVALID, CORRUPT, INVALID_ARCHIVE = 12, 13, 20, 21, 22, 24

MODEL = layer(folder("model"), file("model/weights", b"w" * 70_000))
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
Document = dict[str, Any]

counter = itertools.count()


def unique() -> bytes:
    """A layer that no other test has, so that damage to it hits one test alone."""
    return layer(folder("model"), file(f"model/{next(counter)}", bytes(range(256)) * 300))


def assert_nothing_is_left(initializer: Initializer, run: Run, code: int, *words: str) -> None:
    assert run.exit == code, run.stderr
    assert run.last_line == f"ERROR {run.termination.strip()}"
    for word in words:
        assert word in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


Damage = Callable[[Registry, Packed], None]
DAMAGES: dict[str, Damage] = {
    "first byte of a layer": lambda registry, made: registry.storage.flip_byte(made.layers[1]),
    "a file's byte in a layer": lambda registry, made: registry.storage.flip_byte(made.layers[1], 300),
    "last byte of a layer": lambda registry, made: registry.storage.flip_byte(made.layers[1], -1),
    "layer cut short": lambda registry, made: registry.storage.truncate(made.layers[1], 200),
    "layer emptied": lambda registry, made: registry.storage.truncate(made.layers[1], 0),
    "config": lambda registry, made: registry.storage.flip_byte(made.config, 30),
    "manifest": lambda registry, made: registry.storage.flip_byte(made.digest, -40),
}


@pytest.mark.parametrize("compress", [False, True], ids=["tar", "gzip"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_in_the_registrys_storage(
    registry: Registry, initializer: Initializer, damage: Damage, compress: bool
) -> None:
    made = pack(registry, MODEL, unique(), compress=compress)
    damage(registry, made)

    for reference in (made.uri, made.pinned):
        assert_nothing_is_left(initializer, initializer(reference), CORRUPT, "sha256:")


def test_a_blob_that_is_gone(registry: Registry, initializer: Initializer) -> None:
    made = pack(registry, unique())
    registry.storage.path(made.layers[0]).unlink()

    assert_nothing_is_left(initializer, initializer(made.uri), NOT_FOUND, made.layers[0], "BLOB_UNKNOWN")


@pytest.mark.parametrize(("part", "cut"), [("/manifests/", 100), ("/blobs/", 0)])
def test_a_body_that_never_gets_further(
    registry: Registry, initializer: Initializer, part: str, cut: int
) -> None:
    made = pack(registry, MODEL)
    with Proxy(registry.url, lambda path: Fault(cut=cut) if part in path else None) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert_nothing_is_left(initializer, run, UNREACHABLE, proxy.host, "it ended early")


LIES: dict[str, tuple[Callable[[Document], None], str]] = {
    "too small": (lambda layer: layer.update(size=layer["size"] - 1), "bytes in the registry instead of"),
    "too large": (lambda layer: layer.update(size=layer["size"] + 1), "bytes in the registry instead of"),
}


@pytest.mark.parametrize(("lie", "words"), LIES.values(), ids=LIES)
def test_a_manifest_that_lies_about_a_size(
    registry: Registry, initializer: Initializer, lie: Callable[[Document], None], words: str
) -> None:
    made = pack(registry, MODEL, twist=lambda manifest: lie(manifest["layers"][0]))

    assert_nothing_is_left(initializer, initializer(made.uri), CORRUPT, words)


@pytest.mark.parametrize("end", [-1024, -1536, -60_000, 700, 100, 0])
@pytest.mark.parametrize("compress", [False, True], ids=["tar", "gzip"])
def test_an_archive_that_was_cut_before_it_was_pushed(
    registry: Registry, initializer: Initializer, end: int, compress: bool
) -> None:
    """The digest is right, so only the archive itself can tell: at -1024 just the end marker is missing."""
    made = pack(registry, MODEL[:end], compress=compress)

    assert_nothing_is_left(initializer, initializer(made.uri), INVALID_ARCHIVE, "ends before its end marker")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"not gzip at all", "isn't valid gzip"),
        (b"\x1f\x8b", "ends in the middle of its gzip stream"),
        (b"", "ends in the middle of its gzip stream"),
    ],
)
def test_a_layer_that_isn_t_gzip(
    registry: Registry, initializer: Initializer, body: bytes, sentence: str
) -> None:
    def claim(manifest: Document) -> None:
        manifest["layers"][0]["mediaType"] += "+gzip"

    made = pack(registry, body, twist=claim)

    assert_nothing_is_left(initializer, initializer(made.uri), INVALID_ARCHIVE, sentence)


def test_a_layer_that_isn_t_tar(registry: Registry, initializer: Initializer) -> None:
    made = pack(registry, b"PK\x03\x04" + bytes(range(256)) * 10)

    assert_nothing_is_left(initializer, initializer(made.uri), INVALID_ARCHIVE, "isn't a tar archive")


def set_digest(config: Document) -> None:
    config["model"]["parts"][0]["digest"] = digest(b"something else")


def drop_digest(config: Document) -> None:
    del config["model"]["parts"][0]["digest"]


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "entry without layer": ({"claim": set_digest}, "has no layer sha256:"),
    "some digests": ({"claim": drop_digest}, "some of the config's entries name their layer's digest"),
    "unknown layer type": (
        {"twist": lambda manifest: manifest["layers"][0].update(mediaType="application/x-tar")},
        "unknown type 'application/x-tar'",
    ),
    "unknown compression": (
        {"twist": lambda manifest: manifest["layers"][0].update(mediaType=f"{CONFIG_TYPE}+lz4")},
        "unknown type",
    ),
    "name is a number": (
        {"claim": lambda config: config["model"].update(name=7)},
        "model.name has a wrong type",
    ),
    "parts is a text": ({"claim": lambda config: config["model"].update(parts="x")}, "model.parts"),
    "docs is an object": ({"claim": lambda config: config.update(docs={})}, "docs"),
}


@pytest.mark.parametrize(("options", "words"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_manifest_and_config_must_agree(
    registry: Registry, initializer: Initializer, options: dict[str, Any], words: str
) -> None:
    made = pack(registry, MODEL, layer(file("other")), **options)

    assert_nothing_is_left(initializer, initializer(made.uri), INVALID, words)


@pytest.mark.parametrize("config", [b"[]", b"{", b"\xff", b'{"model":{"parameters":NaN}}', b"[" * 100_000])
def test_a_config_that_isn_t_one(registry: Registry, initializer: Initializer, config: bytes) -> None:
    made = pack(registry, MODEL, body=config)

    assert_nothing_is_left(initializer, initializer(made.uri), INVALID, "the manifest or config isn't")


def test_an_image_is_no_modelkit(registry: Registry, initializer: Initializer) -> None:
    made = pack(registry, MODEL, twist=lambda manifest: manifest["config"].update(mediaType=CONFIG_TYPE))

    run = initializer(made.uri)

    assert_nothing_is_left(initializer, run, NOT_A_MODELKIT, "isn't a ModelKit but a container image")


def push_index(registry: Registry, made: Packed, count: int, *, more: int = 0) -> str:
    """Push an index of `count` times a ModelKit, whose manifest it says to have `more` bytes than it has."""
    size = registry.storage.path(made.digest).stat().st_size + more
    entry = {"mediaType": MANIFEST_TYPE, "digest": made.digest, "size": size}
    kind = MANIFEST_TYPE.replace("manifest", "index")
    index = {"schemaVersion": 2, "mediaType": kind, "manifests": [entry] * count}
    registry.push_manifest(made.repository, "v2", json.dumps(index).encode(), kind)
    return made.uri.replace(":v1", ":v2")


@pytest.mark.parametrize("times", [1, 2])
def test_an_index_of_one_is_that_one(registry: Registry, initializer: Initializer, times: int) -> None:
    made = pack(registry, MODEL)

    run = initializer(push_index(registry, made, times))

    assert run.exit == 0, run.stderr
    assert made.digest in run.stderr
    assert (initializer.destination / "model/weights").stat().st_size == 70_000


def test_an_index_that_lies_about_a_size(registry: Registry, initializer: Initializer) -> None:
    made = pack(registry, MODEL)

    run = initializer(push_index(registry, made, 1, more=1))

    assert_nothing_is_left(initializer, run, INVALID, "the index says that its manifest has")


def test_an_artifact_type_makes_a_modelkit_too(registry: Registry, initializer: Initializer) -> None:
    def modern(manifest: Document) -> None:
        manifest["artifactType"] = "application/vnd.kitops.modelkit.manifest.v1+json"
        manifest["config"]["mediaType"] = "application/octet-stream"

    run = initializer(pack(registry, MODEL, twist=modern).uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "model/weights").stat().st_size == 70_000


def test_the_same_content_may_stand_twice_in_a_manifest(registry: Registry, initializer: Initializer) -> None:
    """One digest, two entries: a path can be packed under two names only if both layers hold the same bytes."""
    made = pack(registry, MODEL, MODEL, paths=["one", "two"])

    run = initializer(made.uri, flags="--plain-http -f model:two")

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "model/weights").exists()
