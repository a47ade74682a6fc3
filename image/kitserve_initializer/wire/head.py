"""The head of an answer, read whole and parsed by ourselves: http.client is stricter than registries and proxies are.

http.client refuses more than 100 headers and lines of more than 64 KiB (python/cpython#131724), drops what follows a
line that isn't a header, and takes the first of two lengths. What is right here is what Go's clients and curl accept;
pace.py bounds the bytes.
"""

from __future__ import annotations

import re
from http.client import BadStatusLine, HTTPMessage, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.wire.pace import HeadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedIOBase

FIELDS = 10_000
"""Headers of an answer."""

_STATUS = re.compile(r"HTTP/(1\.\d+)[ \t]+([1-9]\d\d)(?:[ \t](.*))?", re.DOTALL)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NUMBER = re.compile(r"[0-9]{1,18}")
_TLS_RECORD = re.compile(rb"[\x14-\x17]\x03[\x00-\x04]")
_BLANK = (b"\r\n", b"\n")

Field = tuple[str, str]
"""Name and value; bytes of any kind are the latin-1 text of them."""


class TlsAnswerError(BadStatusLine):
    """What answers speaks TLS."""


class Head(NamedTuple):
    """A status line and the headers below it, in their order; `version` is 1.0 or 1.1."""

    version: str
    status: int
    reason: str
    fields: list[Field]

    @property
    def is_interim(self) -> bool:
        """Whether the final answer is still to come (RFC 9110, 15.2); 101 is none of ours, and is final."""
        return self.status < 200 and self.status != 101

    @property
    def message(self) -> HTTPMessage:
        """All headers, with at most one length: none of a chunked body (RFC 9112, 6.3)."""
        made = HTTPMessage()
        for name, value in self.fields:
            if name.lower() != "content-length":
                made[name] = value
        if length := self._length():
            made["Content-Length"] = length
        return made

    @property
    def framing(self) -> bytes:
        """A head of those headers alone that say where the body ends, each once, for http.client.

        Raises:
            HeadError: if they contradict each other.
        """
        lines = [f"HTTP/{self.version} {self.status} x", f"Connection: {self._connection()}"]
        if self._is_chunked():
            lines.append("Transfer-Encoding: chunked")
        elif length := self._length():
            lines.append(f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode()

    def _words(self, name: str) -> list[str]:
        """Return the parts of a header that may be a list, in lower case."""
        values = [value for each, value in self.fields if each.lower() == name]
        return [word.strip().lower() for value in values for word in value.split(",") if word.strip()]

    def _length(self) -> str:
        words = [] if self._is_chunked() else self._words("content-length")
        if not all(map(_NUMBER.fullmatch, words)):
            raise HeadError("a Content-Length that is no number")
        if len(found := set(map(int, words))) > 1:
            raise HeadError("several Content-Length headers that differ")
        return str(found.pop()) if found else ""

    def _is_chunked(self) -> bool:
        words = set(self._words("transfer-encoding")) - {"identity"}
        if words - {"chunked"}:
            raise HeadError("a Transfer-Encoding other than chunked")
        return bool(words)

    def _connection(self) -> str:
        words = self._words("connection") + self._words("proxy-connection")
        if "close" in words:
            return "close"
        return "keep-alive" if self.version != "1.0" or "keep-alive" in words else "close"


def read_head(stream: BufferedIOBase) -> Head:
    """Read a head up to the empty line that ends it.

    Raises:
        RemoteDisconnected, IncompleteRead: if the connection ends before.
        BadStatusLine: if it isn't HTTP, a TlsAnswerError if it is TLS.
        HeadError: if it has too many headers.
    """
    first = _first_line(stream)
    match = _STATUS.fullmatch(_text(first))
    if not match:
        raise (TlsAnswerError if _TLS_RECORD.match(first) else BadStatusLine)("no status line")
    version = "1.0" if match[1] == "1.0" else "1.1"
    return Head(version, int(match[2]), match[3] or "", _fields(_lines(stream)))


def _first_line(stream: BufferedIOBase) -> bytes:
    # An empty line too many behind the body before it is no answer.
    while (line := stream.readline()) in _BLANK:
        pass
    if not line:
        raise RemoteDisconnected("closed without an answer")
    return line


def _lines(stream: BufferedIOBase) -> Iterator[bytes]:
    while (line := stream.readline()) not in _BLANK:
        if not line.endswith(b"\n"):
            raise IncompleteRead(line)
        yield line


def _fields(lines: Iterable[bytes]) -> list[Field]:
    """Return the headers; a line that begins with a blank continues the one before (RFC 9112, 5.2)."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        name, colon, value = _text(line).partition(":")
        if line[:1] in b" \t":
            if found:
                found[-1][1].append(_text(line).strip(" \t"))
        elif colon and _NAME.fullmatch(name.rstrip(" \t")):
            found.append((name.rstrip(" \t"), [value.strip(" \t")]))
        if len(found) > FIELDS:
            raise HeadError(f"more than {FIELDS} headers")
    return [(name, " ".join(parts)) for name, parts in found]


def _text(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("latin-1")
