"""Errors that end a run, and their exit codes."""

from typing import ClassVar

EXIT_CODES = {
    0: "Done, and nothing is wrong.",
    1: "The input has problems; each was reported, and nothing was written. Or a ModelKit is refused, or has no image. "
    "Or a service fails, something stands in its way, or the cluster has something else than the values.",
    2: "The command line is wrong.",
    3: "The output can't be written: the disk is full, or it is closed.",
    4: "The cluster can't be asked: no client, no kubeconfig, no answer, or no valid login.",
    5: "Nothing to check: none of the files is a manifest, or values of kitserve; no service gets a ModelKit. "
    "Or the time of `status --wait` is up.",
    6: "The registry can't be asked, or doesn't hand over or take what it should: no way to it, no login, no tag.",
    130: "Interrupted, as by Ctrl-C.",
}


class KitserveError(Exception):
    """An error that ends a run: one sentence, and perhaps a hint."""

    exit_code: ClassVar[int]

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ProblemsFound(KitserveError):  # noqa: N818 - no error of ours: the input's
    """The input has problems, which are already reported with their places."""

    exit_code = 1


class Refused(KitserveError):  # noqa: N818 - a verdict, no error of ours
    """A policy refuses a ModelKit, the initializer can't read it, or it can't have an image."""

    exit_code = 1


class WrongSettings(KitserveError):  # noqa: N818 - says what it is without the suffix
    """An option, a file that one names, or a variable can't be used."""

    exit_code = 2


class TooMuch(ProblemsFound):
    """The values make more objects than anybody applies."""


class Failure(KitserveError):  # noqa: N818 - says what it is without the suffix
    """The output can't be written."""

    exit_code = 3


class ClusterUnavailable(KitserveError):  # noqa: N818 - as above
    """The cluster that should check objects can't be asked."""

    exit_code = 4


class NothingToCheck(KitserveError):  # noqa: N818 - as above
    """There is nothing to look at, so a mistyped path or name would look like a success."""

    exit_code = 5


class ServicesFail(KitserveError):  # noqa: N818 - the services' errors, which are told already
    """A service isn't Ready, and won't be, or not by itself."""

    exit_code = 1


class TimeIsUp(KitserveError):  # noqa: N818 - as above
    """A service isn't Ready in time, and nothing says that it won't be."""

    exit_code = 5


class RegistryUnavailable(KitserveError):  # noqa: N818 - as above
    """The registry doesn't say what is asked of it, or doesn't take an image."""

    exit_code = 6
