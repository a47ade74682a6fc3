"""The digests of tags."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from kitserve.registry.session import Session, sessions

_AT_A_TIME = 8


def digests(references: Iterable[str], flags: Sequence[str]) -> dict[str, str]:
    """Return the digest of each reference by tag, a ModelKit's or an image's, as the registry has it.

    Raises:
        WrongSettings: if a reference, an option or a variable can't be used.
        RegistryUnavailable, Refused: if a registry doesn't say, or says what can't be read. All references are asked
            for first; the first failure counts.
    """
    asked = list(dict.fromkeys(references))
    if not asked:
        return {}
    with sessions(asked, flags) as found, ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(asked, pool.map(_digest, found), strict=True))


def _digest(asked: Session) -> str:
    return asked.repository().digest(asked.source.version)
