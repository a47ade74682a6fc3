"""`kitserve validate`."""

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from kitserve.cli.options.cluster import contexts
from kitserve.cli.reporting import Format, conclude, report
from kitserve.errors import NothingToCheck

if TYPE_CHECKING:
    from kitserve.check.objects import Ask

EXAMPLES = """\
Examples:

\b
  kitserve validate values.yaml manifests/
  kitserve render -f values.yaml | kitserve validate -
  kitserve validate --kserve-version 0.17 inferenceservice.yaml
  kitserve validate --merged values.yaml production.yaml
  kitserve validate --cluster manifests/
  kitserve validate --strict --format sarif manifests/ > kitserve.sarif
"""


_VERSION = re.compile(r"v?([0-9]{1,4}\.[0-9]{1,4})(\.[0-9]{1,4})?([-+.][0-9A-Za-z.+-]{1,40})?")
_NAMED = 3
"""Arguments that a message names."""


def _versions(incomplete: str) -> list[str]:
    """Return the versions of KServe that begin so, for the shell."""
    from kitserve.crds import structures

    return [each for each in structures.versions() if each.startswith(incomplete)]


Context = Annotated[
    str,
    typer.Option(
        "--context",
        metavar="NAME",
        help="The kubeconfig's context whose cluster to ask; implies --cluster.",
        autocompletion=contexts,
    ),
]


def _refuse_values(files: list[str] | None) -> None:
    if files:
        named = " ".join(files)
        raise typer.BadParameter(f"files are named without it: kitserve validate {named}", param_hint="-f")


def validate(  # noqa: PLR0913, PLR0917 - the options of the command
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
            help="Merge the values files, the last one winning, and check the result instead of each file.",
        ),
    ] = False,
    version: Annotated[
        str,
        typer.Option(
            "--kserve-version",
            metavar="VERSION",
            autocompletion=_versions,
            help="Version of KServe for the manifests, such as 0.19. Default: 0.20, the newest whose CRDs are known.",
        ),
    ] = "",
    cluster: Annotated[
        bool,
        typer.Option(
            "--cluster",
            help="Ask a cluster too, by a server-side dry run of each object, which changes nothing. Needs the extra "
            "`kitserve[cluster]`.",
        ),
    ] = False,
    context: Context = "",
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Treat warnings as errors: report them as errors, and exit with 1."),
    ] = False,
    empty: Annotated[
        bool,
        typer.Option(
            "--allow-nothing",
            help="Exit with 0 if none of the files is a manifest or values, as a hook needs that gets any file.",
        ),
    ] = False,
    form: Format = "text",
    _values: Annotated[
        list[str] | None,
        typer.Option("--values", "-f", hidden=True, metavar="FILE", callback=_refuse_values),
    ] = None,
) -> None:
    """Check values against the schema and the rules, and manifests against KServe's CRDs and its webhooks' rules."""
    from kitserve.check.pipeline import check_files, check_merged
    from kitserve.helm.file_cache import FileCache
    from kitserve.report.line import begun

    version = _known(version)
    cache = FileCache()
    found = [file for argument in files for file in cache.expanded(argument)]
    ask = _judge(context) if cluster or context else None
    checked = (check_merged if merged else check_files)(found, cache, version, ask)
    sys.stderr.writelines(f"{begun(note)}\n" for note in checked.notes)
    problems = checked.problems
    if strict:
        problems = tuple(replace(problem, severity="error") for problem in problems)
    report(problems, form, cache)
    if not checked.files and not problems and not empty:
        raise NothingToCheck(_nothing(files), "name a manifest, a values file, or a folder that has some")
    conclude(problems, f"{checked.files} {'file' if checked.files == 1 else 'files'}")


def _nothing(arguments: list[str]) -> str:
    """Return the sentence on arguments that have nothing to look at."""
    named = ", ".join("standard input" if argument == "-" else argument for argument in arguments[:_NAMED])
    more = " and others" if len(arguments) > _NAMED else ""
    return f"nothing to check in {named}{more}: no manifest, and no values of kitserve"


def _judge(context: str) -> "Ask":
    from kitserve.check.dry_run import Cluster

    return Cluster(context).refusals


def _known(version: str) -> str:
    """Return the minor version of KServe that is meant, and say if it is newer than all that are known.

    Raises:
        BadParameter: it isn't a version, or an older one that isn't known.
    """
    from kitserve.crds import structures

    known = structures.versions()
    found = _VERSION.fullmatch(version)
    minor = found[1] if found else version
    if version and not (minor in known or (found and structures.is_newer(minor))):
        raise typer.BadParameter(f"known are {', '.join(known)}", param_hint="--kserve-version")
    if version and minor not in known:
        sys.stderr.write(
            f"KServe {minor} isn't known yet: kitserve judges by {known[-1]}, and what a newer CRD may allow "
            "is a warning\n"
        )
    return minor
