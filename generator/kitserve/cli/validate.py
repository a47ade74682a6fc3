"""`kitserve validate`."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve import report
from kitserve.cli.options import checked_values, place
from kitserve.errors import ProblemsFound

if TYPE_CHECKING:
    from kitserve.objects import Manifest, Object
    from kitserve.problems import Problem

EXAMPLES = """\
Examples:

\b
  kitserve validate values.yaml manifests/
  kitserve render -f values.yaml | kitserve validate -
  kitserve validate --kserve-version 0.17 inferenceservice.yaml
  kitserve validate --merged values.yaml production.yaml
"""


def validate(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Values files, manifests, folders of them, `-` for standard input."
        ),
    ],
    merged: Annotated[
        bool,
        typer.Option(
            "--merged",
            help="Check values files for what they give together, the last winning, instead of each by itself.",
        ),
    ] = False,
    version: Annotated[
        str,
        typer.Option(
            "--kserve-version", metavar="VERSION", help="KServe that manifests are for. Default: the newest."
        ),
    ] = "",
    form: Annotated[
        Literal["text", "json", "github"],
        typer.Option(
            "--format", help="Form of the report: text to standard error, others to standard output."
        ),
    ] = "text",
) -> None:
    """Check values against the schema and the rules, and manifests against KServe's CRDs and its webhooks' rules."""
    _refuse_unknown(version)
    found = list(_files(files))
    problems = checked_values(found)[1] if merged else _checked(found, version)
    report.WRITERS[form](problems, sys.stderr if form == "text" else sys.stdout)
    errors = sum(problem.severity == "error" for problem in problems)
    counted = f"{len(found)} {'file' if len(found) == 1 else 'files'}"
    if errors:
        raise ProblemsFound(f"{errors} {'problem' if errors == 1 else 'problems'} in {counted}")
    sys.stderr.write(f"{counted}: no problems\n")


def _refuse_unknown(version: str) -> None:
    from kitserve import kserve

    if version and version not in kserve.versions():
        raise typer.BadParameter(f"known are {', '.join(kserve.versions())}", param_hint="--kserve-version")


def _files(arguments: list[str]) -> Iterator[str]:
    """The arguments, with the YAML and JSON files of a folder, by name, in its place."""
    for argument in arguments:
        if argument == "-" or not Path(argument).is_dir():
            yield argument
            continue
        for path in sorted(Path(argument).rglob("*")):
            if path.suffix in {".yaml", ".yml", ".json"} and path.is_file():
                yield str(path)


def _checked(files: list[str], version: str) -> list["Problem"]:
    """All that is wrong with files, each by itself, but for what objects of several files break together."""
    problems: list[Problem] = []
    found: list[Object] = []
    for file in files:
        manifest = _manifest(file)
        if isinstance(manifest, bytes):
            problems += checked_values([file], stdin=partial(bytes, manifest))[1]
        else:
            problems += manifest.problems
            found += manifest.objects
    return problems + _checked_objects(found, version)


def _manifest(file: str) -> "Manifest | bytes":
    """The objects in a file; its bytes, which are empty if it can't be read, where it is no manifest."""
    from kitserve import objects
    from kitserve.source import STDIN, read_bytes

    try:
        content = read_bytes(file)
    except OSError:
        return b""
    text = content.decode(errors="replace")
    return objects.parse(STDIN if file == "-" else file, text) or content


def _checked_objects(found: list["Object"], version: str) -> list["Problem"]:
    from kitserve import kserve, objectrules, openapi

    version = version or kserve.versions()[-1]
    problems: list[Problem] = []
    for item in found:
        if not openapi.is_known(item.data):
            sys.stderr.write(f"{item.locate(())}: {item.name}: not looked at, its kind isn't known here\n")
        broken = (*openapi.check(item.data, version), *objectrules.broken(item.data, version))
        problems += (replace(problem, position=item.locate(problem.path)) for problem in broken)
    for number, problem in objectrules.together([item.data for item in found], version):
        problems.append(replace(problem, position=found[number].locate(problem.path)))
    return sorted(problems, key=place)
