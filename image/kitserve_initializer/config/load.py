"""Variables to options: the administrator's flags, a service's additions, and the files that they name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitserve_initializer.concurrency.machine import machine
from kitserve_initializer.concurrency.shares import divide
from kitserve_initializer.config import flags, service_annotations, tls_files
from kitserve_initializer.config.options import of_flags
from kitserve_initializer.config.patterns import Patterns

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options


def load(settings: Environment) -> Options:
    """Return the options that the variables set, without the files that they name.

    Raises:
        InvalidFlags: for a flag or an annotation that is wrong.
    """
    administrator = flags.read(settings.kit_unpack_flags)
    of_flags(administrator)  # before a service takes some of them away
    service = service_annotations.of(settings)
    given = of_flags(service_annotations.add(service, administrator))
    return replace(
        given,
        shares=divide(machine(), given.concurrency),
        engine=settings.kitserve_engine,
        layout=service.layout or settings.kitserve_layout,
        patterns=Patterns(settings.storage_allow_patterns, settings.storage_ignore_patterns),
        digests=service.digests,
        enforce=service.enforce,
        allow_parents_by_tag=settings.kitserve_allow_parents_by_tag,
        verify_again=settings.kitserve_verify_again,
        first_byte_seconds=settings.kitserve_first_byte_seconds,
    )


def with_files(settings: Environment, options: Options) -> Options:
    """Return the options with what the files hold that they name.

    Raises:
        InvalidFlags, InvalidEnvironment: for a file that can't be used.
    """
    return replace(options, identity=tls_files.gather(settings, options))
