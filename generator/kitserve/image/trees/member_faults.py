"""What a container runtime makes of one member of an archive, and the initializer doesn't, by the member's header."""

import re
from collections.abc import Iterator

from kitserve_initializer.archive import tar
from kitserve_initializer.archive.tar_header import number

WHITEOUT = ".wh."
"""How a name begins that removes another one (OCI image-spec, layer.md, "Whiteouts")."""
AGAIN = "pack it again with `kit pack`"

_XATTR = "SCHILY.xattr."
_PATH_LIMIT = 3800
"""Bytes of a path: Linux takes 4,096 (PATH_MAX), and a runtime's own folder stands before it."""
_NUMBERS = (slice(108, 116), slice(116, 124), slice(136, 148))
"""Owner, group and time in a header, numbers that the initializer doesn't use."""
_DEVICES = (slice(329, 337), slice(337, 345))
_RECORDS = {
    **dict.fromkeys(("uid", "gid"), re.compile(r"[+-]?[0-9]+|")),
    **dict.fromkeys(("mtime", "atime", "ctime"), re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?|")),
}
"""PAX records that Go's reader of archives refuses in another form."""


def found(header: tar.Header, path: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a header, whose member gets this path, and what to do about it."""
    if any(part.startswith(WHITEOUT) for part in path.split("/")):
        yield (
            f"has a name that begins with {WHITEOUT}: an image removes files so",
            "rename it, and pack again",
        )
    if len(path.encode("utf-8", "surrogateescape")) > _PATH_LIMIT:
        yield f"has a path of more than {_PATH_LIMIT} bytes", "use shorter names, and pack again"
    if header.kind == tar.GLOBAL:
        if "/" in path:
            yield "is what a pax global header is called, and a runtime takes that for a path", AGAIN
        return
    if header.kind == tar.FILE and header.name.endswith("/"):
        yield "is a folder that the archive holds as a file, and a runtime makes a file", AGAIN
    if any(key.startswith(_XATTR) for key in header.records):
        yield "has extended attributes, which a runtime sets", f"{AGAIN}, which keeps none"
    if not _is_readable(header):
        yield "has an owner or a time that container runtimes can't read", AGAIN


def _is_readable(header: tar.Header) -> bool:
    """Tell whether Go's reader takes the fields that the initializer doesn't look at (archive/tar, reader.go)."""
    fields = _NUMBERS + (_DEVICES if header.block[257:262] == b"ustar" else ())
    return (
        all(header.block[field][0] & 0x80 or number(header.block[field]) is not None for field in fields)
        and all(form.fullmatch(header.records.get(key, "")) for key, form in _RECORDS.items())
        and all(key and "\0" not in key for key in header.records)
    )
