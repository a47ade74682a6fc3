r"""Which regular expressions Go reads (regexp/syntax of Go 1.26): RE2 with Perl's flags, as `regexp.Compile` has it.

Python's `re` is no judge: it has look-around and backreferences, and lacks `\z`, `\pL`, `[[:alpha:]]` and `\Q...\E`.
"""

import re
import unicodedata
from functools import cache

_MAX_REPEAT = 1000
_LONG = 9
"""Digits that Go doesn't read as a number either."""
_GROUP = re.compile(r"\?(?:P?<(\w+)>|[imsU]*(?:-[imsU]+)?([:)]))")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_CLASS_NAME = re.compile(
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
)
_OTHER_CLASS_NAME = re.compile(r"\[:\^?\w*:\]")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,8}\}|[1-7][0-7]{1,2}|0[0-7]{0,2}|[afnrtv])")
_ASSERTIONS = "AbBz"
_PROPERTY = re.compile(r"\\[pP](?:\{\^?(\w+)\}|(\w))")


class _UnreadableError(Exception):
    pass


def fault(pattern: str) -> str:
    """What keeps Go from compiling a pattern, in words; empty where nothing does."""
    try:
        _Reader(pattern).read()
    except _UnreadableError as error:
        return str(error)
    return ""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def read(self) -> None:
        depth, operand, repeated = 0, False, False
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "*+?" or (char == "{" and _REPEAT.match(self._text, self._at)):
                self._repeat(operand=operand, repeated=repeated)
                repeated = True
                continue
            repeated = False
            if char == "(":
                opened = self._group()
                depth, operand = depth + opened, not opened and operand
            elif char == ")":
                depth, operand = depth - 1, True
                self._at += 1
                if depth < 0:
                    raise _UnreadableError("a `)` closes nothing")
            elif char == "|":
                operand = False
                self._at += 1
            else:
                operand = True
                self._atom(char)
        if depth:
            raise _UnreadableError("a `(` isn't closed")

    def _repeat(self, *, operand: bool, repeated: bool) -> None:
        if not operand:
            raise _UnreadableError("a repetition of nothing")
        if repeated:
            raise _UnreadableError("a repetition of a repetition, such as `**` or `++`")
        if found := _REPEAT.match(self._text, self._at):
            low = _count(found[1])
            top = _count(found[2]) if found[2] else low
            if max(low, top) > _MAX_REPEAT or top < low:
                raise _UnreadableError("more repetitions than 1000, or fewer at most than at least")
            self._at = found.end()
        else:
            self._at += 1
        self._at += self._text.startswith("?", self._at)

    def _group(self) -> bool:
        """Whether a group was opened, and not only flags set."""
        self._at += 1
        if not self._text.startswith("?", self._at):
            return True
        found = _GROUP.match(self._text, self._at)
        if not found:
            raise _UnreadableError("look-around, or another group that RE2 doesn't have")
        if found[1] and not found[1].isascii():
            raise _UnreadableError("a group's name that isn't ASCII")
        self._at = found.end()
        return found[2] != ")"

    def _atom(self, char: str) -> None:
        if char == "[":
            self._class()
        elif char == "\\":
            self._escape()
        else:
            self._at += 1

    def _escape(self) -> None:
        if self._text.startswith(r"\Q", self._at):
            end = self._text.find(r"\E", self._at)
            self._at = len(self._text) if end < 0 else end + 2
        elif self._text[self._at + 1 : self._at + 2] in (*_ASSERTIONS,):
            self._at += 2
        else:
            self._class_escape()

    def _class_escape(self) -> None:
        if found := _PROPERTY.match(self._text, self._at):
            if not _is_property(found[1] or found[2]):
                raise _UnreadableError("a Unicode property that Go doesn't know")
            self._at = found.end()
        elif found := _ESCAPE.match(self._text, self._at):
            if found[0].startswith(r"\x{") and int(found[0][3:-1], 16) > 0x10FFFF:
                raise _UnreadableError("a character past U+10FFFF")
            self._at = found.end()
        else:
            escaped = self._text[self._at + 1 : self._at + 2]
            if not escaped or escaped.isdecimal():
                raise _UnreadableError("a backreference, or a lone backslash at the end")
            if escaped not in "dDsSwW" and (escaped.isalnum() or not escaped.isascii()):
                raise _UnreadableError(f"the escape `\\{escaped}`")
            self._at += 2

    def _class(self) -> None:
        self._at += 1
        self._at += self._text.startswith("^", self._at)
        first = True
        while first or not self._text.startswith("]", self._at):
            first = False
            if self._at >= len(self._text):
                raise _UnreadableError("a `[` isn't closed")
            if found := _CLASS_NAME.match(self._text, self._at):
                self._at = found.end()
                continue
            if _OTHER_CLASS_NAME.match(self._text, self._at):
                raise _UnreadableError("a class of characters that Go doesn't know")
            low = self._one()
            after = self._text[self._at : self._at + 2]
            if low is not None and after.startswith("-") and after not in {"-]", "-"}:
                self._range(low)
        self._at += 1

    def _range(self, low: int) -> None:
        self._at += 1
        high = self._one()
        if high is None or high < low:
            raise _UnreadableError("a range of characters the wrong way round")

    def _one(self) -> int | None:
        """One character of a class; None for an escape of several."""
        start = self._at
        if self._text[start] != "\\":
            self._at += 1
            return ord(self._text[start])
        self._class_escape()
        return _code_point(self._text[start + 1 : self._at])


def _count(digits: str) -> int:
    """A number of repetitions, or one that is too large."""
    return int(digits) if len(digits) < _LONG else _MAX_REPEAT + 1


def _code_point(escape: str) -> int | None:
    if escape[0] in "dDsSwWpP":
        return None
    if escape[0] == "x" and len(escape) > 1:
        return int(escape[1:].strip("{}"), 16)
    if escape.isdecimal():
        return int(escape, 8)
    return {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}.get(escape, ord(escape[0]))


def _is_property(name: str) -> bool:
    """Go has the general categories and the scripts, whose names Python's character names begin with."""
    if name in {"Any", "C", "L", "M", "N", "P", "S", "Z"}:
        return True
    return name in _categories() or (name[:1].isupper() and name.isascii() and len(name) > 2)


@cache
def _categories() -> frozenset[str]:
    return frozenset(unicodedata.category(chr(point)) for point in range(0x3000))
