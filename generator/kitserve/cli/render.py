"""`kitserve render`."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from kitserve import output
from kitserve.cli.options import Files, Sets, StringSets, merged_values
from kitserve.release import Release

EXAMPLES = """\
Examples:

\b
  kitserve render
  kitserve render -f values.yaml -n models | kubectl apply -f -
  kitserve render -f values.yaml -f production.yaml --set image.tag=v2
  kitserve render -f values.yaml --output-dir manifests
"""

WRITERS = {"yaml": output.write_yaml, "json": output.write_json, "name": output.write_names}


def render(  # noqa: PLR0913, PLR0917 - the options of the command
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    name: Annotated[
        str, typer.Option("--name", metavar="RELEASE", help="Release name, for the labels.")
    ] = Release.name,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", metavar="NS", help="Release namespace.")
    ] = Release.namespace,
    form: Annotated[
        Literal["yaml", "json", "name"], typer.Option("--output", "-o", help="Form of the output.")
    ] = "yaml",
    folder: Annotated[
        Path | None,
        typer.Option(
            "--output-dir", metavar="DIR", help="Write a YAML file for each object into this folder instead."
        ),
    ] = None,
) -> None:
    """Render the manifests of a release, as `helm template` does with the chart."""
    from kitserve import manifests
    from kitserve.values import Values

    values = Values.model_validate(merged_values(files or [], sets or [], string_sets or []))
    objects = manifests.render(values, Release(name, namespace))
    if folder is None:
        WRITERS[form](objects, sys.stdout)
        return
    for path in output.write_folder(objects, folder):
        sys.stderr.write(f"wrote {path}\n")
