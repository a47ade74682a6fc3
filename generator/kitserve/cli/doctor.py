"""`kitserve doctor`."""

import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from kitserve.cli.options.cluster import Context, Namespace
from kitserve.cli.options.registry import Authorities, PlainHttp, flags
from kitserve.cli.options.values import Files, Sets, StringSets, checked_values
from kitserve.cli.stdout import emit
from kitserve.errors import ProblemsFound

if TYPE_CHECKING:
    from kitserve.check.merged_values import CheckedValues

EXAMPLES = """\
Examples:

\b
  kitserve doctor
  kitserve doctor -f values.yaml -n models
  kitserve doctor -f values.yaml -n models --from-cluster
  kitserve doctor -n models -o json | jq '.[] | select(.result == "error")'

With values it looks at what they need, else at the services that the namespace has. Nothing is changed; --from-cluster
makes a pod for each namespace and service account, and removes it. Needs the extra `kitserve[cluster]`, and goes
without what the login may not read: that is `not known`.

Exit code 1 says that a check found an error, 4 that the cluster can't be asked.
"""


def doctor(  # noqa: PLR0913, PLR0917 - the options of the command
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    namespace: Namespace = "",
    context: Context = "",
    from_cluster: Annotated[
        bool,
        typer.Option(
            "--from-cluster",
            help="Ask the registries from a pod too, by the initializer's --check. The pod is removed in any case.",
        ),
    ] = False,
    plain_http: PlainHttp = False,
    authorities: Authorities = None,
    form: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "text",
) -> None:
    """Say what stands in the way of serving ModelKits in a cluster, before anything is applied."""
    from kitserve.cluster.api_server import connect
    from kitserve.doctor.examination import Options, examine
    from kitserve.report import doctor as report

    checked = checked_values(files, sets, string_sets, namespace) if files or sets or string_sets else None
    request, usual = connect(context)
    place = namespace or usual
    objects = _objects(checked, place) if checked else None
    way = flags("true", authorities, plain_http=plain_http)[1:]
    if from_cluster:
        signal.signal(signal.SIGTERM, _interrupt)
    checks = examine(request, Options(place, objects, way, from_cluster))
    emit(report.json(checks) if form == "json" else report.text(checks, sys.stdout))
    said = report.conclusion(checks)
    if any(each.result == "error" for each in checks):
        raise ProblemsFound(said)
    sys.stderr.write(f"{said}\n")


def _objects(checked: "CheckedValues", place: str) -> list[dict[str, Any]]:
    from kitserve.render import manifests
    from kitserve.render.release import Release

    return manifests.render(checked.values, checked.services, Release(namespace=place))


def _interrupt(*_: object) -> NoReturn:
    """End as by Ctrl-C, which removes a pod."""
    raise KeyboardInterrupt
