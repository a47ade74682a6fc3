"""A reader of patterns that builds the same tree as Go."""

import re

from kitserve.check.object_rules.go_regexp import unicode_classes
from kitserve.check.object_rules.go_regexp.tree import Kind, Tree, UnreadableError

_MAX_REPEAT = 1000
_GROUP = re.compile(r"\?(?:P?<(\w+)>|[imsU]*(?:-[imsU]+)?([:)]))", re.ASCII)
_NUMBER = "(0|[1-9][0-9]*)"
_REPEAT = re.compile(rf"\{{{_NUMBER}(,{_NUMBER}?)?\}}")
_OPERATORS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_CLASS_NAME = re.compile(
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
)
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|x\{0*[0-9A-Fa-f]{1,6}\}|[1-7][0-7]{1,2}|0[0-7]{0,2}|[afnrtv])")
_ASSERTIONS = "AbBz"
_RANGE = 2
"""The number of ends of a range of characters."""


class Reader:
    """A pattern, and the position in it."""

    def __init__(self, text: str, tree: Tree | None = None) -> None:
        self._text, self._at = text, 0
        self._tree = tree or Tree()
        self._last_class_name = text.rfind(":]")

    def read(self) -> None:
        """Read the whole pattern. Raises UnreadableError."""
        repeated = False
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "*+?{" and (repetition := self._repetition(char)):
                self._repeat(*repetition, repeated=repeated)
                repeated = True
            else:
                repeated = False
                self._part(char)
        if self._tree.depth:
            raise UnreadableError("a `(` isn't closed")
        self._tree.end()

    def _part(self, char: str) -> None:
        """Read the part at this position, which isn't a repetition."""
        if char == "(":
            self._group()
        elif char == ")":
            if not self._tree.depth:
                raise UnreadableError("a `)` closes nothing")
            self._tree.close()
            self._at += 1
        elif char == "|":
            self._tree.bar()
            self._at += 1
        elif char == "[":
            start = self._at
            runes = self._class()
            self._tree.add(Kind.CLASS, runes, self._text[start : self._at])
        elif char == "\\":
            self._escape()
        else:
            self._tree.add(
                Kind.OTHER if char in "^$" else Kind.CLASS if char == "." else Kind.LITERAL, 1, char
            )
            self._at += 1

    def _repetition(self, char: str) -> tuple[int, int | None, int] | None:
        """Return the least and greatest count of a repetition, and its end; None if the brace is a character."""
        if char in _OPERATORS:
            return (*_OPERATORS[char], self._at + 1)
        found = _REPEAT.match(self._text, self._at) if char == "{" else None
        if found is None:
            return None
        low = _bounded(found[1])
        high = low if found[2] is None else _bounded(found[3]) if found[3] else None
        return low, high, found.end()

    def _repeat(self, low: int, high: int | None, end: int, *, repeated: bool) -> None:
        if low > _MAX_REPEAT or (high is not None and not low <= high <= _MAX_REPEAT):
            raise UnreadableError("more repetitions than 1000, or fewer at most than at least")
        if repeated:
            raise UnreadableError("a repetition of a repetition, such as `**` or `++`")
        if not self._tree.has_operand:
            raise UnreadableError("a repetition of nothing")
        self._tree.repeat(low, high)
        self._at = end + self._text.startswith("?", end)

    def _group(self) -> None:
        """Read the beginning of a group, or flags for the rest."""
        self._at += 1
        if not self._text.startswith("?", self._at):
            self._tree.open(captures=True)
            return
        found = _GROUP.match(self._text, self._at)
        if not found:
            raise UnreadableError("look-around, or another group that RE2 doesn't have")
        self._at = found.end()
        if found[2] != ")":
            self._tree.open(captures=bool(found[1]))

    def _escape(self) -> None:
        if self._text.startswith(r"\Q", self._at):
            self._quoted()
        elif self._text[self._at + 1 : self._at + 2] in (*_ASSERTIONS,):
            self._tree.add(Kind.OTHER, 1, self._text[self._at : self._at + 2])
            self._at += 2
        else:
            start = self._at
            runes = self._class_escape()
            is_one = _code_point(self._text[start + 1 : self._at]) is not None
            self._tree.add(Kind.LITERAL if is_one else Kind.CLASS, runes, self._text[start : self._at])

    def _quoted(self) -> None:
        r"""Read the characters between `\Q` and `\E`, or to the end."""
        end = self._text.find(r"\E", self._at)
        last = len(self._text) if end < 0 else end
        for at in range(self._at + 2, last):
            self._tree.add(Kind.LITERAL, 1, self._text[at])
        self._at = last if end < 0 else end + 2

    def _class_escape(self) -> int:
        """Read the escape of a character or a class, and return the number of its ranges' ends."""
        if self._text[self._at + 1 : self._at + 2] in ("p", "P"):
            return self._unicode_class()
        if found := _ESCAPE.match(self._text, self._at):
            if found[0].startswith(r"\x{") and int(found[0][3:-1], 16) > 0x10FFFF:
                raise UnreadableError("a character past U+10FFFF")
            self._at = found.end()
            return 1
        escaped = self._text[self._at + 1 : self._at + 2]
        if not escaped or escaped.isdecimal():
            raise UnreadableError("a backreference, or a lone backslash at the end")
        if escaped not in "dDsSwW" and (escaped.isalnum() or not escaped.isascii()):
            raise UnreadableError(f"the escape `\\{escaped}`")
        self._at += 2
        return _RANGE

    def _unicode_class(self) -> int:
        r"""Read `\pL`, `\p{Greek}` or `\P{^Greek}`, and return the number of its ranges' ends."""
        start = self._at + 2
        braced = self._text.startswith("{", start)
        end = self._text.find("}", start) if braced else start + 1
        name = self._text[start + braced : max(end, start)].removeprefix("^")
        if (runes := unicode_classes.runes(name)) is None:
            raise UnreadableError("a Unicode property that Go doesn't know")
        self._at = end + braced
        return runes

    def _class(self) -> int:
        """Read a class in brackets, and return the number of its ranges' ends."""
        self._at += 1
        self._at += self._text.startswith("^", self._at)
        runes, first = 0, True
        while first or not self._text.startswith("]", self._at):
            first = False
            if self._at >= len(self._text):
                raise UnreadableError("a `[` isn't closed")
            runes += self._named_class() or self._class_item()
        self._at += 1
        return runes

    def _named_class(self) -> int:
        """Read a class such as `[:alpha:]`; 0 if none begins here. For Go one begins wherever a `:]` follows."""
        if not self._text.startswith("[:", self._at) or self._last_class_name < self._at + 2:
            return 0
        found = _CLASS_NAME.match(self._text, self._at)
        if not found:
            raise UnreadableError("a class of characters that Go doesn't know")
        self._at = found.end()
        return _RANGE

    def _class_item(self) -> int:
        """Read a character, a range, or an escape of several characters."""
        low, runes = self._one()
        after = self._text[self._at : self._at + 2]
        if low is not None and after.startswith("-") and after not in {"-]", "-"}:
            self._at += 1
            high, _ = self._one()
            if high is None or high < low:
                raise UnreadableError("a range of characters the wrong way round")
        return runes

    def _one(self) -> tuple[int | None, int]:
        """Read one character of a class, None for an escape of several, and the number of its ranges' ends."""
        start = self._at
        if self._text[start] != "\\":
            self._at += 1
            return ord(self._text[start]), _RANGE
        runes = self._class_escape()
        return _code_point(self._text[start + 1 : self._at]), runes


def _bounded(digits: str) -> int:
    """Return a number of repetitions; one with too many digits only counts as too large."""
    return int(digits) if len(digits) <= len(str(_MAX_REPEAT)) else _MAX_REPEAT + 1


def _code_point(escape: str) -> int | None:
    if escape[0] in "dDsSwWpP":
        return None
    if escape[0] == "x" and len(escape) > 1:
        return int(escape[1:].strip("{}"), 16)
    if escape.isdecimal():
        return int(escape, 8)
    return {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}.get(escape, ord(escape[0]))
