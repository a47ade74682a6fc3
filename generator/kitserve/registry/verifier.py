"""The initializer's verifier for a policy, with what is wrong with the policy as an error of the command."""

from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.printable import printable
from kitserve_initializer.trust.load import verifier
from kitserve_initializer.trust.rules.policy import Policy
from kitserve_initializer.trust.verifier import Verifier

from kitserve.errors import ProblemsFound, WrongSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve_initializer.trust.judgement import Judgement

_VARIABLE, _VALUE = "KITSERVE_VERIFICATION", "verification"


def of_policy(
    policy: str,
    tell: "Callable[[Judgement], None] | None" = None,
    *,
    plain_http: bool,
    enforce: bool = False,
) -> Verifier:
    """Return the verifier for a policy, the initializer's JSON or an empty text.

    `tell` gets each judgement; without it standard error gets what the policy warns of.

    With `enforce` every rule is enforced and one must match, as for a service with `kitserve.io/verification: enforce`.

    Raises:
        ProblemsFound: if the policy can't be used.
        WrongSettings: if a package is missing that it needs.
    """
    try:
        found = verifier(policy, enforce=enforce, plain_http=plain_http, tell=tell)
    except (errors.InvalidEnvironment, errors.NoTrustedRoot) as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            raise WrongSettings(
                f"identities and log entries are verified by {error.__cause__.name}, which isn't installed",
                "pip install 'kitserve[keyless]'",
            ) from error
        raise ProblemsFound(printable(error.cause.replace(_VARIABLE, _VALUE)), error.hint) from error
    return found or Verifier(Policy(), plain_http=plain_http, tell=tell)
