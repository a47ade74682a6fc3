"""Content compared with its descriptor: every byte is counted and hashed before the stream ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve_initializer.errors import CorruptContent
from kitserve_initializer.log.amounts import apart, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Descriptor:
    """Content in a registry (OCI image-spec, descriptor.md): `size` in bytes, `digest` as algorithm:hex."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=dict, compare=False)


def digest_of(body: bytes, algorithm: str = "sha256") -> str:
    """Return the digest of `body`, as a descriptor spells it."""
    return f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"


def fallback_tag(digest: str) -> str:
    """Return the tag of the index that a registry without referrers has (distribution-spec, "Referrers Tag Schema")."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm[:32]}-{value[:64]}"


def check(body: bytes, digest: str, what: str) -> None:
    """Compare a body with its digest.

    Raises:
        CorruptContent: if they differ.
    """
    found = digest_of(body, digest.partition(":")[0])
    if found != digest:
        raise CorruptContent(f"{what} should be {digest} and is {found}")


def verified(chunks: Iterable[bytes], expected: Descriptor, what: str) -> Iterator[bytes]:
    """Yield the chunks, and compare size and digest before the end.

    Raises:
        CorruptContent: as soon as there are too many bytes, else instead of the end.
    """
    hasher = hashlib.new(expected.digest.partition(":")[0])
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > expected.size:
            raise CorruptContent(f"{what} {expected.digest} has more than its {size(expected.size)}")
        hasher.update(chunk)
        yield chunk
    if count < expected.size:
        has, due = apart(count, expected.size)
        raise CorruptContent(f"{what} {expected.digest} has {has} instead of {due}")
    found = f"{hasher.name}:{hasher.hexdigest()}"
    if found != expected.digest:
        raise CorruptContent(f"{what} should be {expected.digest} and is {found}")


def hashed(chunks: Iterable[bytes | memoryview], digest: str, what: str) -> Iterator[bytes | memoryview]:
    """Yield a layer's inflated chunks, and compare its diffID before the end.

    Raises:
        CorruptContent: instead of the end.
    """
    hasher = hashlib.new(digest.partition(":")[0])
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk
    found = f"{hasher.name}:{hasher.hexdigest()}"
    if found != digest:
        raise CorruptContent(
            f"{what} should be {digest} when uncompressed and is {found}",
            "the tool that packed it is at fault: pack and push the ModelKit again",
        )
