"""The grammar of an image's reference, as a kubelet reads it (github.com/distribution/reference)."""

import re
from typing import NamedTuple

from kitserve.check.initializer import Fault
from kitserve.forms import placeholder

_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_DIGEST = r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>{_DIGEST}))?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_LONGEST_PATH = 255
_PINNED = re.compile(
    r"(?:sha(?:256|384|512)-[0-9a-f]{64,128}\.image(?:-[0-9a-f]{10})?|[0-9a-f]{64}\.image)\Z"
)
_OWN = re.compile(r".+\.image(?:-[0-9a-f]{10})?\Z")
_WHOLE = "HOST/REPOSITORY:TAG, or HOST/REPOSITORY@sha256: and 64 hexadecimal digits"


class Image(NamedTuple):
    """The parts of a reference; tag and digest may be empty."""

    name: str
    tag: str
    digest: str

    @property
    def is_pinned(self) -> bool:
        """Whether the reference always names one model: by a digest, or by a tag made of a ModelKit's digest."""
        return bool(self.digest) or _PINNED.match(self.tag) is not None

    @property
    def is_of_a_modelkit(self) -> bool:
        """Whether the tag is one that `kitserve image` gives."""
        return _OWN.match(self.tag) is not None


def parse(reference: str) -> Image | None:
    """Return the parts of a reference; None for one that no kubelet can read (ParseNormalizedNamed)."""
    found = _REFERENCE.fullmatch(reference)
    if not found or _IDENTIFIER.fullmatch(reference):
        return None
    first, slash, rest = found["name"].partition("/")
    has_host = bool(slash) and (
        first == "localhost" or first != first.lower() or bool(set(first) & set(".:["))
    )
    if len(rest if has_host else found["name"]) > _LONGEST_PATH:
        return None
    return Image(found["name"], found["tag"] or "", found["digest"] or "")


def fault(reference: str) -> Fault | None:
    """Return what is wrong with a reference, and what to do about it; None if nothing is."""
    if not reference:
        return Fault("names no image", _WHOLE)
    if parse(reference):
        return None
    if "://" in reference:
        return Fault("an image's reference has no scheme", _WHOLE)
    if "@" in reference and parse(reference.partition("@")[0]):
        return Fault("the digest isn't a whole one", "sha256: and 64 hexadecimal digits in lower case")
    if parse(reference.lower()):
        return Fault("an image's repository is in lower case", "write it in lower case")
    return Fault("no node can read this as an image's reference", placeholder(reference) or _WHOLE)
