"""A digest that stands many times is fetched once, and each of its places gets what belongs there."""

from collections import Counter
from typing import Any

import pytest
from kitserve_initializer.engines import fill_trees

from tests.image.artifacts import KIT, Blob, push_modelkit, push_modelpack, raw, tarred
from tests.image.initializer import Initializer, listing
from tests.image.packing import Packed, digest, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

INVALID, CORRUPT, PATH_EXISTS = 21, 22, 30
COUNT = 1000
TAR = layer(folder("model"), file("model/w", b"w" * 1000))


def fetches(proxy: Proxy, made: Packed) -> Counter[str]:
    """How often each layer was asked for."""
    names = [seen.path.rpartition("/")[2] for seen in proxy.seen if "/blobs/" in seen.path]
    return Counter(name for name in names if name != made.config)


def entries(count: int, **fields: str) -> dict[str, Any]:
    """A Kitfile whose parts all have these fields, and paths of their own."""
    return {
        "model": {"name": "made", "parts": [{"path": f"part-{index}", **fields} for index in range(count)]}
    }


def test_entries_of_one_layer(registry: Registry, initializer: Initializer) -> None:
    blob = Blob("modelpart.v1.tar+gzip", TAR)
    made = push_modelkit(registry, entries(20_000, digest=digest(blob.data)), [blob])
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1", flags="--plain-http --model")

    assert run.exit == 0, run.stderr[-2000:]
    assert fetches(proxy, made) == {made.layers[0]: 1}
    assert listing(initializer.destination).keys() == {"model", "model/w"}


def test_layers_of_one_digest(registry: Registry, initializer: Initializer) -> None:
    """The manifest names it as often as the Kitfile does."""
    blob = Blob("modelpart.v1.tar+gzip", TAR)
    made = push_modelkit(registry, entries(COUNT, digest=digest(blob.data)), [blob] * COUNT)
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1", flags="--plain-http --model")

    assert run.exit == 0, run.stderr[-2000:]
    assert fetches(proxy, made) == {made.layers[0]: 1}


@pytest.mark.parametrize("kind", ["modelpart.v1.raw", "modelpart.v1.raw+gzip", "modelpart.v1.raw+zstd"])
def test_raw_layers_of_one_digest_and_many_paths(
    registry: Registry, initializer: Initializer, kind: str
) -> None:
    blob = Blob(kind, b"same" * 500)
    made = push_modelkit(
        registry, entries(COUNT, digest=digest(blob.data), diffId=digest(blob.content)), [blob]
    )
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1", flags="--plain-http --model")

    assert run.exit == 0, run.stderr[-2000:]
    assert fetches(proxy, made) == {made.layers[0]: 1}
    assert len(listing(initializer.destination)) == COUNT
    assert (initializer.destination / f"part-{COUNT - 1}").read_bytes() == blob.content


def test_one_layer_in_many_legacy_folders(registry: Registry, initializer: Initializer) -> None:
    def claim(config: dict[str, Any]) -> None:
        config["model"] = {"name": "made", "path": "x"}
        config["datasets"] = [{"name": str(index), "path": f"data-{index}/x"} for index in range(50)]

    def twist(manifest: dict[str, Any]) -> None:
        (one,) = manifest["layers"]
        manifest["layers"] = [one | {"mediaType": f"{KIT}model.v1.tar"}]
        manifest["layers"] += [one | {"mediaType": f"{KIT}dataset.v1.tar"} for _ in range(50)]

    made = pack(registry, TAR, claim=claim, twist=twist)
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert run.exit == 0, run.stderr
    assert fetches(proxy, made) == {made.layers[0]: 1}
    assert (initializer.destination / "data-49/model/w").exists()


def test_a_blob_that_is_kept_is_verified(registry: Registry, initializer: Initializer) -> None:
    made = push_modelpack(registry, [raw("weight", name, b"x" * 70_000) for name in ("a", "b")])
    with Proxy(registry.url, lambda path: Fault(flip=9) if made.layers[0] in path else None) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert run.exit == CORRUPT, run.stderr
    assert listing(initializer.folder).keys() == {"termination-log"}


@pytest.mark.parametrize(("flags", "content"), [("-o", b"1"), ("-i", b"1"), ("", None)])
def test_a_layer_that_comes_again_counts_where_the_flags_say(
    registry: Registry, initializer: Initializer, flags: str, content: bytes | None
) -> None:
    """With -o the last one of a path does, with -i the first."""
    blobs = [tarred("weight", name, layer(file("x", text))) for name, text in (("a", b"1"), ("b", b"2"))]
    made = push_modelpack(registry, [blobs[0], blobs[1], tarred("weight", "c", blobs[0].content)])

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == (PATH_EXISTS if content is None else 0), run.stderr
    if content:
        assert (initializer.destination / "x").read_bytes() == content


def test_more_places_than_a_model_has_are_refused(registry: Registry, initializer: Initializer) -> None:
    blob = Blob("modelpart.v1.raw", b"")
    made = push_modelkit(registry, entries(fill_trees._PLACES_LIMIT + 1, digest=digest(b"")), [blob])
    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert run.exit == INVALID, run.stderr
    assert "has more than 20000 layers to unpack" in run.termination
    assert fetches(proxy, made) == {}
