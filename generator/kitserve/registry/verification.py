"""The verdict on a ModelKit's signatures: the initializer's own code asks the registry and judges."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.printable import printable

from kitserve.registry import image_index, verifier
from kitserve.registry.session import Session, session
from kitserve.registry.verdict import Fault, ManifestVerdict, Result, RuleVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitserve_initializer.modelkit.resolver import Judge
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.client import FetchedManifest, Repository
    from kitserve_initializer.trust.judgement import Judgement, Ruling
    from kitserve_initializer.trust.rules.policy import Policy
    from kitserve_initializer.trust.verifier import Verifier

_MODELKIT, _IMAGE = "kit://", "oci+native://"
_UNKNOWN = (errors.RegistryFailure, errors.SignaturesUnreachable)


@dataclass(frozen=True)
class Request:
    """What to judge, a ModelKit or the image of one, and by which policy (the initializer's JSON).

    `flags` are those of `kit unpack` for the way there, `variables` the initializer's.
    With `enforce` every rule is enforced and one must match, as for a service with `kitserve.io/verification: enforce`.
    """

    reference: str
    policy: str
    flags: tuple[str, ...] = ()
    enforce: bool = False
    variables: "Mapping[str, str]" = field(default_factory=dict, repr=False)


def verify(request: Request) -> Verdict:
    """Judge a ModelKit, the index that it is chosen from, and its parents, up to the first one that is refused.

    Of an image that was made of a ModelKit the index is judged, as whoever admits pods judges it. A reference with
    `kit://` isn't taken for an image's: the initializer would read it otherwise.

    Raises:
        WrongSettings: if the reference, an option or a variable can't be used.
        ProblemsFound: if the policy can't.
    """
    judged: list[Judgement] = []
    with session(request.reference.removeprefix(_IMAGE), request.flags, request.variables) as asked:
        judge = verifier.of_policy(
            request.policy, judged.append, enforce=request.enforce, plain_http=asked.options.plain_http
        )
        stops = not request.reference.startswith(_MODELKIT)
        fault = _resolve(asked, _UpToImages(judge) if stops else judge)
    scheme = _IMAGE if request.reference.startswith(_IMAGE) else _MODELKIT
    return Verdict(
        _named(asked.source, scheme),
        judge.policy.unmatched,
        _result(fault, judged),
        tuple(_manifest(each, scheme) for each in judged),
        _fault(fault),
    )


class _ImageJudged(Exception):  # noqa: N818 - no error
    """What was judged is an image: nothing more of it is to be read."""


@dataclass(frozen=True)
class _UpToImages:
    """Judges manifests as the verifier does, and ends with the index of an image."""

    verifier: "Verifier"

    @property
    def policy(self) -> "Policy":
        """The verifier's."""
        return self.verifier.policy

    def verify(self, reference: "Reference", repository: "Repository", found: "FetchedManifest") -> None:
        """Judge a manifest.

        Raises:
            VerificationFailure: if the policy refuses it.
            _ImageJudged: if it doesn't, and the manifest is an image's index.
        """
        self.verifier.verify(reference, repository, found)
        if image_index.source(found.body):
            raise _ImageJudged


def _resolve(asked: Session, judge: "Judge") -> errors.Failure | None:
    """Fetch manifests, configs and signatures of a ModelKit and its parents; return what ends that."""
    resolver = asked.resolver(judge)
    try:
        ancestors(resolver.resolve(asked.source, asked.options.labels), resolver)
    except (errors.RegistryFailure, errors.ContentFailure, errors.VerificationFailure) as error:
        return error
    except _ImageJudged:
        pass
    return None


def _named(source: "Reference", scheme: str) -> str:
    return str(source).replace(_MODELKIT, scheme, 1)


def _result(fault: errors.Failure | None, judged: "Sequence[Judgement]") -> Result:
    if fault:
        return "unknown" if isinstance(fault, _UNKNOWN) else "refused"
    return "verified" if all(each.is_signed for each in judged) else "allowed"


def _manifest(judged: "Judgement", scheme: str) -> ManifestVerdict:
    return ManifestVerdict(_named(judged.reference, scheme), judged.digest, tuple(map(_rule, judged.rulings)))


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
