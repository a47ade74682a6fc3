"""Which exit codes of the initializer one alert is for."""

from dataclasses import dataclass

from kitserve_initializer import errors


@dataclass(frozen=True)
class Cause:
    """An alert on the exit codes of `kinds`, that fires when the initializer has failed so for `wait`."""

    alert: str
    severity: str
    wait: str
    summary: str
    kinds: tuple[type[errors.Failure], ...]

    @property
    def codes(self) -> tuple[int, ...]:
        """The exit codes, in order."""
        return tuple(sorted(kind.code for kind in self.kinds))


CAUSES = (
    Cause(
        "KitserveModelKitRefused",
        "critical",
        "1m",
        "A ModelKit isn't what it must be: its bytes, its digest or its signatures are refused.",
        (
            errors.CorruptContent,
            errors.UnsafeArchive,
            errors.UnexpectedDigest,
            errors.Unsigned,
            errors.SignedByOthers,
            errors.InvalidSignatures,
            errors.DeniedDigest,
            errors.UncoveredReference,
        ),
    ),
    Cause(
        "KitserveLoginRefused",
        "warning",
        "3m",
        "A registry doesn't let the initializer pull a ModelKit.",
        (errors.Unauthorized, errors.Forbidden, errors.CredentialSourceFailed),
    ),
    Cause(
        "KitserveRegistryUnreachable",
        "warning",
        "3m",
        "The initializer doesn't reach a registry, or gets no right answer.",
        (
            errors.RegistryUnreachable,
            errors.RegistryError,
            errors.UntrustedRegistry,
            errors.SignaturesUnreachable,
        ),
    ),
    Cause(
        "KitserveModelKitUnusable",
        "warning",
        "3m",
        "A reference leads to no ModelKit that can be unpacked.",
        (
            errors.InvalidReference,
            errors.NotFound,
            errors.NotAModelKit,
            errors.InvalidModelKit,
            errors.InvalidArchive,
        ),
    ),
    Cause(
        "KitserveVolumeUnusable",
        "warning",
        "3m",
        "The volume of a model can't take a ModelKit's files.",
        (errors.PathExists, errors.DestinationError, errors.DiskFull, errors.OtherModelKit),
    ),
    Cause(
        "KitserveSettingsInvalid",
        "warning",
        "3m",
        "The initializer's settings can't be used.",
        (errors.UsageError, errors.InvalidEnvironment, errors.InvalidFlags, errors.NoTrustedRoot),
    ),
    Cause(
        "KitserveInitializerFault",
        "warning",
        "3m",
        "The initializer itself, or the engine kit, is at fault.",
        (errors.InternalError, errors.KitFailed),
    ),
)
CODES = tuple(sorted(code for cause in CAUSES for code in cause.codes))
"""All of them. Missing are the codes of an initializer that somebody stopped."""
