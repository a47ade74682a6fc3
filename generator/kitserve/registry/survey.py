"""Which ModelKits and images registries have, asked side by side; a fault of one is data, and hides no other."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.config.filters import for_parents
from kitserve_initializer.modelkit.layers import select
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.oci import reference
from kitserve_initializer.printable import printable
from kitserve_initializer.registry.client import Repository
from kitserve_initializer.registry.credential import ANONYMOUS

from kitserve.image_name import registry_and_path
from kitserve.registry import image_index
from kitserve.registry.session import Session, sessions
from kitserve.registry.verdict import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_AT_A_TIME = 8
_REFUSED = (errors.Unauthorized, errors.Forbidden, errors.NotFound)
"""What a registry says to somebody without a login, of what others may see."""
_PLATFORMS = 64


@dataclass(frozen=True)
class Seen:
    """What a registry says of a reference, or the `fault` for which it doesn't.

    `host` is the registry's, `size` that of all layers to unpack in bytes. `login` is the source of the credential,
    and `needs_login` whether nobody gets it without one; None if that isn't known. `digest` may be an index's, of which
    `manifest` is chosen. Of an image, `made_of` is the digest
    of the ModelKit's manifest that it was made of, and `platforms` those of an index, such as `linux/amd64`.
    """

    reference: str
    host: str = ""
    digest: str = ""
    size: int = 0
    login: str = ""
    needs_login: bool | None = None
    manifest: str = ""
    made_of: str = ""
    platforms: tuple[str, ...] = ()
    fault: Fault | None = None


def modelkits(
    references: Sequence[str], flags: Sequence[str], variables: Mapping[str, str]
) -> dict[str, Seen]:
    """Return what registries say of ModelKits and their parents; nothing but manifests and configs is fetched.

    Raises:
        WrongSettings: if an option or a variable can't be used.
    """
    return _seen(references, flags, variables, _modelkit)


def images(references: Sequence[str], flags: Sequence[str], variables: Mapping[str, str]) -> dict[str, Seen]:
    """Return what registries say of images, of whose names those without a registry are Docker Hub's.

    Raises:
        WrongSettings: as `modelkits`.
    """
    located = {each: "/".join(registry_and_path(each)) for each in references}
    seen = _seen([*dict.fromkeys(located.values())], flags, variables, _image)
    return {each: seen[name] for each, name in located.items()}


def _seen(
    references: Sequence[str],
    flags: Sequence[str],
    variables: Mapping[str, str],
    ask: Callable[[Session], Seen],
) -> dict[str, Seen]:
    texts = list(dict.fromkeys(references))
    wrong = {text: Seen(text, fault=fault) for text in texts if (fault := _unreadable(text))}
    right = [text for text in texts if text not in wrong]
    if not right:
        return wrong
    with sessions(right, flags, variables) as asked, ThreadPoolExecutor(_AT_A_TIME) as pool:
        return wrong | dict(zip(right, pool.map(lambda each: _told(each, ask), asked), strict=True))


def _told(asked: Session, ask: Callable[[Session], Seen]) -> Seen:
    seen = Seen(str(asked.source), asked.source.registry)
    try:
        return ask(asked)
    except errors.Unauthorized as error:
        return replace(seen, needs_login=True, fault=_fault(error))
    except errors.Failure as error:
        return replace(seen, fault=_fault(error))


def _modelkit(asked: Session) -> Seen:
    resolver = asked.resolver()
    found = resolver.resolve(asked.source, asked.options.labels)
    taken = [(found.kit, asked.options.filters)]
    taken += [(each.kit, for_parents(asked.options.filters)) for each in ancestors(found, resolver)]
    return Seen(
        str(found.reference),
        asked.source.registry,
        found.kit.index_digest or found.kit.digest,
        sum(layer.descriptor.size for kit, wanted in taken for layer in select(kit, wanted)),
        found.credential.source,
        _needs_login(asked) if found.credential else False,
        found.kit.digest,
    )


def _needs_login(asked: Session) -> bool | None:
    """Return whether a registry hands a ModelKit to nobody without a login."""
    plain_http = asked.options.plain_http
    try:
        Repository(asked.source, asked.transport, ANONYMOUS, plain_http=plain_http).digest(
            asked.source.version
        )
    except _REFUSED:
        return True
    except errors.Failure:
        return None
    return False


def _image(asked: Session) -> Seen:
    repository, version = asked.repository(), asked.source.version
    digest = repository.digest(version)
    found = repository.find(version)
    body = found.body if found else b""
    return Seen(
        str(asked.source),
        asked.source.registry,
        digest,
        made_of=image_index.source(body),
        platforms=_platforms(body),
    )


def _platforms(body: bytes) -> tuple[str, ...]:
    """Return the platforms of an index's images; none for anything else."""
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return ()
    listed = document.get("manifests") if isinstance(document, dict) else None
    told = (
        [each.get("platform") for each in listed[:_PLATFORMS] if isinstance(each, dict)]
        if isinstance(listed, list)
        else []
    )
    named = (f"{each.get('os')}/{each.get('architecture')}" for each in told if isinstance(each, dict))
    return tuple(dict.fromkeys(printable(each) for each in named))


def _unreadable(text: str) -> Fault | None:
    try:
        reference.parse(text)
    except errors.Failure as error:
        return _fault(error)
    return None


def _fault(error: errors.Failure) -> Fault:
    return Fault(type(error).__name__, error.code, printable(error.cause), printable(error.hint))
