"""The rows of the table about signatures: what a policy with a key adds to a start, in time and in requests."""

import json
import sys
from collections.abc import Iterator

from tests.bench.measure import Command, seconds
from tests.bench.report import Row
from tests.image.packing import file, layer, pack
from tests.parts.registry import Registry
from tests.parts.signing import bundles, legacy
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey, new_key

_RUNS = 15
"""The difference of two short times needs more of them than a ratio of long ones."""

_SECONDS, _REQUESTS = 0.15, 4


def rows(registry: Registry, environment: dict[str, str]) -> Iterator[Row]:
    """Measure, form by form, on a registry without referrers: with them a bundle costs a request less."""
    key = new_key()
    for form, sign in (("in a bundle", _bundle), ("by a tag", _tagged)):
        made = pack(registry, layer(file("weights", b"w" * 1000)))
        sign(key, Artifact(registry, made.repository, made.digest))
        without, verified = _command(made.uri, ""), _command(made.uri, _policy(key))
        took = seconds((without, verified), environment, _RUNS)
        more = took[1] - took[0]
        told = f"{took[1]:.3f} s, without a policy {took[0]:.3f} s"
        yield Row(f"a key's signature {form}, added to a start", _SECONDS, more, "s", told)
        asked = [_requests(registry, each, environment) for each in (without, verified)]
        yield Row(f"requests for it {form}", _REQUESTS, asked[1] - asked[0], "")


def _command(source: str, policy: str) -> Command:
    words = ["env", f"KITSERVE_VERIFICATION={policy}", sys.executable, "-m", "kitserve_initializer", source]
    return lambda folder: [*words, str(folder)]


def _policy(key: SigningKey) -> str:
    return json.dumps({"rules": [{"references": ["**"], "keys": [key.public]}]})


def _requests(registry: Registry, command: Command, environment: dict[str, str]) -> int:
    before = len(registry.accesses())
    seconds([command], environment, 1)
    return len(registry.accesses()) - before


def _bundle(key: SigningKey, artifact: Artifact) -> None:
    bundle = bundles.bundle(key, bundles.statement(artifact.digest))
    bundles.tag(artifact, [bundles.attach(artifact, bundle)])


def _tagged(key: SigningKey, artifact: Artifact) -> None:
    claim = legacy.claim(artifact.digest, f"{artifact.registry.host}/{artifact.repository}")
    legacy.attach(artifact, [legacy.signed(key, claim)])
