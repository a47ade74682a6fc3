"""The policy on signatures as the initializer reads it; the chart's twin is _verification.tpl."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import present
from kitserve.values.view import given

if TYPE_CHECKING:
    from kitserve.values.types import Verification, VerificationRule

# The kubelet expands `$(NAME)`, and makes one `$` of two. Go escapes the others too.
_ESCAPED = str.maketrans({"$": "\\u0024", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def policy(verification: Verification) -> str:
    """Return the policy as JSON without what is empty; an empty text if it changes nothing."""
    rules = [_rule(rule) for rule in verification.rules]
    if not rules and verification.unmatched in ("", "allow"):
        return ""
    found = {
        "unmatched": verification.unmatched,
        "trustedRoot": verification.trustedRoot,
        "rules": rules,
    }
    text = json.dumps(present(found), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.translate(_ESCAPED)


def _rule(rule: VerificationRule) -> dict[str, Any]:
    identities = [present(given(identity)) for identity in rule.identities]
    # Helm's JSON has no 2.0.
    number = {"required": int(rule.required)} if rule.required else {}
    return present({**given(rule), "identities": identities, **number})
