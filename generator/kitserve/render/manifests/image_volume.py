"""Names of the images that `kitserve image` makes of ModelKits; the chart's twin is _imagevolume.tpl.

A name depends on the reference and on what chooses the files, so nothing asks a registry for it.
"""

from __future__ import annotations

import hashlib
import re

SCHEME = "kit://"
NATIVE = "oci+native://"
"""KServe's scheme for images that a node mounts as volumes."""

_LONGEST_TAG = 128
_CHOICE_DIGITS = 10
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_PORT = r":[0-9]{1,5}"
_HOST = rf"(?:\[[0-9a-fA-F:]+\](?:{_PORT})?|{_LABEL}(?:\.{_LABEL})*{_PORT}|{_LABEL}(?:\.{_LABEL})+)"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}"
# The grammar of the initializer (image/kitserve_initializer/oci/reference.py), and of it the hosts that a container
# runtime accepts in an image's reference (github.com/distribution/reference, regexp.go).
_REFERENCE = re.compile(
    rf"{SCHEME}({_HOST}/{_COMPONENT}(?:/{_COMPONENT})*)(?:(?::{_TAG})?@({_DIGEST})|:({_TAG}))?"
)

_IMAGE = re.compile(
    rf"/[^/:@]+:(?:sha256-([0-9a-f]{{64}})|{_TAG})\.image(?:-[0-9a-f]{{{_CHOICE_DIGITS}}})?(?:@{_DIGEST})?\Z"
)


def image(uri: str, layout: str = "", filters: str = "", labels: str = "") -> str:
    """Return `HOST/REPOSITORY:TAG` of the image for a `kit://` URI; nothing if the URI can't have one.

    `layout` is `kit` or `model`, and empty as `kit`; `filters` and `labels` are words with one space between them.
    """
    found = _REFERENCE.fullmatch(uri)
    if not found:
        return ""
    repository, digest, tag = found.groups(default="")
    return f"{repository}:{_tag(digest.replace(':', '-') or tag or 'latest', layout, filters, labels)}"


def is_image(reference: str) -> bool:
    """Return whether an image has a name that `image` gives; nothing else tells a ModelKit's from others."""
    return bool(_IMAGE.search(reference))


def digest_of(reference: str) -> str:
    """Return the digest of the ModelKit in the name of its image; empty if the image is named by a tag."""
    found = _IMAGE.search(reference)
    return f"sha256:{found[1]}" if found and found[1] else ""


def _tag(version: str, layout: str, filters: str, labels: str) -> str:
    """Return the image's tag. A bare `sha256-HEX` would be the fallback tag of the referrers API (OCI distribution)."""
    tag = f"{version}.image"
    if layout == "model" or filters or labels:
        choice = f"{layout or 'kit'}\n{filters}\n{labels}"
        tag += f"-{_sha256(choice)[:_CHOICE_DIGITS]}"
    return tag if len(tag) <= _LONGEST_TAG else f"{_sha256(tag)}.image"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
