"""The fields of a tar header, and PAX records."""

from __future__ import annotations

import re

_DIGITS = 18
"""Of a number at most: no file is larger, and Python takes no longer to read them."""

_USUAL = re.compile(rb"([0-7]{1,18})[ \0]*")
"""A number as nearly all writers have it, which is read at once."""


def checksum_fits(header: bytes) -> bool:
    """Return whether the checksum fits: POSIX adds unsigned bytes, some old writers signed ones."""
    blank = header[:148] + b" " * 8 + header[156:]
    wanted, unsigned = _octal(header[148:156]), sum(blank)
    return wanted == unsigned or wanted == unsigned - 256 * sum(byte > 127 for byte in blank)


def number(field: bytes) -> int | None:
    """Return a header's number: octal digits, or GNU's form for larger ones, a bit and 95 bits of base 256."""
    if not field[0] & 0x80:
        return _octal(field)
    found = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    return found if found < 10**_DIGITS else None  # a negative one has all of its first bits set


def name(header: bytes) -> str:
    """Return the name in a header, with the prefix that ustar has for longer ones."""
    # Schily's star has times behind a shorter prefix.
    end = 476 if header[508:512] == b"tar\0" else 500
    prefix = decoded(header[345:end].partition(b"\0")[0]) if header[257:263] == b"ustar\0" else ""
    own = decoded(header[:100].partition(b"\0")[0])
    return f"{prefix}/{own}" if prefix else own


def _octal(field: bytes) -> int | None:
    """Return an octal number between blanks and NULs; a field of nothing else is 0."""
    if usual := _USUAL.fullmatch(field):
        return int(usual[1], 8)
    text = field.strip(b" \0").partition(b"\0")[0]
    return parsed(text.decode("ascii", "replace"), 8) if text else 0


def parsed(text: str, base: int) -> int | None:
    """Return the number of a few digits, without sign, blank or underscore."""
    alphabet = "01234567" if base == 8 else "0123456789"
    if not text or len(text) > _DIGITS or text.strip(alphabet):
        return None
    return int(text, base)


def decoded(name: bytes) -> str:
    """Return a name, with bytes that aren't UTF-8 kept: names are bytes on Linux."""
    return name.decode("utf-8", "surrogateescape")


def records(body: bytes) -> dict[str, str] | None:
    """Return PAX records; None if they can't be read, or are of a sparse file, which GNU tar writes with them."""
    found: dict[str, str] = {}
    at = 0
    while at < len(body):
        length = body[at : at + _DIGITS + 1].partition(b" ")[0]
        end = at + (parsed(length.decode("ascii", "replace"), 10) or 0)
        key, equals, value = body[at + len(length) + 1 : end - 1].partition(b"=")
        if not equals or body[end - 1 : end] != b"\n" or key.startswith(b"GNU.sparse"):
            return None
        found[decoded(key)] = decoded(value)
        at = end
    return found
