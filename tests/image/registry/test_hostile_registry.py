"""Whatever a registry answers, a run ends with a cause that isn't a bug of ours, and nothing is left."""

import pytest

from tests.image.answering import Answering
from tests.image.initializer import Initializer, listing
from tests.image.packing import file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

BUG, NOT_FOUND, REGISTRY_ERROR = 1, 12, 14

ANSWERS = {
    "Retry-After of many digits": Fault(status=503, headers={"Retry-After": "9" * 5000}),
    "Retry-After beyond the calendar": Fault(
        status=503, headers={"Retry-After": "Mon, 01 Jan 99999999999 00:00:00 GMT"}
    ),
    "digest of no algorithm": Fault(headers={"Docker-Content-Digest": "crc:1"}),
    "digest without a length": Fault(headers={"Docker-Content-Digest": "shake_128:00"}),
    "digest of nothing": Fault(headers={"Docker-Content-Digest": ":"}),
    "digest of something else": Fault(headers={"Docker-Content-Digest": "sha256:" + "0" * 64}),
    "realm that is no URL": Fault(status=401, headers={"WWW-Authenticate": 'Bearer realm="http://[x/"'}),
    "realm without a host": Fault(status=401, headers={"WWW-Authenticate": 'Bearer realm="http://"'}),
    "realm with a port that is none": Fault(
        status=401, headers={"WWW-Authenticate": 'Bearer realm="http://localhost:99999/"'}
    ),
    "realm of itself": Fault(
        status=401, headers={"WWW-Authenticate": 'Bearer realm="http://localhost:1/x?y#z"'}
    ),
    "challenge of another kind": Fault(status=401, headers={"WWW-Authenticate": "Negotiate " + "9" * 60_000}),
    "redirect to no URL": Fault(status=307, headers={"Location": "http://[x/"}),
    "redirect to nowhere": Fault(status=307, headers={"Location": ""}),
    "redirect to a file": Fault(status=307, headers={"Location": "file:///etc/passwd"}),
    "redirect to a port that is none": Fault(status=307, headers={"Location": "http://localhost:99999/"}),
    "partial content unasked for": Fault(status=206),
    "no content": Fault(status=204, cut=0),
    "length that is no number": Fault(headers={"Content-Length": "x"}),
    "length that is negative": Fault(headers={"Content-Length": "-1"}),
    "an encoding that isn't there": Fault(headers={"Transfer-Encoding": "chunked"}),
    "a header that is too long": Fault(headers={"X": "x" * 600_000}),
}
HARMLESS = {
    "digest of no algorithm",
    "digest without a length",
    "digest of nothing",
    "digest of something else",
    "length that is no number",
    "length that is negative",
}
"""Answers with the right bytes: of those a run may make a model, or not."""


@pytest.mark.parametrize("part", ["/manifests/", "/blobs/"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_makes_no_sense(
    registry: Registry, initializer: Initializer, part: str, name: str
) -> None:
    made = pack(registry, layer(file("weights")))
    with Proxy(registry.url, lambda path: ANSWERS[name] if part in path else None) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert run.exit != BUG, run.stderr
    assert "Traceback" not in run.everything
    if run.exit:
        assert f"ERROR {run.termination.strip()}" in run.stderr
        assert listing(initializer.folder).keys() == {"termination-log"}
    else:
        assert name in HARMLESS
        assert (initializer.destination / "weights").read_bytes() == b"content"


def test_answers_nested_without_end(initializer: Initializer) -> None:
    """JSON within JSON within JSON, as a token and as the reason for a failure."""
    nested = b"[" * 50_000
    with Answering(b"HTTP/1.1 200 OK\r\n\r\n" + nested) as tokens:
        challenge = (
            f'HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer realm="http://{tokens}/"'
        )
        with Answering(challenge.encode() + b"\r\n\r\n") as host:
            asked = initializer(f"kit://{host}/a/b:v1")
    with Answering(b"HTTP/1.1 404 No\r\n\r\n" + nested) as host:
        refused = initializer(f"kit://{host}/a/b:v1")

    assert asked.exit == REGISTRY_ERROR, asked.stderr
    assert "answers something else than JSON" in asked.last_line
    assert refused.exit == NOT_FOUND, refused.stderr
