"""A service's own settings: annotations of an InferenceService that the administrator allows.

The author of an InferenceService may not run the cluster. So a service chooses its model from an index and the parts of
it to unpack, and demands a digest, or that signatures are enforced. It can't set TLS, http, proxies, credentials,
paths, or the load on the registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.config import flags
from kitserve_initializer.config.options import KIT, MODEL, of_flags
from kitserve_initializer.errors import InvalidFlags
from kitserve_initializer.oci.reference import is_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.flags import Flag

FILTER, FLAGS, LAYOUT, DIGEST, LABEL, VERIFICATION = (
    f"kitserve.io/{name}" for name in ("filter", "unpack-flags", "layout", "digest", "label", "verification")
)
"""The annotations."""

_LAYOUTS = (KIT, MODEL)
_ENFORCE = "enforce"
"""The one thing that a service may say of the policy for signatures: it can't loosen it."""
_FILTERING = ("filter", *flags.TYPE_SWITCHES)
_REPLACING = ("overwrite", "ignore-existing")
_OPEN = {*_FILTERING, *_REPLACING, flags.LABEL, "progress", "log-level", flags.COUNT}


@dataclass(frozen=True)
class Service:
    """The settings of a service."""

    flags: tuple[Flag, ...] = ()
    digests: tuple[str, ...] = ()
    layout: str = ""
    enforce: bool = False


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
    verification = settings.kitserve_service_verification
    if verification not in ("", _ENFORCE):
        raise InvalidFlags(
            f"the annotation {VERIFICATION} has {verification!r}, must be: {_ENFORCE}", _correct(VERIFICATION)
        )
    filters = [f"--filter={text}" for text in settings.kitserve_service_filter]
    labels = [f"--{flags.LABEL}={text}" for text in settings.kitserve_service_label]
    own = (
        *_read(settings.kitserve_service_unpack_flags, FLAGS),
        *_read(filters, FILTER),
        *_read(labels, LABEL),
    )
    for flag in own:
        if flag.name not in _OPEN:
            raise InvalidFlags(
                f"the annotation {FLAGS} has --{flag.name}, which isn't a service's to set", _correct(FLAGS)
            )
    return Service(own, digests, layout, enforce=bool(verification))


def add(service: Service, administrator: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """Return the flags for all services with this one's: its filters and labels replace those, others are added."""
    replaced = {
        name for names in (_FILTERING, (flags.LABEL,)) if _any(service.flags, names) for name in names
    }
    return (*(flag for flag in administrator if flag.name not in replaced), *service.flags)


def _any(given: Sequence[Flag], names: Collection[str]) -> bool:
    return any(flag.name in names for flag in given)


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
