"""`kitserve status`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options.cluster import AllNamespaces, Context, Namespace  # noqa: TC001 - read by typer
from kitserve.cli.stdout import emit
from kitserve.cli.terminal.waiting import seconds, wait_for
from kitserve.errors import ClusterUnavailable, NothingToCheck, ServicesFail, TimeIsUp

if TYPE_CHECKING:
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
_ELSEWHERE = "`-n` looks at another namespace, and `-A` at all"
_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")


def _duration(text: str) -> str:
    if seconds(text) is None:
        raise typer.BadParameter("a duration, such as `90s`, `10m` or `1h30m`")
    return text


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
        typer.Option("--timeout", metavar="DURATION", help="How long to wait.", callback=_duration),
    ] = "10m",
    form: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "text",
) -> None:
    """Show the services that get ModelKits: how far each is, and in one sentence why it isn't Ready."""
    if everywhere and namespace:
        raise typer.BadParameter("is for one namespace, and -A for all", param_hint="-n")
    if namespace and not _NAME.fullmatch(namespace):
        raise typer.BadParameter("not the name of a namespace", param_hint="-n")
    from kitserve.cluster.reading import Reader

    reader = Reader(context)
    place = "" if everywhere else namespace or reader.namespace

    def look() -> list[Status]:
        return _look(reader, place, name)

    found, is_late = wait_for(look, seconds(timeout) or 0) if wait else (look(), False)
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
    if "inferenceservices" in reader.absent:
        raise NothingToCheck("the cluster has no InferenceServices: KServe isn't installed")
    raise NothingToCheck(_nothing(namespace, name, is_there=bool(services)), _ELSEWHERE if namespace else "")


def _nothing(namespace: str, name: str, *, is_there: bool) -> str:
    where = f"in the namespace {namespace}" if namespace else "in any namespace"
    if name and is_there:
        return f"the service {name} {where} gets no ModelKit: no kit:// URI, and no image by `kitserve image`"
    return f"there is no service {name} {where}" if name else f"no service {where} gets a ModelKit"


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
