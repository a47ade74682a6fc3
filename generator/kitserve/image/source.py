"""The ModelKit that an image is made of: resolved, verified and selected by the initializer's own code."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.config.options import Options
from kitserve_initializer.engines.prepare import demanded, parents_of
from kitserve_initializer.engines.selection import kitfile_of, select
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.modelkit.resolver import ResolvedModelKit
from kitserve_initializer.registry.client import Repository

from kitserve.errors import WrongSettings
from kitserve.image.request import Request
from kitserve.registry import session, verifier

if TYPE_CHECKING:
    from kitserve_initializer.engines.fill_trees import Piece

_HINTS = {
    errors.PathExists.hint: "pack each file once, or leave a layer out (--filter)",
    errors.InvalidFlags.hint: "see kitserve image --help",
}
"""What to do here instead of what helps in a pod."""


@dataclass(frozen=True)
class Source:
    """A ModelKit, those that it builds on, the farthest first, and the way to them."""

    options: Options
    transport: Transport
    found: ResolvedModelKit
    parents: tuple[ResolvedModelKit, ...]

    @property
    def pieces(self) -> "list[Piece]":
        """The layers to unpack, each with its repository, in the initializer's order."""
        return select(self.found, list(self.parents), self.options)

    @property
    def kitfile(self) -> bytes | None:
        """The Kitfile, if it is unpacked."""
        return kitfile_of(self.found, self.options)

    def holder(self, repository: Repository) -> ResolvedModelKit:
        """Return the ModelKit that lies in a repository, of those that this one is made of."""
        return next(each for each in (self.found, *self.parents) if each.repository is repository)


def resolve(request: Request) -> Source:
    """Fetch and judge manifests and configs of a ModelKit and of what it builds on.

    Raises:
        WrongSettings: if the reference, an option or a variable can't be used.
        ProblemsFound: if the policy can't.
        Refused: if the policy refuses the ModelKit, or the initializer can't read it.
        RegistryUnavailable: if the registry doesn't say.
    """
    chosen = [f"--filter={text}" for text in request.filters] + [f"--label={text}" for text in request.labels]
    variables = {"KITSERVE_LAYOUT": request.layout}
    with session.session(request.reference, [*request.flags, *chosen], variables, _HINTS) as asked:
        options = asked.options
        _require_plain(options)
        judge = verifier.of_policy(request.policy, plain_http=options.plain_http)
        resolver = asked.resolver(judge)
        found = resolver.resolve(asked.source, options.labels)
        parents = parents_of(found, options, resolver, demanded(asked.source, options))
    return Source(options, asked.transport, found, tuple(parents))


def failures() -> AbstractContextManager[None]:
    """Turn what ends the initializer into what ends the command, with hints for who makes an image."""
    return session.failures(_HINTS)


def _require_plain(options: Options) -> None:
    """Refuse flags that another image would come of, under the same name.

    Raises:
        WrongSettings.
    """
    if options.overwrite or options.ignore_existing:
        raise WrongSettings("an image has one file at a path: -o and -i of kit unpack have no meaning for it")
