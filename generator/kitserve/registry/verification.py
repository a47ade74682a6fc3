"""The verdict on a ModelKit's signatures: the initializer's own code asks the registry and judges."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.config import environment, load
from kitserve_initializer.log import lines
from kitserve_initializer.modelkit.connection import connect, resolver_of
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.oci import reference
from kitserve_initializer.printable import printable

from kitserve.errors import WrongSettings
from kitserve.registry import surroundings, verifier
from kitserve.registry.verdict import Fault, ManifestVerdict, Result, RuleVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.trust.judgement import Judgement, Ruling
    from kitserve_initializer.trust.verifier import Verifier

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
    lines.start("text")
    lines.tune("warn", "none")
    judged: list[Judgement] = []
    try:
        source = reference.parse(request.reference)
        settings = environment.load(surroundings.variables(request.flags))
        options = load.with_files(settings, load.load(settings))
        judge = verifier.of_policy(
            request.policy, judged.append, enforce=request.enforce, plain_http=options.plain_http
        )
        fault = _resolve(source, settings, options, judge)
    except (errors.InvalidReference, errors.InvalidEnvironment, errors.InvalidFlags) as error:
        raise WrongSettings(printable(error.cause), printable(error.hint)) from error
    return Verdict(
        str(source),
        judge.policy.unmatched,
        _result(fault, judged),
        tuple(map(_manifest, judged)),
        _fault(fault),
    )


def _resolve(
    source: "Reference", settings: "Environment", options: "Options", judge: "Verifier"
) -> errors.Failure | None:
    """Fetch manifests, configs and signatures of a ModelKit and its parents; return what ends that."""
    transport = connect(settings, options, [source])
    resolver = resolver_of(source, settings, transport, judge, plain_http=options.plain_http)
    try:
        ancestors(resolver.resolve(source, options.labels), resolver)
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
