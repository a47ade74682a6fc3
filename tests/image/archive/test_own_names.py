"""Names of the initializer's own in a ModelKit: a marker of an earlier unpack is left out, anything else refused."""

import json
import tarfile
from typing import Any

import pytest

from tests.image.artifacts import KIT, Blob, push_modelkit, push_modelpack, raw
from tests.image.initializer import MARKER, Initializer, Run
from tests.image.packing import Packed, entry, file, folder, layer, pack
from tests.parts.registry import Registry

UNSAFE = 23
FORGED = b'{"version": 1, "digest": "sha256:planted"}'


def markers(initializer: Initializer) -> list[str]:
    """The markers below the destination."""
    return sorted(
        path.relative_to(initializer.destination).as_posix() for path in initializer.destination.rglob(MARKER)
    )


def assert_skipped(initializer: Initializer, made: Packed, run: Run) -> None:
    assert run.exit == 0, run.stderr
    assert markers(initializer) == [MARKER]
    assert json.loads((initializer.destination / MARKER).read_text())["digest"] == made.digest
    assert run.stderr.count("holds the marker of an earlier unpack") == 1


PLACES = {
    "at the top": [file(MARKER, FORGED)],
    "in a folder": [file(f"model/{MARKER}", FORGED)],
    "deep, in folders nobody made": [file(f"a/b/c/{MARKER}", FORGED)],
    "several": [file(f"model/{MARKER}", FORGED), file(f"a/{MARKER}", FORGED), file(MARKER, FORGED)],
    "twice": [file(MARKER, FORGED), file(MARKER, FORGED)],
    "with an odd path": [file(f"./model//./{MARKER}", FORGED)],
}


@pytest.mark.parametrize("compress", [False, True], ids=["tar", "gzip"])
@pytest.mark.parametrize("members", PLACES.values(), ids=PLACES)
def test_a_marker_in_a_layer_is_skipped_and_told_once(
    registry: Registry, initializer: Initializer, members: list[tuple[tarfile.TarInfo, bytes]], compress: bool
) -> None:
    made = pack(registry, layer(folder("model"), *members, file("model/w")), compress=compress)

    run = initializer(made.uri)

    assert_skipped(initializer, made, run)
    assert (initializer.destination / "model/w").read_bytes() == b"content"


def test_what_was_unpacked_can_be_packed_again(registry: Registry, initializer: Initializer) -> None:
    assert initializer(pack(registry, layer(file("w"))).uri, initializer.folder / "first").exit == 0
    packed = [
        file(f"model/{path.name}", path.read_bytes()) for path in (initializer.folder / "first").iterdir()
    ]
    made = pack(registry, layer(folder("model"), *packed))

    run = initializer(made.uri)

    assert_skipped(initializer, made, run)
    assert (initializer.destination / "model/w").exists()


@pytest.mark.parametrize("path", [MARKER, f"adapter/{MARKER}"])
@pytest.mark.parametrize("layout", ["kit", "model"])
def test_a_marker_that_is_a_raw_layer_is_skipped(
    registry: Registry, initializer: Initializer, path: str, layout: str
) -> None:
    made = push_modelpack(registry, [raw("weight", path, FORGED), raw("weight", "w", b"w")])

    run = initializer(made.uri, KITSERVE_LAYOUT=layout)

    assert_skipped(initializer, made, run)
    assert (initializer.destination / "w").read_bytes() == b"w"


def test_a_marker_that_a_layout_would_take_to_the_top_is_skipped(
    registry: Registry, initializer: Initializer
) -> None:
    made = pack(
        registry,
        layer(folder("m"), file(f"m/{MARKER}", FORGED), file("m/w")),
        claim=lambda config: config["model"].update(config["model"].pop("parts")[0], path="m"),
    )

    run = initializer(made.uri, KITSERVE_LAYOUT="model")

    assert_skipped(initializer, made, run)
    assert (initializer.destination / "w").exists()


def legacy(registry: Registry, path: str, *members: tuple[tarfile.TarInfo, bytes]) -> Packed:
    """A ModelKit of kit before 0.5: names in its layer are relative to the folder that its path lies in."""

    def claim(config: dict[str, Any]) -> None:
        config["model"] = {"name": "made", "path": path}

    kind = f"{KIT}model.v1.tar"
    return pack(
        registry,
        layer(*members),
        claim=claim,
        twist=lambda manifest: manifest["layers"][0].update(mediaType=kind),
    )


def test_a_marker_below_a_legacy_layer_s_folder_is_skipped(
    registry: Registry, initializer: Initializer
) -> None:
    made = legacy(registry, "adapter/x", file(MARKER, FORGED), file("w"))

    run = initializer(made.uri)

    assert_skipped(initializer, made, run)
    assert (initializer.destination / "adapter/w").exists()


REFUSED = {
    "a staged tree": file("adapter/.kitserve-staging/0-x/w"),
    "a staged record": file(".kitserve-staging/0-x.json"),
    "a staged folder": folder("a/b/.kitserve-staging"),
    "a folder on its way out": folder("a/.kitserve-removed"),
    "a marker in another case": file("adapter/.KITSERVE.json"),
    "a marker that looks alike": file("adapter/.\u212aitserve.json"),
    "a marker with an invisible letter": file("adapter/.kit\u200dserve.json"),
    "a marker that is a folder": folder(f"adapter/{MARKER}"),
    "a marker with something in it": file(f"adapter/{MARKER}/x"),
    "a marker that is a link": entry(f"adapter/{MARKER}", tarfile.SYMTYPE, "x"),
    "a marker that is a hard link": entry(f"adapter/{MARKER}", tarfile.LNKTYPE, "x"),
    "what may come one day": file("adapter/.kitserve-anything"),
}


@pytest.mark.parametrize("member", REFUSED.values(), ids=REFUSED)
def test_other_names_of_ours_are_refused(
    registry: Registry, initializer: Initializer, member: tuple[tarfile.TarInfo, bytes]
) -> None:
    run = initializer(pack(registry, layer(file("good"), member)).uri)

    assert run.exit == UNSAFE, run.stderr
    assert "is the initializer's own" in run.termination
    assert not initializer.destination.exists()


@pytest.mark.parametrize("path", [".kitserve-staging/x", f"{MARKER}/x", "a/.kitserve-staging/b/x"])
def test_a_legacy_layer_s_folder_with_a_name_of_ours_is_refused(
    registry: Registry, initializer: Initializer, path: str
) -> None:
    run = initializer(legacy(registry, path, file("w")).uri)

    assert run.exit == UNSAFE, run.stderr
    assert not initializer.destination.exists()


@pytest.mark.parametrize(
    "path", ["adapter/.kitserve-staging/0-x", "adapter/.Kitserve.json", ".kitserve-staging"]
)
def test_a_raw_layer_with_a_name_of_ours_is_refused(
    registry: Registry, initializer: Initializer, path: str
) -> None:
    run = initializer(push_modelpack(registry, [raw("weight", path, b"x")]).uri)

    assert run.exit == UNSAFE, run.stderr
    assert not initializer.destination.exists()


def test_a_kit_s_raw_layer_with_a_name_of_ours_is_refused(
    registry: Registry, initializer: Initializer
) -> None:
    blob = Blob("model.v1.raw", b"x")
    made = push_modelkit(registry, {"model": blob.entry(path="adapter/.kitserve-staging/x")}, [blob])

    assert initializer(made.uri).exit == UNSAFE
