"""The verdict on a ModelKit's signatures: the initializer's own code asks the registry and judges."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.printable import printable
from kitserve_initializer.trust.load import verifier
from kitserve_initializer.trust.rules.policy import Policy
from kitserve_initializer.trust.verifier import Verifier

from kitserve.errors import ProblemsFound, WrongSettings
from kitserve.registry.session import Session, session
from kitserve.registry.verdict import Fault, ManifestVerdict, Result, RuleVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kitserve_initializer.trust.judgement import Judgement, Ruling

_VARIABLE, _VALUE = "KITSERVE_VERIFICATION", "verification"
_UNKNOWN = (errors.RegistryFailure, errors.SignaturesUnreachable)


@dataclass(frozen=True)
class Request:
    """What to judge, by which policy (the initializer's JSON), and the flags of `kit unpack` for the way there.

    With `enforce` every rule is enforced and one must match, as for a service with `kitserve.io/verification: enforce`.
    """

    reference: str
    policy: str
    flags: tuple[str, ...] = ()
    enforce: bool = False


def verify(request: Request) -> Verdict:
    """Judge a ModelKit, the index that it is chosen from, and its parents, up to the first one that is refused.

    Raises:
        WrongSettings: if the reference, an option or a variable can't be used.
        ProblemsFound: if the policy can't.
    """
    judged: list[Judgement] = []
    with session(request.reference, request.flags) as asked:
        judge = _verifier(request, judged.append, plain_http=asked.options.plain_http)
        fault = _resolve(asked, judge)
    return Verdict(
        str(asked.source),
        judge.policy.unmatched,
        _result(fault, judged),
        tuple(map(_manifest, judged)),
        _fault(fault),
    )


def _verifier(request: Request, tell: "Callable[[Judgement], None]", *, plain_http: bool) -> Verifier:
    try:
        found = verifier(request.policy, enforce=request.enforce, plain_http=plain_http, tell=tell)
    except (errors.InvalidEnvironment, errors.NoTrustedRoot) as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            raise WrongSettings(
                f"identities and log entries are verified by {error.__cause__.name}, which isn't installed",
                "pip install 'kitserve[keyless]'",
            ) from error
        raise ProblemsFound(printable(error.cause.replace(_VARIABLE, _VALUE)), error.hint) from error
    return found or Verifier(Policy(), plain_http=plain_http, tell=tell)


def _resolve(asked: Session, judge: Verifier) -> errors.Failure | None:
    """Fetch manifests, configs and signatures of a ModelKit and its parents; return what ends that."""
    resolver = asked.resolver(judge)
    try:
        ancestors(resolver.resolve(asked.source, asked.options.labels), resolver)
    except (errors.RegistryFailure, errors.ContentFailure, errors.VerificationFailure) as error:
        return error
    return None


def _result(fault: errors.Failure | None, judged: "Sequence[Judgement]") -> Result:
    if fault:
        return "unknown" if isinstance(fault, _UNKNOWN) else "refused"
    return "verified" if all(each.is_signed for each in judged) else "allowed"


def _manifest(judged: "Judgement") -> ManifestVerdict:
    return ManifestVerdict(str(judged.reference), judged.digest, tuple(map(_rule, judged.rulings)))


def _rule(ruling: "Ruling") -> RuleVerdict:
    return RuleVerdict(
        ruling.number,
        ruling.rule.mode,
        ruling.rule.formats,
        tuple(map(printable, ruling.wanted)),
        ruling.rule.required,
        tuple(map(printable, ruling.signed)),
        tuple(map(printable, ruling.made_for)),
        ruling.refuses,
        _fault(ruling.failure),
    )


def _fault(failure: errors.Failure | None) -> Fault | None:
    if failure is None:
        return None
    return Fault(type(failure).__name__, failure.code, printable(failure.cause), printable(failure.hint))
