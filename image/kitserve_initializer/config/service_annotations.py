"""A service's own settings: annotations of an InferenceService that the administrator allows.

The author of an InferenceService may not run the cluster. So a service chooses the parts of its model to unpack, and
demands a digest. It can't set TLS, http, proxies, credentials, paths, or the load on the registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.config import flags
from kitserve_initializer.config.options import KIT, MODEL, of_flags
from kitserve_initializer.errors import InvalidFlags
from kitserve_initializer.oci.reference import is_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.flags import Flag

FILTER, FLAGS, LAYOUT, DIGEST = (
    f"kitserve.io/{name}" for name in ("filter", "unpack-flags", "layout", "digest")
)
"""The annotations."""

_LAYOUTS = (KIT, MODEL)
_FILTERING = ("filter", *flags.TYPE_SWITCHES)
_REPLACING = ("overwrite", "ignore-existing")
_OPEN = {*_FILTERING, *_REPLACING, "progress", "log-level", flags.COUNT}


@dataclass(frozen=True)
class Service:
    """The settings of a service."""

    flags: tuple[Flag, ...] = ()
    digests: tuple[str, ...] = ()
    layout: str = ""


def of(settings: Environment) -> Service:
    """Return the settings of the annotations, which reach the container as variables.

    Raises:
        InvalidFlags: for a flag that is wrong, or not a service's to set, and for a digest that is none.
    """
    digests, layout = settings.kitserve_service_digest, settings.kitserve_service_layout
    wrong = [digest for digest in digests if not is_digest(digest)]
    if wrong:
        raise InvalidFlags(
            f"the annotation {DIGEST} has {wrong[0]!r}, which isn't a digest", _correct(DIGEST)
        )
    if layout not in ("", *_LAYOUTS):
        raise InvalidFlags(
            f"the annotation {LAYOUT} has {layout!r}, must be one of: {', '.join(_LAYOUTS)}",
            _correct(LAYOUT),
        )
    filters = [f"--filter={text}" for text in settings.kitserve_service_filter]
    own = (*_read(settings.kitserve_service_unpack_flags, FLAGS), *_read(filters, FILTER))
    for flag in own:
        if flag.name not in _OPEN:
            raise InvalidFlags(
                f"the annotation {FLAGS} has --{flag.name}, which isn't a service's to set", _correct(FLAGS)
            )
    return Service(own, digests, layout)


def add(service: Service, administrator: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """Return the flags for all services with this one's: its filters replace those, its other flags are added."""
    filtering = any(flag.name in _FILTERING for flag in service.flags)
    kept = tuple(flag for flag in administrator if not (filtering and flag.name in _FILTERING))
    return kept + service.flags


def _read(words: Sequence[str], annotation: str) -> tuple[Flag, ...]:
    try:
        read = flags.read(words)
        of_flags(read)
    except InvalidFlags as error:
        cause = error.cause.replace("KIT_UNPACK_FLAGS", f"the annotation {annotation}")
        raise InvalidFlags(cause, _correct(annotation)) from error
    return read


def _correct(annotation: str) -> str:
    return f"correct {annotation} of the InferenceService"
