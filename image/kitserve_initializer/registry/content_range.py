"""Which part of a blob an answer holds (RFC 9110, 14.4), read as leniently as the digest of the whole allows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve_initializer.errors import CorruptContent, RegistryError
from kitserve_initializer.log.amounts import apart

if TYPE_CHECKING:
    from kitserve_initializer.http.answer import Answer

_CONTENT_RANGE = re.compile(r"bytes[ =]+([0-9]{1,18})-[0-9]{1,18}/(?:[0-9]{1,18}|\*)", re.IGNORECASE)


def begin(answer: Answer, asked: int, due: int, name: str, *, may_be_whole: bool) -> int:
    """Return the offset of an answer's first byte: `asked`, or 0 if it holds the whole blob and may.

    `due` is how many bytes the blob has from `asked` on. A 200 with Content-Range is a part too
    (dragonflyoss/client#1874), and a 206 without one is what was asked for if it has that length.

    Raises:
        RegistryError: if it begins elsewhere, or doesn't say where.
    """
    told = answer.one("Content-Range")
    found = _CONTENT_RANGE.fullmatch(told)
    fits = answer.status == 206 and not told and answer.one("Content-Length") == str(due)
    if fits or (found and int(found[1]) == asked):
        return asked
    if answer.status == 206:
        raise RegistryError(f"{answer.host} answers with another range than asked for of {name}")
    if not may_be_whole:
        raise RegistryError(f"{answer.host} sends all of {name} instead of a range")
    return 0


def check_length(answer: Answer, due: int, name: str, *, is_part: bool) -> None:
    """Refuse an answer whose length isn't `due`; a part may be shorter, and the rest is asked for then.

    Raises:
        CorruptContent: if the registry has other bytes.
    """
    length = int(answer.one("Content-Length") or due)
    if length > due or (length < due and not is_part):
        has, promised = apart(length, due)
        raise CorruptContent(f"{name} has {has} in the registry instead of {promised}")
