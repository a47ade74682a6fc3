"""`kitserve render`."""

import io
import sys
from pathlib import Path
from typing import Annotated, Literal, TextIO, cast

import typer

from kitserve.cli.options.release import ReleaseName, namespace_name
from kitserve.cli.options.values import Files, Sets, StringSets, checked_values
from kitserve.cli.stdout import emit
from kitserve.render import output
from kitserve.render.release import Release
from kitserve.report.line import Lines, begun

EXAMPLES = """\
Examples:

\b
  kitserve render
  kitserve render -f values.yaml -n models | kubectl apply -f -
  kitserve render -f values.yaml -f production.yaml --set image.tag=v2
  kitserve render -f values.yaml --output-dir manifests

It reports what is wrong with the values, and writes nothing if that is an error. `kitserve validate` judges the objects
that they make, too.
"""

WRITERS = {"yaml": output.write_yaml, "json": output.write_json, "name": output.write_names}


def render(  # noqa: PLR0913, PLR0917 - the options of the command
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    name: ReleaseName = Release.name,
    namespace: Annotated[
        str,
        typer.Option("--namespace", "-n", metavar="NS", callback=namespace_name, help="Release namespace."),
    ] = Release.namespace,
    form: Annotated[
        Literal["yaml", "json", "name"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "yaml",
    folder: Annotated[
        Path | None,
        typer.Option(
            "--output-dir",
            metavar="DIR",
            help="Write a YAML file for each object into this folder, not to standard output.",
        ),
    ] = None,
) -> None:
    """Render the manifests of a release, as `helm template` does with the chart."""
    if folder is not None and form != "yaml":
        raise typer.BadParameter(
            "the files are YAML: leave out --output-dir, or -o", param_hint="--output-dir"
        )
    from kitserve.render import manifests

    checked = checked_values(files, sets, string_sets, namespace)
    objects = manifests.render(checked.values, checked.services, Release(name, namespace))
    if folder is None:
        text = io.StringIO()
        WRITERS[form](objects, cast("TextIO", Lines(text)) if form == "name" else text)
        emit(text.getvalue())
        return
    for path in output.write_folder(objects, folder):
        sys.stderr.write(f"{begun(f'wrote {path}')}\n")
