"""Nothing a ModelKit holds, and nothing that waits in the destination, makes the initializer write elsewhere."""

import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.image.initializer import Initializer, listing
from tests.image.packing import entry, file, folder, layer, pack
from tests.parts.registry import Registry

INVALID_MODELKIT, UNSAFE, INVALID_ARCHIVE, PATH_EXISTS = 21, 23, 24, 30

UNSAFE_MEMBERS = {
    "absolute file": (file("/etc/kitserve-was-here"), "is absolute"),
    "absolute folder": (folder("/kitserve-was-here"), "is absolute"),
    "parent": (file("../outside"), "leaves the destination"),
    "parent further on": (file("model/../../outside"), "leaves the destination"),
    "parent inside": (file("model/../inside"), "leaves the destination"),
    "only dots": (folder(".."), "leaves the destination"),
    "symbolic link": (entry("link", tarfile.SYMTYPE, "/etc"), "is a symbolic link"),
    "hard link": (entry("link", tarfile.LNKTYPE, "model"), "is a hard link"),
    "character device": (entry("device", tarfile.CHRTYPE), "is a device"),
    "block device": (entry("device", tarfile.BLKTYPE), "is a device"),
    "FIFO": (entry("pipe", tarfile.FIFOTYPE), "is a FIFO"),
    "sparse file": (entry("sparse", b"S"), "is of type b'S'"),
    "no name": (file("."), "is a file without a name"),
    "name too long": (file("n" * 256), "can't be a file's name"),
    "too deep": (file("d/" * 300 + "f"), "levels deep"),
    "the initializer's own": (file(".kitserve-staging/x"), "is the initializer's own"),
}


@pytest.mark.parametrize(("member", "words"), UNSAFE_MEMBERS.values(), ids=UNSAFE_MEMBERS)
def test_unsafe_members_are_refused(
    registry: Registry, initializer: Initializer, member: tuple[tarfile.TarInfo, bytes], words: str
) -> None:
    made = pack(registry, layer(folder("model"), file("model/good"), member))

    run = initializer(made.uri)

    assert run.exit == UNSAFE, run.stderr
    assert words in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}
    assert not Path("/etc/kitserve-was-here").exists()


def test_dots_in_names_are_fine(registry: Registry, initializer: Initializer) -> None:
    names = ["a..b", "..hidden", "...", "model/./x", "model//y", "trailing.."]
    made = pack(registry, layer(*(file(name) for name in names)))

    run = initializer(made.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    files = {"a..b", "..hidden", "...", "model/x", "model/y", "trailing.."}
    assert listing(initializer.destination).keys() == files | {"model"}


def test_names_that_aren_t_utf8_are_kept(registry: Registry, initializer: Initializer) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    member = file("caf_")
    header = bytearray(member[0].tobuf(tarfile.USTAR_FORMAT))
    header[:4] = b"caf\xe9"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 8 * 32 + sum(header[156:]))
    made = pack(registry, bytes(header) + member[1].ljust(512, b"\0") + bytes(1024))

    run = initializer(made.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {name}


def test_rights_are_kept_and_privileges_dropped(registry: Registry, initializer: Initializer) -> None:
    made = pack(
        registry,
        layer(
            file("setuid", mode=0o6755),
            folder("sticky", mode=0o1777),
            folder("locked", mode=0o555),
            file("locked/inside", mode=0o400),
            folder("locked/shut", mode=0o000),
        ),
    )

    run = initializer(made.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert {path: found["mode"] for path, found in listing(initializer.destination).items()} == {
        "setuid": "0o755",
        "sticky": "0o755",
        "locked": "0o555",
        "locked/inside": "0o400",
        "locked/shut": "0o0",
    }


def test_parents_of_files_are_made(registry: Registry, initializer: Initializer) -> None:
    run = initializer(pack(registry, layer(file("a/b/c"))).uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert {path: found["mode"] for path, found in listing(initializer.destination).items()} == {
        "a": "0o755",
        "a/b": "0o755",
        "a/b/c": "0o644",
    }


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
@pytest.mark.parametrize("trap", ["model", "model/weights"])
def test_a_link_planted_in_the_destination_is_not_followed(
    registry: Registry, initializer: Initializer, flags: str, trap: str
) -> None:
    outside = initializer.folder / "outside"
    outside.mkdir()
    link = initializer.destination / trap
    link.parent.mkdir(parents=True)
    link.symlink_to(outside if trap == "model" else outside / "victim")
    before = listing(initializer.folder)

    run = initializer(
        pack(registry, layer(folder("model"), file("model/weights"))).uri,
        flags=f"--plain-http --model {flags}",
    )

    ignored = flags == "-i" and trap == "model/weights"
    assert run.exit == (0 if ignored else PATH_EXISTS), run.stderr
    after = listing(initializer.folder)
    assert {path: found for path, found in after.items() if path != "termination-log"} == before


DUPLICATES = {
    "file twice": (file("x", b"1"), file("x", b"2")),
    "file, then folder": (file("x", b"1"), folder("x")),
    "folder, then file": (folder("x"), file("x", b"2")),
    "below a file": (file("x", b"1"), file("x/y", b"2")),
}


@pytest.mark.parametrize("members", DUPLICATES.values(), ids=DUPLICATES)
def test_one_path_for_two_things_is_refused(
    registry: Registry, initializer: Initializer, members: tuple[tuple[tarfile.TarInfo, bytes], ...]
) -> None:
    for layers in ([layer(*members)], [layer(member) for member in members]):
        run = initializer(pack(registry, *layers).uri)

        assert run.exit == PATH_EXISTS, run.stderr
        assert "'x" in run.termination
        assert listing(initializer.folder).keys() == {"termination-log"}


@pytest.mark.parametrize(("flags", "content"), [("-o", b"2"), ("-i", b"1"), ("-o -i", b"1")])
def test_a_file_held_twice_goes_by_the_flags(
    registry: Registry, initializer: Initializer, flags: str, content: bytes
) -> None:
    first, second = DUPLICATES["file twice"]
    for layers in ([layer(first, second)], [layer(first), layer(second)]):
        run = initializer(pack(registry, *layers).uri, flags=f"--plain-http --model {flags}")

        assert run.exit == 0, run.stderr
        assert (initializer.destination / "x").read_bytes() == content
        shutil.rmtree(initializer.destination)


def pax(records: bytes) -> bytes:
    """A member whose header is preceded by these PAX records."""
    info, content = file("pax")
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, len(records)
    body = records + bytes(-len(records) % 512)
    return header.tobuf(tarfile.USTAR_FORMAT) + body + info.tobuf() + content.ljust(512, b"\0") + bytes(1024)


@pytest.mark.parametrize(
    "records",
    [
        b"x",
        b"0 path=a\n",
        b"999 path=a\n",
        b"-1 path=a\n",
        b"9 path=ab",
        b"8 pathab\n",
        b"11 size=-1\n\n",
        b"10 size=x\n",
        b"24 GNU.sparse.realsize=9\n",
        b"27 size=9999999999999999999\n",
    ],
)
def test_records_that_cannot_be_read(registry: Registry, initializer: Initializer, records: bytes) -> None:
    run = initializer(pack(registry, pax(records)).uri)

    assert run.exit == INVALID_ARCHIVE, run.stderr
    assert listing(initializer.folder).keys() == {"termination-log"}


SIZES = {
    "8 GiB": b"77777777777\0",
    "negative": b"-0000000001\0",
    "no number": b"12345678901x",
    "base 256, huge": b"\x80" + b"\xff" * 11,
    "base 256, more than 10**18": b"\x80" + (10**18).to_bytes(11, "big"),
    "base 256, -1": b"\xff" * 12,
    "base 256, negative and large": b"\xc0" + bytes(11),
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_sizes_that_cannot_be(registry: Registry, initializer: Initializer, size: bytes) -> None:
    info, content = file("sized")
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    header[124:136] = size
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 8 * 32 + sum(header[156:]))

    run = initializer(pack(registry, bytes(header) + content.ljust(512, b"\0") + bytes(1024)).uri)

    assert run.exit == INVALID_ARCHIVE, run.stderr
    assert listing(initializer.folder).keys() == {"termination-log"}


def told(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    """A header that tells of the member behind it; `size` is a lie."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = kind, len(body) if size is None else size
    return header.tobuf(tarfile.GNU_FORMAT) + body + bytes(-len(body) % 512)


LONG, LINK, PAX = tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE
MEMBER = layer(file("short"))
BEFORE_A_MEMBER = {
    "long name twice": told(LONG, b"one\0") + told(LONG, b"two\0") + MEMBER,
    "long link twice": told(LINK, b"one\0") + told(LINK, b"two\0") + MEMBER,
    "records twice": told(PAX, b"10 path=a\n") + told(PAX, b"10 path=b\n") + MEMBER,
    "long name and record": told(LONG, b"one\0") + told(PAX, b"10 path=b\n") + MEMBER,
    "record and long name": told(PAX, b"10 path=b\n") + told(LONG, b"one\0") + MEMBER,
    "long name without a member": told(LONG, b"one\0") + bytes(1024),
    "long name at the end": told(LONG, b"one\0"),
    "long name of no bytes": told(LONG, b"") + MEMBER,
    "long name of NULs": told(LONG, bytes(100)) + MEMBER,
    "long name of 64 KiB and more": told(LONG, b"n" * (64 * 1024 + 1)) + MEMBER,
    "long name of 8 EiB": told(LONG, b"n", 1 << 63) + MEMBER,
    "long name of 8 GiB": told(LONG, b"n", 1 << 33) + MEMBER,
    "long link of 8 GiB": told(LINK, b"n", 1 << 33) + MEMBER,
    "long name of a wrong checksum": told(LONG, b"one\0").replace(b"@Long", b"@Lung") + MEMBER,
}


@pytest.mark.parametrize("body", BEFORE_A_MEMBER.values(), ids=BEFORE_A_MEMBER)
def test_headers_before_a_member_that_are_refused(
    registry: Registry, initializer: Initializer, body: bytes
) -> None:
    run = initializer(pack(registry, body).uri)

    assert run.exit == INVALID_ARCHIVE, run.stderr
    assert "Traceback" not in run.everything
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_long_name_is_as_suspect_as_a_short_one(registry: Registry, initializer: Initializer) -> None:
    for name in ("../" * 40 + "outside", "/" + "d/" * 60 + "f", "d/" * 300 + "f", "n" * 256):
        run = initializer(pack(registry, layer(file(name), form=tarfile.GNU_FORMAT)).uri)

        assert run.exit == UNSAFE, run.stderr
        assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_link_of_a_long_name_is_a_link(registry: Registry, initializer: Initializer) -> None:
    link = entry("l" * 150, tarfile.SYMTYPE, "t" * 150)

    run = initializer(pack(registry, layer(link, form=tarfile.GNU_FORMAT)).uri)

    assert run.exit == UNSAFE, run.stderr
    assert f"{'l' * 150!r} in a layer is a symbolic link" in run.termination


def test_a_nul_in_a_name_is_refused(registry: Registry, initializer: Initializer) -> None:
    run = initializer(pack(registry, pax(b"12 path=a\0b\n")).uri)

    assert run.exit == UNSAFE, run.stderr
    assert "can't be a file's name" in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_names_that_only_look_alike_are_different_files(registry: Registry, initializer: Initializer) -> None:
    """As everywhere on Linux. On a file system that takes them for one, the second is in the way of the first."""
    names = ["Model", "model", "caf\u00e9", "cafe\u0301", "K", "\u212a", "\u202egnp.exe"]
    made = pack(registry, *(layer(file(name, name.encode())) for name in names))

    run = initializer(made.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert {
        path.name: path.read_text() for path in initializer.destination.iterdir() if path.name in names
    } == {name: name for name in names}


NOT_MODELKITS = {
    "deep nesting": b'{"model":{"parameters":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}}",
    "deeper nesting": b"[" * 1_000_000,
    "a number of many digits": b'{"model":{"parameters":{"a":%s}}}' % (b"9" * 100_000),
    "a number that is infinite": b'{"model":{"parameters":{"a":1e999}}}',
    "more than 8 MiB": b'{"model":{"parameters":"%s"}}' % (b"x" * 9 * 1024 * 1024),
    "UTF-16": '{"model":{}}'.encode("utf-16"),
}


@pytest.mark.parametrize("body", NOT_MODELKITS.values(), ids=NOT_MODELKITS)
def test_a_config_made_to_break_readers(registry: Registry, initializer: Initializer, body: bytes) -> None:
    run = initializer(pack(registry, layer(file("x")), body=body).uri)

    assert run.exit == INVALID_MODELKIT, run.stderr
    assert "Traceback" not in run.everything
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_config_can_t_write_other_yaml_than_its_own(registry: Registry, initializer: Initializer) -> None:
    texts = [
        "a\nmodel: {path: /etc}",
        "x: y #",
        "&a *a !!python/object:os.system",
        "\ud800",
        "\x00\x1b[2J",
        "---\n...",
    ]

    def claim(config: dict[str, Any]) -> None:
        config["model"]["parameters"] = {text: text for text in texts}

    run = initializer(pack(registry, layer(file("x")), claim=claim).uri)

    assert run.exit == 0, run.stderr
    read = YAML(typ="safe", pure=True).load(initializer.destination / "Kitfile")
    assert read["model"]["parameters"] == {
        text.replace("\ud800", "\ufffd"): text.replace("\ud800", "\ufffd") for text in texts
    }
