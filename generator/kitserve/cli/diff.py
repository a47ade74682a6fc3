"""`kitserve diff`."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options.cluster import Context, namespaces
from kitserve.cli.options.release import ReleaseName, namespace_name
from kitserve.cli.options.values import Files, GivenValues, Sets, StringSets, given_values
from kitserve.cli.stdout import emit
from kitserve.errors import ProblemsFound
from kitserve.render.release import Release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve.drift.change import Change
    from kitserve.problems import Problem

    Data = dict[str, object]

EXAMPLES = """\
Examples:

\b
  kitserve diff -f values.yaml -n models
  kitserve diff -f values.yaml -n models --set image.tag=v2
  kitserve diff -f values.yaml --name kitserve --context production -o json

It asks the cluster by server-side dry runs, which change nothing, and exits with 1 if there is a difference. What it
compares with is what the tool that installed the release would make of it: Helm, Argo CD, Flux or kubectl.
"""


def _namespace(name: str) -> str:
    return namespace_name(name) if name else name


def diff(  # noqa: PLR0913, PLR0917 - the options of the command
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    name: ReleaseName = Release.name,
    namespace: Annotated[
        str,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NS",
            callback=_namespace,
            help="Release namespace. Default: the context's.",
            autocompletion=namespaces,
        ),
    ] = "",
    context: Context = "",
    form: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "text",
) -> None:
    """Show what a release would change in the cluster, object by object, and change nothing."""
    from kitserve.cluster.objects import Objects
    from kitserve.drift.comparison import compare
    from kitserve.render import manifests

    given = given_values(files, sets, string_sets, namespace)
    cluster = Objects(context, namespace)
    release = Release(name, cluster.namespace)
    objects = manifests.render(given.checked.values, given.checked.services, release)
    changes = list(compare(cluster, objects, release))
    _report(changes, _refusals(changes, objects, given, release), form, given)


def _refusals(
    changes: "Sequence[Change]", objects: "Sequence[Data]", given: GivenValues, release: Release
) -> "Sequence[Problem]":
    """Return why the cluster refuses objects, at the values that make them."""
    from kitserve.check.rendered_objects import at_values, service_keys
    from kitserve.values.view import given as data

    numbered = ((number, change.problem) for number, change in enumerate(changes) if change.problem)
    values = given.checked.values
    keys = service_keys(values, given.checked.services, release)
    found = at_values(numbered, objects, data(values), keys)
    return given.checked.further(found, given.user)


def _report(
    changes: "Sequence[Change]", problems: "Sequence[Problem]", form: str, given: GivenValues
) -> None:
    """Print what changes. Raises ProblemsFound for a refusal, and Exit for a difference."""
    from kitserve.report import diff as report
    from kitserve.report.text import has_colors, write

    colors = sys.stdout is not None and has_colors(sys.stdout)
    emit(report.json(changes, problems) if form == "json" else report.text(changes, colors=colors))
    write(problems, sys.stderr, given.cache.text)
    sys.stderr.writelines(f"{each}\n" for each in (*report.notes(changes), report.summary(changes)))
    if problems:
        count = len(problems)
        raise ProblemsFound(f"the cluster refuses {count} object{'' if count == 1 else 's'}")
    if any(map(report.is_different, changes)):
        raise typer.Exit(1)
