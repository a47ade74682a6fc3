"""The initializer's way to registries, with the settings of a user's shell."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.config import environment, load
from kitserve_initializer.credentials.chain import chain
from kitserve_initializer.log import lines
from kitserve_initializer.modelkit.connection import connect, resolver_of
from kitserve_initializer.oci import reference
from kitserve_initializer.printable import printable
from kitserve_initializer.registry.client import Repository

from kitserve.errors import KitserveError, Refused, RegistryUnavailable, WrongSettings
from kitserve.registry import surroundings
from kitserve.registry.hints import on_a_command_line

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.modelkit.resolver import Judge, Resolver
    from kitserve_initializer.oci.reference import Reference

_UNKNOWN = (errors.RegistryFailure, errors.SignaturesUnreachable)
_WRONG = (errors.InvalidReference, errors.InvalidEnvironment, errors.InvalidFlags)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Session:
    """A reference, and the settings with which its registry is asked."""

    source: "Reference"
    settings: "Environment"
    options: "Options"
    transport: "Transport"

    def resolver(self, judge: "Judge | None" = None) -> "Resolver":
        """Return the resolver of the ModelKit, and of those that it builds on; `judge` may refuse a manifest."""
        plain_http = self.options.plain_http
        return resolver_of(self.source, self.settings, self.transport, judge, plain_http=plain_http)

    def repository(self) -> Repository:
        """Return the reference's repository, with the credential for it."""
        plain_http = self.options.plain_http
        keychain = chain(self.settings, self.source, self.transport, plain_http=plain_http)
        return Repository(self.source, self.transport, keychain.resolve(self.source), plain_http=plain_http)


@contextmanager
def session(
    text: str,
    flags: Sequence[str],
    variables: Mapping[str, str] = _NOTHING,
    hints: Mapping[str, str] = _NOTHING,
) -> Iterator[Session]:
    """Read a reference and the settings, as `sessions` does for several."""
    with sessions([text], flags, variables, hints) as (found,):
        yield found


@contextmanager
def sessions(
    texts: Sequence[str],
    flags: Sequence[str],
    variables: Mapping[str, str] = _NOTHING,
    hints: Mapping[str, str] = _NOTHING,
) -> Iterator[list[Session]]:
    """Read references and the settings; what ends the initializer in here ends the command (`failures`).

    `flags` are those of `kit unpack`, `variables` the initializer's. All go one way, and share its connections. Of the
    initializer's log, only warnings are written.
    """
    lines.start("text")
    lines.tune("warn", "none")
    with failures(hints):
        sources = [reference.parse(text) for text in texts]
        settings = environment.load({**surroundings.variables(flags), **variables})
        options = load.with_files(settings, load.load(settings))
        transport = connect(settings, options, sources)
        yield [Session(source, settings, options, transport) for source in sources]


@contextmanager
def failures(hints: Mapping[str, str] = _NOTHING) -> Iterator[None]:
    """Turn what ends the initializer into what ends the command, with other hints for some of the initializer's.

    Raises:
        WrongSettings: if a reference, an option or a variable can't be used.
        RegistryUnavailable: if a registry doesn't hand something over.
        Refused: if a policy refuses it, or the initializer can't read it.
    """
    try:
        yield
    except errors.Failure as error:
        hint = hints.get(error.hint) or on_a_command_line(error.hint)
        raise _kind(error)(printable(error.cause), printable(hint)) from error


def _kind(error: errors.Failure) -> type[KitserveError]:
    if isinstance(error, _UNKNOWN):
        return RegistryUnavailable
    return WrongSettings if isinstance(error, _WRONG) else Refused
