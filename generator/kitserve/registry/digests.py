"""The digests of tags."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from kitserve_initializer import errors
from kitserve_initializer.credentials.chain import chain
from kitserve_initializer.modelkit.connection import connect
from kitserve_initializer.printable import printable
from kitserve_initializer.registry.client import Repository

from kitserve.errors import RegistryUnavailable
from kitserve.registry.session import Session, session

_AT_A_TIME = 8


def digests(references: Iterable[str], flags: Sequence[str]) -> dict[str, str]:
    """Return the digest of each reference by tag, a ModelKit's or an image's, as the registry has it.

    Raises:
        WrongSettings: if a reference, an option or a variable can't be used.
        RegistryUnavailable: if a registry doesn't say. All references are asked for first; the first failure counts.
    """
    asked = list(dict.fromkeys(references))
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(asked, pool.map(lambda text: _digest(text, flags), asked), strict=True))


def _digest(text: str, flags: Sequence[str]) -> str:
    with session(text, flags) as asked:
        try:
            return _repository(asked).digest(asked.source.version)
        except (errors.RegistryFailure, errors.ContentFailure) as error:
            raise RegistryUnavailable(
                f"{asked.source}: {printable(error.cause)}", printable(error.hint)
            ) from error


def _repository(asked: Session) -> Repository:
    plain_http = asked.options.plain_http
    transport = connect(asked.settings, asked.options, [asked.source])
    credential = chain(asked.settings, asked.source, transport, plain_http=plain_http).resolve(asked.source)
    return Repository(asked.source, transport, credential, plain_http=plain_http)
