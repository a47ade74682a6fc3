"""The verifier of a run; only a run with a policy loads this module, and what it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.trust.rules import policy_document
from kitserve_initializer.trust.rules.policy import Policy
from kitserve_initializer.trust.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve_initializer.trust.judgement import Judgement


def verifier(
    text: str, *, enforce: bool, plain_http: bool, tell: Callable[[Judgement], None] | None = None
) -> Verifier | None:
    """Return what verifies by KITSERVE_VERIFICATION; None if that asks for nothing.

    With `enforce` the service demands that every rule is enforced, and that one is for its ModelKits. `tell`
    gets each judgement; without it the log does.

    Raises:
        InvalidEnvironment: if the policy can't be used.
    """
    policy = policy_document.read(text) if text else Policy()
    policy = policy.tightened() if enforce else policy
    return None if policy == Policy() else Verifier(policy, plain_http=plain_http, tell=tell)
