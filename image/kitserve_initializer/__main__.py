"""The command, whose arguments are pairs of SRC and DEST, as KServe passes them. errors.py has its exit codes."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer import termination
from kitserve_initializer.config import arguments, environment, load
from kitserve_initializer.destination.place import places
from kitserve_initializer.engines import kit, native
from kitserve_initializer.errors import (
    Cancelled,
    Failure,
    InternalError,
    Interrupted,
    Terminated,
    sentence,
)
from kitserve_initializer.log import events, lines
from kitserve_initializer.modelkit.connection import connect, resolver_of
from kitserve_initializer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import FrameType

    from kitserve_initializer.config.arguments import Work
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.trust.verifier import Verifier

_PLANS = {"native": native.plan, "kit": kit.plan}
_CHECKS = {"native": native.check, "kit": kit.check}
_SIGNALS = {signal.SIGTERM: Terminated, signal.SIGINT: Cancelled}


def main() -> int:
    """Run the command and return its exit code."""
    if answer := arguments.answer(sys.argv[1:]):
        print(answer, end="")
        return 0
    lines.start(environment.log_format())
    try:
        _listen()
        _deliver(sys.argv[1:])
    except (Failure, Interrupted) as error:
        return _report(error)
    except Exception as error:  # noqa: BLE001 - the last resort: users get a sentence, never a traceback
        return _report(_internal(error))
    finally:
        lines.end()
    return 0


def _deliver(given: Sequence[str]) -> None:
    settings = environment.load()
    options = load.load(settings)
    lines.tune(options.log_level, options.progress)
    works = arguments.parse(given)
    _tell_started(works, options)
    verifier = _verifier(settings, options)
    options = load.with_files(settings, options)
    transport = connect(settings, options, [work.source for work in works])
    destinations = [work.destination for work in works if work.destination]
    placed = dict(zip(destinations, places(destinations), strict=True))
    planned = []
    for work in works:
        own = replace(options, verification=verifier.mark(work.source) if verifier else "")
        resolver = resolver_of(work.source, settings, transport, verifier, plain_http=options.plain_http)
        if work.destination is None:
            _CHECKS[options.engine](work.source, own, resolver)
        else:
            planned.append(_PLANS[options.engine](work.source, placed[work.destination], own, resolver))
    for deliver in filter(None, planned):
        deliver()


def _tell_started(works: Iterable[Work], options: Options) -> None:
    """Log what was asked for, before anything is read from a volume or a registry that may hang."""
    for work in works:
        known = {"version": VERSION, "reference": work.source, "engine": options.engine}
        if work.destination:
            lines.say(events.STARTED, **known, destination=work.destination)
        else:
            lines.say(events.CHECK_STARTED, **known)


def _verifier(settings: Environment, options: Options) -> Verifier | None:
    """Return what verifies signatures; None without a policy, and then nothing of it is loaded."""
    if not (settings.kitserve_verification or options.enforce):
        return None
    from kitserve_initializer.trust import load as trust  # noqa: PLC0415

    return trust.verifier(
        settings.kitserve_verification, enforce=options.enforce, plain_http=options.plain_http
    )


def _listen() -> None:
    """Handle signals: PID 1 of a container gets only the signals that it has a handler for."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(number: int, _: FrameType | None) -> None:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise _SIGNALS[signal.Signals(number)]


def _report(error: Failure | Interrupted) -> int:
    text = sentence(error)
    lines.say(events.FAILED, cause=error.cause, hint=error.hint, code=error.code, error=type(error).__name__)
    termination.write(environment.termination_log(), text)
    return error.code


def _internal(error: Exception) -> InternalError:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = (
        f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
    )
    return InternalError(f"unexpected {type(error).__name__} at {place}")


if __name__ == "__main__":
    sys.exit(main())
