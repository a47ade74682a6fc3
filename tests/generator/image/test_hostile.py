"""Layers that a container runtime unpacks otherwise than the initializer: put right in our own layer, or refused."""

import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from kitserve.errors import Refused
from kitserve.image import fitness
from kitserve.image.differences import LISTED, Refusal
from kitserve.image.documents import Image
from kitserve.image.trees import comparison, paths

from tests.generator.image.comparing import compared, faults, image_of
from tests.generator.image.container_runtime import names
from tests.image.packing import entry, file, folder, header, layer, pack
from tests.parts.registry import Registry

X = file("x")
MARKER = ".kitserve.json"
KEPT = "not everybody can read"


def records(name: str, kind: bytes = tarfile.REGTYPE, **found: str) -> tuple[tarfile.TarInfo, bytes]:
    """A member with PAX records."""
    info = header(name, kind, 0o644)
    info.pax_headers = {key.replace("__", "."): value for key, value in found.items()}
    return info, b""


def global_header(name: str) -> tuple[tarfile.TarInfo, bytes]:
    """A pax global header of this name, as `git archive` begins with."""
    body = b"21 comment=by nobody\n"
    info = header(name, tarfile.XGLTYPE, 0o644, len(body))
    return info, body


def of_field(name: str, at: int, field: bytes) -> bytes:
    """A layer with an empty file that has another field in its header."""
    block = bytearray(layer(file(name, b"", 0o755)))
    block[at : at + len(field)] = field
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    return bytes(block)


RIGHT = {
    "modes of folders that a later entry sets": [layer(folder("d", 0o755), file("d/x"), folder("d", 0o555))],
    "a folder after what lies in it": [layer(file("d/x"), folder("d", 0o555))],
    "a folder narrower in the first layer": [
        layer(folder("d", 0o555), X),
        layer(folder("d", 0o755), file("y")),
    ],
    "a folder narrower in the second layer": [
        layer(folder("d", 0o755), X),
        layer(folder("d", 0o555), file("y")),
    ],
    "a folder wider in the second layer": [
        layer(folder("d", 0o755), X),
        layer(folder("d", 0o777), file("y")),
    ],
    "a folder that the second layer only needs": [layer(folder("d", 0o555)), layer(file("d/e/x"))],
    "a folder that no entry is about": [layer(file("d/e/f/x"))],
    "a folder with the bits of a group and sticky": [
        layer(folder("d", 0o2775), folder("d/e", 0o3777), file("d/e/x"))
    ],
    "the top with a mode of its own": [layer(folder("./", 0o700), file("./x"))],
    "a narrow folder on the way to a marker": [
        layer(folder("d", 0o555), folder("d/e"), file(f"d/e/{MARKER}"))
    ],
    "a marker at the top": [layer(file(MARKER), X)],
    "a marker in a folder": [layer(folder("d"), file(f"d/{MARKER}"), file("d/x"))],
    "a marker alone in a folder": [layer(file(f"d/e/{MARKER}"), X)],
    "a marker alone in a folder that has an entry": [layer(folder("d"), file(f"d/{MARKER}"))],
    "a marker in two layers": [layer(file(MARKER), X), layer(file(MARKER), file("y"))],
    "a marker in KServe's folder": [layer(file(f"models/{MARKER}"), X)],
    "a marker in a folder of the Kitfile's name": [layer(file(f"Kitfile/{MARKER}"), X)],
    "names in other cases": [layer(file("x"), file("X"), folder("d"), file("D/x"))],
    "names that aren't UTF-8": [
        layer(folder("d\udcff", 0o2755), file("d\udcff/\udc80x"), form=tarfile.GNU_FORMAT)
    ],
    "names that are long": [layer(folder("ü" * 120, 0o2755), file(f"{'ü' * 120}/{'y' * 250}"))],
    "names with points and slashes": [layer(folder("./d/"), file(".//d/.//x"), file("d/..y"), file("d/.wh"))],
    "no members": [layer(), layer(X)],
    "a global header": [layer(global_header("pax_global_header"), X)],
    "other records": [layer(records("x", mtime="1.5", uid="1", comment="c", LIBARCHIVE__xattr__a="b"))],
    "a folder of old writers": [of_field("d/", 156, b"\0")],
}
WRONG = {
    "a whiteout": ([layer(X), layer(file(".wh.x"))], ".wh.x: has a name that begins with .wh."),
    "a whiteout in a folder": ([layer(file("d/x"), file("d/.wh.y"))], "d/.wh.y: has a name that begins"),
    "an opaque folder": ([layer(file("d/x")), layer(file("d/.wh..wh..opq"))], "d/.wh..wh..opq: has a name"),
    "a folder that is a whiteout": ([layer(folder(".wh.d"))], ".wh.d: has a name that begins"),
    "a file in a whiteout": ([layer(file(".wh.d/x"))], ".wh.d/x: has a name that begins"),
    "a file of its owner's": ([layer(file("x", mode=0o600))], f"x: is a file that {KEPT} (0600)"),
    "a file of a group's": ([layer(file("x", mode=0o640))], f"x: is a file that {KEPT} (0640)"),
    "a file of all others": ([layer(file("x", mode=0o604))], f"x: is a file that {KEPT} (0604)"),
    "a file of nobody's": ([layer(file("x", mode=0))], f"x: is a file that {KEPT} (0000)"),
    "a folder of its owner's": (
        [layer(folder("d", 0o700), file("d/x"))],
        "d: is a folder that not everybody",
    ),
    "a folder to walk through": (
        [layer(folder("d", 0o711), file("d/x"))],
        "d: is a folder that not everybody",
    ),
    "a folder of a group's": ([layer(folder("d", 0o750), file("d/x"))], "d: is a folder that not everybody"),
    "a privileged file": ([layer(file("x", mode=0o4755))], "x: has the mode 4755"),
    "a file with a group's privileges": ([layer(file("x", mode=0o2755))], "x: has the mode 2755"),
    "a sticky file": ([layer(file("x", mode=0o1644))], "x: has the mode 1644"),
    "something in KServe's folder": ([layer(file("models/x"))], "models: is where KServe mounts"),
    "a file in KServe's place": ([layer(file("models"))], "models: is where KServe mounts"),
    "a global header of a file's name": (
        [layer(X, global_header("x"))],
        "x: is removed by a pax global header",
    ),
    "a global header in a folder": ([layer(global_header("d/x"), X)], "d/x: is what a pax global header"),
    "a global header outside": ([layer(global_header("../x"), X)], "../x: is what a pax global header"),
    "a global header that is a whiteout": (
        [layer(global_header(".wh.x"), X)],
        ".wh.x: has a name that begins",
    ),
    "extended attributes": ([layer(records("x", SCHILY__xattr__user__a="b"))], "x: has extended attributes"),
    "a folder as a file": ([layer(file("d/", b""))], "d: is a folder that the archive holds as a file"),
    "an owner without a number": ([of_field("x", 108, b"nobody\0\0")], "x: has an owner or a time"),
    "a record of an owner": ([layer(records("x", uid="me"))], "x: has an owner or a time"),
    "a record of a time": ([layer(records("x", mtime="now"))], "x: has an owner or a time"),
    "a device's number": ([of_field("x", 329, b"minor\0\0\0")], "x: has an owner or a time"),
    "a long path": ([layer(file("/".join(["d" * 250] * 16)))], "…: has a path of more than 3800 bytes"),
    "a marker below a file": (
        [layer(file("a"), file(f"a/{MARKER}"))],
        "a: is a file and a folder in one layer",
    ),
    "a marker below another layer's file": (
        [layer(file("a")), layer(file(f"a/{MARKER}"))],
        "a: is in two layers, and an image shows the later one's",
    ),
}
REFUSED_BY_BOTH = {
    "a link": [layer(entry("x", tarfile.SYMTYPE, "/etc/passwd"))],
    "a hard link": [layer(X, entry("y", tarfile.LNKTYPE, "x"))],
    "a device": [layer(entry("x", tarfile.CHRTYPE))],
    "a name outside": [layer(file("../x"))],
    "an absolute name": [layer(file("/x"))],
    "a file twice": [layer(X, X)],
    "a file in two layers": [layer(X), layer(X, file("y"))],
    "a file and a folder": [layer(X), layer(file("x/y"))],
    "a Kitfile in a layer": [layer(file("Kitfile"))],
    "a name of the initializer's own": [layer(file(".kitserve-staging/x"))],
    "no archive": [b"no archive" * 100],
}


@pytest.mark.parametrize("layers", RIGHT.values(), ids=RIGHT)
def test_what_the_own_layer_puts_right(registry: Registry, tmp_path: Path, layers: Sequence[bytes]) -> None:
    found = compared(registry, tmp_path, pack(registry, *layers).uri)

    assert isinstance(found.made, Image), found.faults


@pytest.mark.parametrize(("layers", "reason"), WRONG.values(), ids=WRONG)
def test_what_no_layer_puts_right(registry: Registry, layers: Sequence[bytes], reason: str) -> None:
    found = image_of(pack(registry, *layers).uri)

    assert isinstance(found, Refusal)
    assert reason in faults(found)


@pytest.mark.parametrize("layers", REFUSED_BY_BOTH.values(), ids=REFUSED_BY_BOTH)
def test_what_the_initializer_refuses_has_no_image(
    registry: Registry, tmp_path: Path, layers: Sequence[bytes]
) -> None:
    found = compared(registry, tmp_path, pack(registry, *layers).uri)

    assert isinstance(found.made, Refused)
    assert str(found.made) in found.run.last_line
    assert "KIT_UNPACK_FLAGS" not in found.made.hint


def test_layers_of_unknown_types_have_no_image(registry: Registry, tmp_path: Path) -> None:
    def encrypt(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["mediaType"] += "+encrypted"

    found = compared(registry, tmp_path, pack(registry, layer(X), twist=encrypt).uri)

    assert "has a layer of the unknown type" in found.faults


def test_a_layer_s_kitfile_is_one_where_the_modelkit_s_is_left_out(
    registry: Registry, tmp_path: Path
) -> None:
    made = pack(registry, layer(file("Kitfile", b"of the layer")))

    found = compared(registry, tmp_path, made.uri, "model")

    assert isinstance(found.made, Image), found.faults
    assert [*names(found.made)] == ["models"]


def test_all_differences_are_counted_and_the_first_are_told(registry: Registry) -> None:
    made = pack(registry, layer(*(file(f"x{index:02}", mode=0o600) for index in range(LISTED + 5))))

    found = image_of(made.uri)

    assert isinstance(found, Refusal)
    assert (len(found.differences), found.count) == (LISTED, LISTED + 5)
    assert found.differences[0].path == "x00"


def test_our_own_layer_has_a_bound(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pack(registry, layer(*(folder(f"d{index}", 0o2755) for index in range(5))))
    monkeypatch.setattr(comparison, "_OWN_LIMIT", 6)

    found = image_of(made.uri)

    assert isinstance(found, Refusal)
    assert "would take 7 folders and names that our own layer puts right" in faults(found)


def test_a_name_that_no_whiteout_can_have(registry: Registry) -> None:
    found = image_of(pack(registry, layer(file(f"{'d' * 252}/{MARKER}"))).uri)

    assert isinstance(found, Refusal)
    assert "its name is too long to be removed" in faults(found)


def test_trees_have_a_bound(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pack(registry, layer(*(file(f"d{index}/x") for index in range(10))))
    monkeypatch.setattr(paths, "_ENTRIES", 19)

    found = image_of(made.uri)

    assert isinstance(found, Refused)
    assert "more than 19 files and folders" in str(found)


def test_paths_have_a_bound(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pack(registry, layer(file("x" * 200), file("y" * 200)))
    monkeypatch.setattr(paths, "_CHARACTERS", 399)

    assert isinstance(image_of(made.uri), Refused)


def test_layers_are_limited(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pack(registry, layer(X), layer(file("y")))
    monkeypatch.setattr(fitness, "_LAYERS", 2)

    found = image_of(made.uri)

    assert isinstance(found, Refusal)
    assert "would be an image of 3 layers" in found.differences[0].reason
