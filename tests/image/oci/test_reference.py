"""The reference grammar of `kit`, behind kit://."""

import pytest
from kitserve_initializer.errors import InvalidReference
from kitserve_initializer.login import is_in_path
from kitserve_initializer.oci.reference import Reference, is_digest, parse

SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("kit://ghcr.io/team/model:v1", Reference("ghcr.io", "team/model", "v1")),
        ("ghcr.io/team/model:v1", Reference("ghcr.io", "team/model", "v1")),
        ("kit://ghcr.io/model", Reference("ghcr.io", "model", "latest")),
        ("kit://localhost:5000/a/b/c:1.0-rc_1", Reference("localhost:5000", "a/b/c", "1.0-rc_1")),
        ("kit://registry.ns.svc/a:1", Reference("registry.ns.svc", "a", "1")),
        ("kit://registry:5000/a:1", Reference("registry:5000", "a", "1")),
        ("kit://[::1]:5000/a:1", Reference("[::1]:5000", "a", "1")),
        ("kit://10.0.0.1/a:1", Reference("10.0.0.1", "a", "1")),
        (f"kit://ghcr.io/a@{SHA}", Reference("ghcr.io", "a", digest=SHA)),
        ("kit://ghcr.io/a:REPOSITORY", Reference("ghcr.io", "a", "REPOSITORY")),
        (f"kit://ghcr.io/a:v1@{SHA}", Reference("ghcr.io", "a", digest=SHA)),
        ("kit://ghcr.io/a__b/c--d/e.f:1", Reference("ghcr.io", "a__b/c--d/e.f", "1")),
    ],
)
def test_is_read(source: str, expected: Reference) -> None:
    assert parse(source) == expected


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "names no registry"),
        ("kit://", "names no registry"),
        ("kit://model:v1", "names no registry"),
        ("kit://host:5000", "names no registry"),
        ("kit://registry/team/model:1", "names no registry"),
        ("kit://localhost/model:1", "names no registry"),
        (SHA, "names no registry"),
        ("s3://bucket/model", "isn't a kit:// reference"),
        ("kit://kit://ghcr.io/a:1", "isn't a kit:// reference"),
        ("kit://ghcr.io/a:1,2", "several tags"),
        ("kit://ghcr.io/<model>:v1", "has a placeholder in it"),
        ("kit://<registry>/a:v1", "has a placeholder in it"),
        ("kit://ghcr.io/{model}:v1", "has a placeholder in it"),
        ("kit://ghcr.io/a:${TAG}", "has a placeholder in it"),
        ("kit://REGISTRY/REPOSITORY:TAG", "has a placeholder in it"),
        ("kit://ghcr.io/REPOSITORY:TAG", "has a placeholder in it"),
        ("kit://user@ghcr.io/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io:port/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io:65536/a:1", "isn't a registry's host[:port]"),
        ("kit://[::1::2]:5000/a:1", "isn't a registry's host[:port]"),
        ("kit://.ghcr.io/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io/Team/model:1", "must be in lower case"),
        ("kit://ghcr.io//model:1", "isn't a repository's name"),
        ("kit://ghcr.io/a/:1", "isn't a repository's name"),
        ("kit://ghcr.io/a/../b:1", "isn't a repository's name"),
        ("kit://ghcr.io/a b:1", "isn't a repository's name"),
        ("kit://ghcr.io/a?x=1", "isn't a repository's name"),
        ("kit://ghcr.io/:1", "isn't a repository's name"),
        ("kit://ghcr.io/a:", "isn't a tag"),
        ("kit://ghcr.io/a:-x", "isn't a tag"),
        ("kit://ghcr.io/a:v1\n", "isn't a tag"),
        ("kit://ghcr.io/a:" + "x" * 129, "isn't a tag"),
        ("kit://ghcr.io/a:v1:v2", "isn't a tag"),
        ("kit://ghcr.io/a@", "isn't a digest"),
        ("kit://ghcr.io/a@sha256:abc", "isn't a digest"),
        ("kit://ghcr.io/a@" + SHA.upper(), "isn't a digest"),
        ("kit://ghcr.io/a@crc32:00000000", "isn't a digest"),
        ("kit://ghcr.io/a@shake_128:00", "isn't a digest"),
        ("kit://ghcr.io/a@sha1:" + "0" * 40, "isn't a digest"),
        ("kit://ghcr.io/a@sha512:" + "0" * 64, "isn't a digest"),
        ("kit://ghcr.io#.evil.example.com/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io?.evil.example.com/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io%2f.evil.example.com/a:1", "isn't a registry's host[:port]"),
        ("kit://gh\u0441r.io/a:1", "isn't a registry's host[:port]"),
        ("kit://[fe80::1%25eth0]:5000/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io\\evil.example.com/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io:0x50/a:1", "isn't a registry's host[:port]"),
        ("kit://ghcr.io/%2e%2e/a:1", "isn't a repository's name"),
        ("kit://ghcr.io/a@md5:" + "0" * 32, "isn't a digest"),
    ],
)
def test_is_refused_with_a_reason(source: str, cause: str) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse(source)

    assert cause in caught.value.cause
    assert caught.value.hint


@pytest.mark.parametrize("text", ["kit://ghcr.io/team/model:v1", f"kit://ghcr.io/a@{SHA}"])
def test_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


WORD = "planted-p4ss"


@pytest.mark.parametrize(
    "source",
    [
        f"kit://user:{WORD}@ghcr.io/a:v1",
        f"user:{WORD}@ghcr.io/a:v1",
        f"kit://{WORD}@ghcr.io/a:v1",
        f"kit://user:{WORD}@ghcr.io/a@{SHA}",
        f"kit://user:a/{WORD}@ghcr.io/a:v1",
        f"kit://user:a@{WORD}@ghcr.io/a:v1",
        f"kit://user:a@b/{WORD}@ghcr.io/a:v1",
        f"kit://user:{WORD}@localhost:5000/a:v1",
        f"kit://user:{WORD}@localhost:5000",
        f"kit://user:{WORD}@ghcr",
        f"kit://user:x/{WORD}@localhost:5000",
        f"kit://user:{WORD}%40ghcr.io/a:v1",
        f"kit://user:{WORD}\uff20ghcr.io/a:v1",
        f"kit://user:{WORD}@ghcr.io/a:v1,v2",
        f"kit://user:{WORD}@ghcr.io/A:v1",
        f"kit://kit://user:{WORD}@ghcr.io/a:v1",
        f"https://user:{WORD}@ghcr.io/a:v1",
        f"kit://user:{WORD}@[::1]:5000/a",
        f"kit://user:\n{WORD}@ghcr.io/a:v1",
        f"kit://<user:{WORD}@ghcr.io>/a:v1",
    ],
)
def test_a_password_in_a_reference_is_refused_and_not_repeated(source: str) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse(source)

    assert WORD not in caught.value.cause + caught.value.hint
    assert is_in_path(source) or "://" not in source


@pytest.mark.parametrize(
    ("digest", "known"),
    [
        (SHA, True),
        ("sha384:" + "0" * 96, True),
        ("sha512:" + "0" * 128, True),
        ("sha512:" + "0" * 64, False),
        ("sha256:" + "0" * 63, False),
        ("sha256:" + "0" * 64 + "\n", False),
        ("sha256:" + "A" * 64, False),
        ("sha256:" + "\u0660" * 64, False),
        ("SHA256:" + "0" * 64, False),
        ("sha1:" + "0" * 40, False),
        ("md5:" + "0" * 32, False),
        ("crc32:00000000", False),
        ("shake_128:" + "0" * 64, False),
        ("blake2b:" + "0" * 128, False),
        ("sha3_256:" + "0" * 64, False),
        (":" + "0" * 64, False),
        ("0" * 64, False),
        ("", False),
    ],
)
def test_which_digests_are_known(digest: str, known: bool) -> None:
    """Those whose content nobody can make to fit."""
    assert is_digest(digest) is known
