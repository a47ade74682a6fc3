"""Headers of tar that writers differ in: read as Go's archive/tar reads them, which kit uses."""

import subprocess
from pathlib import Path

import pytest
from kitserve_initializer.archive import tar
from kitserve_initializer.errors import InvalidArchive

from tests.image.initializer import Initializer, listing
from tests.image.packing import file as packed
from tests.image.packing import layer, pack
from tests.parts.registry import Registry

END = bytes(1024)
USTAR, GNU, OLD = b"ustar\x0000", b"ustar  \0", b""
EMPTY = b"00000000000\0"


def header(name: bytes = b"a", size: bytes = b"00000000003\0", kind: bytes = b"0", **at: bytes) -> bytes:
    """A header; `at` has further fields by their offsets, as `at100`, instead of the usual ones."""
    fields = {"at0": name, "at100": b"0000644\0", "at124": size, "at156": kind, "at257": USTAR, **at}
    found = bytearray(512)
    for offset, value in fields.items():
        begin = int(offset.removeprefix("at"))
        found[begin : begin + len(value)] = value
    blank = sum(found[:148]) + 8 * 32 + sum(found[156:])
    found[148:156] = fields.get("at148", b"%06o\0 " % blank)
    return bytes(found)


def block(content: bytes) -> bytes:
    return content + bytes(-len(content) % 512)


def file(name: bytes = b"a", **at: bytes) -> bytes:
    return header(name, **at) + block(b"xyz")


def record(key: bytes, value: bytes) -> bytes:
    length = len(key) + len(value) + 3
    return b"%d %s=%s\n" % (length + len(str(length + len(str(length)))), key, value)


def told(kind: bytes, body: bytes) -> bytes:
    """A header that tells of members behind it."""
    return header(b"told", b"%011o\0" % len(body), kind) + block(body)


def read(data: bytes) -> list[tuple[str, str, int, bytes]]:
    """The members: name, kind, permissions and content."""
    archive = tar.Archive([data], "the layer")
    return [
        (member.name, member.kind.decode(), member.mode & 0o777, b"".join(map(bytes, archive.content())))
        for member in archive
    ]


COMMENT = told(b"g", record(b"comment", b"8f2c0a7e5b9d4c31a6e0f7d2b8c95e14a3f60d72"))
A = ("a", "0", 0o644, b"xyz")
READ: dict[str, tuple[bytes, list[tuple[str, str, int, bytes]]]] = {
    "a global header": (COMMENT + file(), [A]),
    "global headers before each member": (
        COMMENT + file() + COMMENT + COMMENT + file(b"b"),
        [A, ("b", *A[1:])],
    ),
    "a global header at the end": (file() + COMMENT, [A]),
    "nothing but a global header": (COMMENT, []),
    "a global header without records": (told(b"g", b"") + file(), [A]),
    "a global header that takes a name away": (told(b"g", record(b"path", b"")) + file(), [A]),
    "a global header, then a member's own": (
        COMMENT + told(b"x", record(b"path", b"b")) + file(),
        [("b", *A[1:])],
    ),
    "records of vendors": (
        told(b"x", record(b"SCHILY.xattr.user.a", b"b") + record(b"LIBARCHIVE.creationtime", b"1.5"))
        + file(),
        [A],
    ),
    "records without a value": (told(b"x", record(b"path", b"") + record(b"size", b"")) + file(), [A]),
    "nothing but the end": (b"", []),
    "a directory of nothing": (
        header(b"./", EMPTY, b"5") + file(b"./a"),
        [("./", "5", 0o644, b""), ("./a", *A[1:])],
    ),
    "a directory without a slash": (header(b"d", EMPTY, b"5"), [("d", "5", 0o644, b"")]),
    "a directory with a size": (header(b"d/", kind=b"5") + file(), [("d/", "5", 0o644, b""), A]),
    "a directory without a size": (header(b"d/", bytes(12), b"5") + file(), [("d/", "5", 0o644, b""), A]),
    "an old file": (file(kind=b"\0", at257=OLD), [A]),
    "an old directory": (header(b"d/", EMPTY, b"\0", at257=OLD) + file(), [("d/", "5", 0o644, b""), A]),
    "a file that is named as a directory": (header(b"d/", EMPTY) + file(), [("d/", "5", 0o644, b""), A]),
    "a prefix without ustar": (file(at257=OLD, at345=b"p"), [A]),
    "a prefix": (file(at345=b"p/q"), [("p/q/a", *A[1:])]),
    "a prefix of another version": (file(at257=b"ustar\0\0\0", at345=b"p"), [("p/a", *A[1:])]),
    "times of GNU where the prefix is": (file(at257=GNU, at345=EMPTY), [A]),
    "star's shorter prefix": (
        file(at345=b"p" * 131 + EMPTY + EMPTY, at508=b"tar\0"),
        [("p" * 131 + "/a", *A[1:])],
    ),
    "a file's type in the mode": (file(at100=b"0100755\0"), [("a", "0", 0o755, b"xyz")]),
    "a mode of blanks": (file(at100=b"   644 \0"), [A]),
    "a mode of NULs": (file(at100=bytes(8)), [("a", "0", 0, b"xyz")]),
    "a mode without its NUL": (file(at100=b"00000644"), [A]),
    "a mode of base 256": (file(at100=b"\x80" + bytes(5) + b"\x01\xa4"), [A]),
    "a size of blanks": (header(size=b" " * 12), [("a", "0", 0o644, b"")]),
    "a size in blanks": (header(size=b"          3 ") + block(b"xyz"), [A]),
    "a size behind a NUL": (header(size=b"\0" + b"0000000003\0") + block(b"xyz"), [A]),
    "a size without its NUL": (header(size=b"000000000003") + block(b"xyz"), [A]),
    "a size of base 256": (header(size=b"\x80" + bytes(10) + b"\x03") + block(b"xyz"), [A]),
    "an owner that is no number": (file(at108=b"root\0\0\0\0"), [A]),
}


@pytest.mark.parametrize(("members", "expected"), READ.values(), ids=READ)
def test_are_read(members: bytes, expected: list[tuple[str, str, int, bytes]]) -> None:
    assert read(members + END + bytes(9216)) == expected


def test_headers_are_told_as_they_stand() -> None:
    renamed = told(b"x", record(b"path", b"b") + record(b"SCHILY.xattr.user.a", b"1")) + file(
        at100=b"0104755\0"
    )
    members = COMMENT + file() + renamed + header(b"d/", EMPTY, at100=b"0000700\0") + COMMENT + END
    found: list[tar.Header] = []

    archive = tar.Archive([members], "the layer", tell=found.append)
    told_before = [(member.name, len(found)) for member in archive]

    assert told_before == [("a", 2), ("b", 3), ("d/", 4)]
    assert [(each.name, each.kind, each.mode) for each in found] == [
        ("told", b"g", 0),
        ("a", b"0", 0o644),
        ("b", b"0", 0o104755),
        ("d/", b"0", 0o700),
        ("told", b"g", 0),
    ]
    assert found[2].records == {"path": "b", "SCHILY.xattr.user.a": "1"}
    assert all(each.block[156:157] == each.kind for each in found)


REFUSED: dict[str, tuple[bytes, str]] = {
    "a global name": (
        told(b"g", record(b"path", b"b")) + file(),
        "names a member, which readers take differently",
    ),
    "a global size": (told(b"g", record(b"size", b"1")) + file(), "names a member"),
    "a global sparse file": (told(b"g", record(b"GNU.sparse.name", b"b")) + file(), "can't be read"),
    "a global header of rubbish": (told(b"g", b"99 x") + file(), "has PAX records that can't be read"),
    "a global header between": (
        told(b"x", record(b"path", b"b")) + COMMENT + file(),
        "between a header and its",
    ),
    "a global header of 8 GiB": (
        header(b"g", b"77777777777\0", b"g") + file(),
        "whose size no such header has",
    ),
    "a mode that is no number": (file(at100=b"rw-r--r-"), "has a mode that isn't a number"),
    "content of a directory": (
        header(b"d/") + block(b"xyz"),
        "a file with content whose name is a directory's",
    ),
}


@pytest.mark.parametrize(("members", "words"), REFUSED.values(), ids=REFUSED)
def test_are_refused(members: bytes, words: str) -> None:
    with pytest.raises(InvalidArchive, match=words):
        read(members + END)


def test_what_git_archives(registry: Registry, initializer: Initializer, tmp_path: Path) -> None:
    """It begins with a global header, which tells the commit (golang/go#28843, buildpacks/lifecycle#1036)."""
    git = ("git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/weights").write_bytes(b"w" * 70_000)
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "a")):
        subprocess.run([*git, *words], check=True)
    archive = subprocess.run([*git, "archive", "HEAD"], check=True, capture_output=True).stdout
    assert archive[156:157] == b"g"

    run = initializer(pack(registry, archive).uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"Kitfile", "model", "model/weights"}


def test_a_file_s_name_as_a_directory_s_is_one_on_disk_too(
    registry: Registry, initializer: Initializer
) -> None:
    made = pack(registry, header(b"d/", EMPTY, at100=b"0000755\0") + layer(packed("d/a")))

    run = initializer(made.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"d", "d/a"}
