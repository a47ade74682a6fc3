"""What an InferenceService says of its own unpacking: annotations that the administrator lets the initializer heed.

Whoever writes an InferenceService isn't who runs the cluster. So a service chooses what of its model is unpacked, and
demands a digest, and nothing more: TLS, http, proxies, credentials, paths and load on the registry aren't its to set.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.config import flags
from kitserve_initializer.errors import InvalidFlags
from kitserve_initializer.modelkit.placement import KIT, MODEL
from kitserve_initializer.oci.reference import is_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.flags import UnpackFlags

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
    """The annotations' words, without quotes."""

    filters: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    layout: str = ""


def steer(asked: UnpackFlags, service: Service) -> UnpackFlags:
    """Return what is asked for all services as this one wants it: its filters replace, its other flags are added.

    Raises:
        InvalidFlags: for a flag that is wrong, or not a service's to set, and for a digest that is none.
    """
    wrong = [digest for digest in service.digests if not is_digest(digest)]
    if wrong:
        raise InvalidFlags(f"the annotation {DIGEST} has {wrong[0]!r}, which is no digest", _correct(DIGEST))
    if service.layout not in ("", *_LAYOUTS):
        raise InvalidFlags(
            f"the annotation {LAYOUT} has {service.layout!r}, must be one of: {', '.join(_LAYOUTS)}",
            _correct(LAYOUT),
        )
    own = _read(service.flags, FLAGS)
    own += _read([f"--filter={text}" for text in service.filters], FILTER)
    for name, _ in own:
        if name not in _OPEN:
            raise InvalidFlags(
                f"the annotation {FLAGS} has --{name}, which isn't a service's to set", _correct(FLAGS)
            )
    kept = flags.settings(asked.words)
    if any(name in _FILTERING for name, _ in own):
        kept = [(name, value) for name, value in kept if name not in _FILTERING]
    steered = flags.parse([*map(flags.word, kept), *map(flags.word, own)])
    changes = ("filters", "overwrite", "ignore_existing", "progress", "log_level", "words")
    return dataclasses.replace(
        asked,
        digests=service.digests,
        layout=service.layout or asked.layout,
        **{name: getattr(steered, name) for name in changes},
    )


def _read(words: Sequence[str], annotation: str) -> list[flags.Setting]:
    try:
        read = flags.settings(words)
        flags.parse(words)
    except InvalidFlags as error:
        cause = error.cause.replace("KIT_UNPACK_FLAGS", f"the annotation {annotation}")
        raise InvalidFlags(cause, _correct(annotation)) from error
    return read


def _correct(annotation: str) -> str:
    return f"correct {annotation} of the InferenceService"
