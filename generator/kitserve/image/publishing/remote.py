"""A repository of a registry that is written to, with the initializer's way to it and its own tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kitserve_initializer.errors import Forbidden, Unauthorized
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.http.hosts import Host
from kitserve_initializer.http.retry import patiently
from kitserve_initializer.http.transport import Request, Transport
from kitserve_initializer.http.url import origin
from kitserve_initializer.modelkit.resolver import ResolvedModelKit
from kitserve_initializer.registry.access import Access
from kitserve_initializer.registry.client import registry_url

from kitserve.image.publishing import refusal

PULL, PUSH, DELETE = "pull", "pull,push", "pull,push,delete"
"""What a token is to allow in the repository."""


@dataclass(frozen=True)
class Call:
    """A request below a repository's URL; `what` names it in sentences, `expected` are the statuses that answer it."""

    method: str
    path: str
    what: str
    expected: tuple[int, ...] = (200,)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Remote:
    """A repository: `name` is HOST/REPOSITORY, `url` its own in the registry's API."""

    name: str
    url: str
    transport: Transport
    access: Access
    host: Host

    def ask(self, call: Call) -> Answer:
        """Send what may be sent again, until it is answered.

        Raises:
            RegistryFailure: if it isn't, or as nobody expects.
        """
        return patiently(lambda: self.once(call), self.host)

    def once(self, call: Call) -> Answer:
        """Send a request once.

        Raises:
            RegistryFailure: as `ask`.
        """
        return checked(
            self.send(Request(call.method, f"{self.url}{call.path}", call.headers, call.body)), call, self
        )

    def send(self, request: Request) -> Answer:
        """Send a request to the registry, and return whatever it answers.

        Raises:
            RegistryFailure: if nothing is answered, or the registry lets nobody in.
        """
        try:
            return self.access.send(request)
        except (Unauthorized, Forbidden) as error:
            raise refusal.of_login(error, self.name, request.method) from error


def checked(answer: Answer, call: Call, remote: Remote) -> Answer:
    """Return an answer that is expected.

    Raises:
        RegistryFailure: what the answer is otherwise.
    """
    if answer.status not in call.expected:
        with answer:
            raise refusal.of(answer, call.method, call.what, remote.name, remote.access.credential)
    return answer


def connect(
    found: ResolvedModelKit,
    transport: Transport,
    *,
    plain_http: bool,
    actions: str,
    sources: Sequence[str] = (),
) -> Remote:
    """Return the repository of a ModelKit; blobs of the repositories `sources` are to be mounted."""
    reference = found.reference
    base = registry_url(reference, plain_http=plain_http)
    scopes = [
        f"repository:{reference.repository}:{actions}",
        *(f"repository:{name}:pull" for name in sources),
    ]
    return Remote(
        f"{reference.registry}/{reference.repository}",
        f"{base}/v2/{reference.repository}",
        transport,
        Access(transport, base, reference.repository, found.credential, scopes),
        transport.hosts.of(origin(base).label),
    )
