"""The errors that end a run, and their exit codes.

    Failure
    ├── InternalError            1
    ├── UsageError               2
    ├── InvalidEnvironment       3
    ├── InvalidFlags             4
    ├── InvalidReference         5
    ├── RegistryFailure
    │   ├── Unauthorized        10
    │   ├── Forbidden           11
    │   ├── NotFound            12
    │   ├── RegistryUnreachable 13
    │   ├── RegistryError       14
    │   ├── UntrustedRegistry   15
    │   └── CredentialSourceFailed 16
    ├── ContentFailure
    │   ├── NotAModelKit        20
    │   ├── InvalidModelKit     21
    │   ├── CorruptContent      22
    │   ├── UnsafeArchive       23
    │   ├── InvalidArchive      24
    │   └── UnexpectedDigest    25
    ├── DestinationFailure
    │   ├── PathExists          30
    │   ├── DestinationError    31
    │   ├── DiskFull            32
    │   └── OtherModelKit       33
    ├── KitFailed               40
    └── VerificationFailure
        ├── Unsigned            50
        ├── SignedByOthers      51
        ├── InvalidSignatures   52
        ├── SignaturesUnreachable 53
        ├── DeniedDigest        54
        ├── UncoveredReference  55
        └── NoTrustedRoot       56
    Interrupted (a BaseException: no `except Exception` on its way may swallow it)
    ├── Cancelled              130
    └── Terminated             143

A class with a code is a cause that users can meet; a class without one groups others. `exit_codes()` lists the causes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from kitserve_initializer.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator


class Failure(Exception):  # noqa: N818 - most of its kinds are no errors of ours
    """The run can't continue. `cause` is the reason in one sentence, `hint` what to do about it."""

    code: ClassVar[int]
    hint: str = ""

    def __init__(self, cause: str, hint: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.hint = hint or self.hint


class InternalError(Failure):
    """The initializer itself is at fault."""

    code = 1
    hint = "this is a bug in kitserve: please report it"


class UsageError(Failure):
    """The arguments aren't pairs of a source and a destination."""

    code = 2
    hint = "usage: kitserve-initializer SRC DEST [SRC DEST ...]"


class InvalidEnvironment(Failure):
    """A variable of the environment has a value that can't be used."""

    code = 3
    hint = "check the env of the ClusterStorageContainer and of the service"


class InvalidFlags(Failure):
    """KIT_UNPACK_FLAGS has a flag that `kit unpack` doesn't know, or that makes no sense in a pod."""

    code = 4
    hint = "correct KIT_UNPACK_FLAGS"


class InvalidReference(Failure):
    """A source isn't a reference to a ModelKit in a registry."""

    code = 5
    hint = "write kit://REGISTRY/REPOSITORY:TAG or kit://REGISTRY/REPOSITORY@sha256:DIGEST"


class RegistryFailure(Failure):
    """The registry didn't send the requested content.

    `temporary`: the same request may work later, after `wait_seconds` if the registry names them (else 0).
    """

    def __init__(
        self, cause: str, hint: str = "", *, temporary: bool = False, wait_seconds: float = 0
    ) -> None:
        super().__init__(cause, hint)
        self.temporary = temporary
        self.wait_seconds = wait_seconds


class Unauthorized(RegistryFailure):
    """The registry asks for credentials, or refuses those that it got."""

    code = 10
    hint = "check KIT_USER and KIT_PASSWORD"


class Forbidden(RegistryFailure):
    """The registry knows the user and refuses the repository."""

    code = 11
    hint = "let this user pull from the repository"


class NotFound(RegistryFailure):
    """The registry has no such repository, tag, manifest or blob."""

    code = 12
    hint = "check the repository and the tag, and that the ModelKit was pushed"


class RegistryUnreachable(RegistryFailure):
    """There is no connection to the registry, or it broke or stalled."""

    code = 13
    hint = "check that the registry runs and that the pod reaches it"


class RegistryError(RegistryFailure):
    """The registry or its token server answered with an error, or not as the protocol requires."""

    code = 14
    hint = "check the registry's log"


class UntrustedRegistry(RegistryFailure):
    """TLS with the registry failed: its certificate isn't trusted, or one side speaks TLS and the other doesn't."""

    code = 15
    hint = "make its CA trusted: tls.caCertificates, tls.caConfigMapName, or --tls-cert in KIT_UNPACK_FLAGS"


class CredentialSourceFailed(RegistryFailure):
    """A source of credentials for the registry doesn't work."""

    code = 16
    hint = "correct that source, or set KIT_USER and KIT_PASSWORD, which win"


class ContentFailure(Failure):
    """What the registry holds can't be unpacked."""


class NotAModelKit(ContentFailure):
    """The reference leads to something else: an image, an index, another kind of artifact."""

    code = 20
    hint = "push a ModelKit with `kit push`, and refer to it"


class InvalidModelKit(ContentFailure):
    """The manifest or the config is malformed, or they contradict each other."""

    code = 21
    hint = "pack and push the ModelKit again"


class CorruptContent(ContentFailure):
    """Bytes differ from their digest or size."""

    code = 22
    hint = "the registry's storage or the network damages bytes: push the ModelKit again"


class UnsafeArchive(ContentFailure):
    """A layer holds a path or a kind of entry that may not be written."""

    code = 23
    hint = "ModelKits hold files and directories with relative paths only"


class InvalidArchive(ContentFailure):
    """A layer isn't the archive that its media type promises."""

    code = 24
    hint = "pack and push the ModelKit again"


class UnexpectedDigest(ContentFailure):
    """The ModelKit, or one that it builds on, isn't bound to a digest that is demanded."""

    code = 25
    hint = "correct the reference or the annotation kitserve.io/digest"


class DestinationFailure(Failure):
    """The destination can't take the files."""


class PathExists(DestinationFailure):
    """The destination already has something at the path of a file to unpack."""

    code = 30
    hint = "empty the destination, or put -o (overwrite) or -i (ignore existing) into KIT_UNPACK_FLAGS"


class DestinationError(DestinationFailure):
    """The destination can't be written."""

    code = 31
    hint = "check the volume, and that the container's user may write to it (fsGroup in the pod's security context)"


class DiskFull(DestinationFailure):
    """The destination's file system has no space left."""

    code = 32
    hint = "use a larger volume, or unpack less with --filter"


class OtherModelKit(DestinationFailure):
    """The destination already holds another ModelKit, which a pod may be serving from this volume."""

    code = 33
    hint = (
        "refer to the digest that is there, or use an empty volume: no flag unpacks one ModelKit over another"
    )


class KitFailed(Failure):
    """The KitOps CLI, run by the engine `kit`, ended with an error of its own."""

    code = 40
    hint = "kit's lines in the log say more; try the engine native"


class VerificationFailure(Failure):
    """The administrator's policy doesn't let the ModelKit pass."""


class Unsigned(VerificationFailure):
    """Nobody has signed a ModelKit that must be signed."""

    code = 50
    hint = "sign this digest in this repository (`cosign sign`), or correct the value `verification`"


class SignedByOthers(VerificationFailure):
    """A ModelKit is signed, but not by those, or not by as many of them, as must sign it."""

    code = 51
    hint = "let them sign this digest in this repository (`cosign sign`), or correct the value `verification`"


class InvalidSignatures(VerificationFailure):
    """A ModelKit's signatures can't be read, or are too many."""

    code = 52
    hint = "remove what is no signature, and sign this digest in this repository (`cosign sign`)"


class SignaturesUnreachable(VerificationFailure):
    """The registry doesn't say which signatures a ModelKit has, or doesn't hand them over."""

    code = 53
    hint = "check the registry, and that the login may read the repository's tags and referrers"


class DeniedDigest(VerificationFailure):
    """The policy denies the ModelKit's digest, whoever signed it."""

    code = 54
    hint = "serve another version, or correct `deniedDigests` of the value `verification`"


class UncoveredReference(VerificationFailure):
    """No rule of the policy is for the reference, and it denies those."""

    code = 55
    hint = "add a rule for the repository to the value `verification`, or serve from one that has a rule"


class NoTrustedRoot(VerificationFailure):
    """Identities or log entries are to be verified, and there is no trusted root to do it by."""

    code = 56
    hint = "correct `trustedRoot` of the value `verification`"


class Interrupted(BaseException):
    """A signal asked the run to end."""

    code: ClassVar[int]
    cause: ClassVar[str]
    hint: str = "run it again: what can be used again of what was fetched stays hidden in the destination"


class Cancelled(Interrupted):
    """SIGINT arrived (Ctrl-C)."""

    code = 130
    cause = "stopped by SIGINT before the ModelKit was complete"


class Terminated(Interrupted):
    """SIGTERM arrived: the pod is being deleted."""

    code = 143
    cause = "stopped by SIGTERM before the ModelKit was complete"


class ExitCode(NamedTuple):
    """A row of the table of exit codes."""

    code: int
    name: str
    meaning: str
    hint: str


def exit_codes() -> list[ExitCode]:
    """Return every cause that can end a run, by its code."""
    causes = [kind for root in (Failure, Interrupted) for kind in _descendants(root) if "code" in vars(kind)]
    rows = [ExitCode(kind.code, kind.__name__, _first_line(kind), kind.hint) for kind in causes]
    return sorted(rows)


def sentence(error: Failure | Interrupted) -> str:
    """Return the cause and its hint in one printable line."""
    return printable(f"{error.cause}; {error.hint}" if error.hint else error.cause)


def _descendants(
    root: type[Failure | Interrupted],
) -> Iterator[type[Failure | Interrupted]]:
    for child in root.__subclasses__():
        yield child
        yield from _descendants(child)


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n")[0]
