"""`kitserve status`."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options.cluster import AllNamespaces, Context, Namespace  # noqa: TC001 - read by typer
from kitserve.cli.stdout import emit
from kitserve.errors import ClusterUnavailable, NothingToCheck, ServicesFail, TimeIsUp

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve.cluster.reading import Reader
    from kitserve.serving.status import Status

EXAMPLES = """\
Examples:

\b
  kitserve status
  kitserve status iris -n models
  kitserve status -A -o json
  kitserve status iris -n models --wait --timeout 20m

`--wait` ends with 0 when all are ready, with their models loaded; with 1 when one has failed for five seconds in a
way that no retry of the cluster's mends, such as a wrong password, a missing Secret or tag, or a model that isn't
signed; and with 5 when the time is up. A registry or a webhook that doesn't answer, a full quota and a node that
isn't there yet may pass, so they are waited for.
"""
_PAUSE_SECONDS = 2.0
_SURE_SECONDS = 5.0
"""How long a failure has to last: an object may come a moment after the pod that needs it."""
_DURATION = re.compile(r"(?=.)(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")
_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")


def _seconds(timeout: str) -> str:
    if not _DURATION.fullmatch(timeout):
        raise typer.BadParameter("a duration, such as `90s`, `10m` or `1h30m`")
    return timeout


def _named(name: str) -> str:
    if name and not _NAME.fullmatch(name):
        raise typer.BadParameter("not the name of a service")
    return name


def status(  # noqa: PLR0913, PLR0917 - the options of the command
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Service to look at. Default: all.", callback=_named)
    ] = "",
    namespace: Namespace = "",
    everywhere: AllNamespaces = False,
    context: Context = "",
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all are ready, or one has failed.")
    ] = False,
    timeout: Annotated[
        str,
        typer.Option("--timeout", metavar="DURATION", help="How long to wait.", callback=_seconds),
    ] = "10m",
    form: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "text",
) -> None:
    """Show the services that get ModelKits: how far each is, and in one sentence why it isn't Ready."""
    if everywhere and namespace:
        raise typer.BadParameter("is for one namespace, and -A for all", param_hint="-n")
    from kitserve.cluster.reading import Reader

    reader = Reader(context)
    place = "" if everywhere else namespace or reader.namespace

    def look() -> list[Status]:
        return _look(reader, place, _named(name))

    found, is_late = _waited(look, timeout) if wait else (look(), False)
    _report(found, form)
    for denied in reader.denied:
        sys.stderr.write(f"not read: {denied}\n")
    _conclude(found, is_late=is_late)


def _look(reader: Reader, namespace: str, name: str) -> list[Status]:
    """Return the services. Raises NothingToCheck without one, ClusterUnavailable if they can't be read."""
    from kitserve.serving import gathering
    from kitserve.serving.status import status as judge

    services = gathering.services(reader, namespace, name)
    found = [judge(each) for each in gathering.gather(reader, services, namespace)]
    if found:
        return sorted(found, key=lambda each: (each.namespace, each.name))
    if len(reader.denied) and not services:
        raise ClusterUnavailable(reader.denied[0], hint="`-n` looks at a namespace that this login may read")
    raise NothingToCheck(
        _nothing(namespace, name, is_there=bool(services)), "" if not namespace else _elsewhere
    )


_elsewhere = "`-n` looks at another namespace, and `-A` at all"


def _nothing(namespace: str, name: str, *, is_there: bool) -> str:
    where = f"in the namespace {namespace}" if namespace else "in any namespace"
    if name and is_there:
        return f"the service {name} {where} gets no ModelKit: no kit:// URI, and no image by `kitserve image`"
    return f"there is no service {name} {where}" if name else f"no service {where} gets a ModelKit"


def _waited(look: Callable[[], list[Status]], timeout: str) -> tuple[list[Status], bool]:
    """Return the services when all are ready or one has failed, and whether the time was up before."""
    from kitserve.cli.terminal.live import Live
    from kitserve.report.status import line

    hours, minutes, seconds = (
        int(each or 0) for each in (_DURATION.fullmatch(timeout) or [0, 0, 0]).groups()
    )
    end = time.monotonic() + 3600 * hours + 60 * minutes + seconds
    failing: dict[tuple[str, str, str], float] = {}
    found = look()
    with Live() as live:
        while True:
            live([line(each) for each in found])
            now = time.monotonic()
            failing = {_key(each): failing.get(_key(each), now) for each in found if each.final}
            if all(each.state in {"ready", "stopped"} for each in found) or any(
                now - since >= _SURE_SECONDS for since in failing.values()
            ):
                return found, False
            if now >= end:
                return found, True
            time.sleep(min(_PAUSE_SECONDS, max(end - now, 0.0)))
            found = _again(look, found)


def _again(look: Callable[[], list[Status]], found: list[Status]) -> list[Status]:
    """Return the services once more; those of before while the API server doesn't answer."""
    try:
        return look()
    except ClusterUnavailable:
        return found


def _key(each: Status) -> tuple[str, str, str]:
    return each.kind, each.namespace, each.name


def _report(found: list[Status], form: str) -> None:
    from kitserve.report import status as report
    from kitserve.report.text import has_colors

    colors = sys.stdout is not None and has_colors(sys.stdout)
    emit(report.json(found) if form == "json" else report.text(found, colors=colors))


def _conclude(found: list[Status], *, is_late: bool) -> None:
    """Raise ServicesFail if a service has a cause that stops it, TimeIsUp if one isn't ready in time."""
    failing = [each for each in found if each.state in {"failed", "retrying"}]
    if is_late and not any(each.final for each in found):
        late = [each.name for each in found if each.state not in {"ready", "stopped"}]
        raise TimeIsUp(f"the time is up, and {_listed(late)} not ready")
    if failing:
        raise ServicesFail(f"{_listed([each.name for each in failing])} not ready: the cause is above")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} others" if len(names) > 3 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'}"
