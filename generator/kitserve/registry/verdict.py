"""What a policy on signatures says of a ModelKit."""

from dataclasses import dataclass
from typing import Literal

Result = Literal["verified", "allowed", "refused", "unknown"]
"""verified: every rule that applies is met, and each manifest has one that wants a signature. allowed: the policy lets
it pass all the same. refused: the initializer would end. unknown: the registry doesn't say."""


@dataclass(frozen=True)
class Fault:
    """Why the initializer would end: the name of its error, its exit code, one sentence, and what to do about it."""

    name: str
    code: int
    cause: str
    hint: str


@dataclass(frozen=True)
class RuleVerdict:
    """What the rule with this number, from 0 on, says of a manifest.

    `wanted` are the keys and identities of which `required` must have signed, `signed` those that have, and `made_for`
    the repositories that their signatures name instead of the manifest's. `fault` is why the rule isn't met.
    """

    rule: int
    mode: str
    formats: str
    wanted: tuple[str, ...]
    required: int
    signed: tuple[str, ...]
    made_for: tuple[str, ...]
    refuses: bool
    fault: Fault | None


@dataclass(frozen=True)
class ManifestVerdict:
    """What the rules say of a manifest: the ModelKit's, an index's, that of its chosen entry, or a parent's."""

    reference: str
    digest: str
    rules: tuple[RuleVerdict, ...]


@dataclass(frozen=True)
class Verdict:
    """What the policy says of all that a reference leads to, as far as the initializer would get.

    `unmatched` is what happens to a manifest that no rule is for.
    """

    reference: str
    unmatched: str
    result: Result
    manifests: tuple[ManifestVerdict, ...]
    fault: Fault | None
