"""The initializer's way to registries, with the settings of a user's shell."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.config import environment, load
from kitserve_initializer.log import lines
from kitserve_initializer.modelkit.connection import connect, resolver_of
from kitserve_initializer.oci import reference
from kitserve_initializer.printable import printable

from kitserve.errors import Refused, RegistryUnavailable, WrongSettings
from kitserve.registry import surroundings

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.modelkit.resolver import Resolver
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.trust.verifier import Verifier


@dataclass(frozen=True)
class Session:
    """A reference, and the settings with which its registry is asked."""

    source: "Reference"
    settings: "Environment"
    options: "Options"

    def resolver(self, judge: "Verifier | None" = None) -> "Resolver":
        """Return the resolver of the ModelKit, and of those that it builds on; `judge` may refuse a manifest."""
        transport = connect(self.settings, self.options, [self.source])
        plain_http = self.options.plain_http
        return resolver_of(self.source, self.settings, transport, judge, plain_http=plain_http)


@contextmanager
def session(text: str, flags: Sequence[str]) -> Iterator[Session]:
    """Read a reference and the settings, with flags of `kit unpack`; only warnings of the initializer are logged.

    Raises:
        WrongSettings: if the reference, an option or a variable can't be used.
    """
    lines.start("text")
    lines.tune("warn", "none")
    try:
        source = reference.parse(text)
        settings = environment.load(surroundings.variables(flags))
        yield Session(source, settings, load.with_files(settings, load.load(settings)))
    except (errors.InvalidReference, errors.InvalidEnvironment, errors.InvalidFlags) as error:
        raise WrongSettings(printable(error.cause), printable(error.hint)) from error


@contextmanager
def failures() -> Iterator[None]:
    """Turn the initializer's failures into errors of the command.

    Raises:
        RegistryUnavailable: if a registry doesn't hand something over.
        Refused: if something isn't what the initializer can read.
    """
    try:
        yield
    except errors.RegistryFailure as error:
        raise RegistryUnavailable(printable(error.cause), printable(error.hint)) from error
    except errors.ContentFailure as error:
        raise Refused(printable(error.cause), printable(error.hint)) from error
