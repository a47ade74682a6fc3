"""A policy's verdict on a manifest in a real registry, in this process."""

import json
import logging
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self

import pytest
from kitserve_initializer.config.identity import Identity
from kitserve_initializer.errors import VerificationFailure
from kitserve_initializer.http import retry
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.tls import context
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.oci.reference import Reference
from kitserve_initializer.registry.client import Repository
from kitserve_initializer.registry.credential import ANONYMOUS
from kitserve_initializer.secret import Secret
from kitserve_initializer.trust.load import verifier

from tests.image.packing import file, layer, pack
from tests.parts.registry import Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey

Document = dict[str, Any]
WEIGHTS = layer(file("weights", b"w" * 1000))


def packed(registry: Registry) -> Artifact:
    """A ModelKit that nobody has signed, in a repository of its own."""
    made = pack(registry, WEIGHTS)
    return Artifact(registry, made.repository, made.digest)


def sign(artifact: Artifact, *keys: SigningKey) -> None:
    """Sign as cosign 3 does, for a registry with referrers or without."""
    entries = [
        bundles.attach(artifact, bundles.bundle(key, bundles.statement(artifact.digest))) for key in keys
    ]
    bundles.tag(artifact, entries)


def sign_by_tag(artifact: Artifact, *keys: SigningKey) -> None:
    """Sign as cosign 2 does."""
    claim = legacy.claim(artifact.digest, f"{artifact.registry.host}/{artifact.repository}")
    legacy.attach(artifact, [legacy.signed(key, claim) for key in keys])


def shown(key: SigningKey) -> str:
    """What sentences call a key."""
    return f"key sha256:{key.fingerprint[:16]}"


def rule(*keys: SigningKey, **settings: object) -> Document:
    """A rule for everything that wants a signature by one of these."""
    return {"references": ["**"], "keys": [key.public for key in keys], **settings}


def policy(*rules: Document, **settings: object) -> dict[str, str]:
    """The variable with a policy."""
    return {"KITSERVE_VERIFICATION": json.dumps({"rules": rules, **settings})}


@dataclass(frozen=True)
class Verdict:
    """How a manifest was judged: the failure, or None, and the lines that the log has by their event's name."""

    failure: VerificationFailure | None
    lines: dict[str, str]

    @property
    def code(self) -> int:
        """The exit code."""
        return self.failure.code if self.failure else 0

    @property
    def cause(self) -> str:
        """The sentence; empty if there is nothing to say."""
        return self.failure.cause if self.failure else ""


def judge(
    artifact: Artifact, *rules: Document, host: str = "", enforce: bool = False, **settings: object
) -> Verdict:
    """Judge an artifact by its digest; `host` is whom to ask instead of its registry."""
    text = policy(*rules, **settings)["KITSERVE_VERIFICATION"]
    judged = verifier(text, enforce=enforce, plain_http=True)
    assert judged
    reference = Reference(host or artifact.registry.host, artifact.repository, digest=artifact.digest)
    nobody = Secret("")
    transport = Transport(context(verify=False, told=Identity()), Proxies(nobody, nobody))
    repository = Repository(reference, transport, ANONYMOUS, plain_http=True)
    manifest = repository.manifest(reference.version)
    with _Lines() as lines:
        try:
            judged.verify(reference, repository, manifest)
        except VerificationFailure as failure:
            return Verdict(failure, lines.found)
    return Verdict(None, lines.found)


class _Lines(logging.Handler):
    """The log's lines while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        told = vars(record)
        self.found[told["event"].name] = told["event"].message(told["fields"])

    def __enter__(self) -> Self:
        self._log = logging.getLogger("kitserve_initializer")
        self._log.setLevel(logging.INFO)
        self._log.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self)


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever tries again wait no real time."""
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
