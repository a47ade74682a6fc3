"""`kitserve pin`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kitserve.cli.options.registry import Authorities, PlainHttp, TlsVerify, flags
from kitserve.cli.reporting import Format, conclude, report
from kitserve.cli.stdout import emit
from kitserve.errors import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitserve.helm.file_cache import FileCache
    from kitserve.pins.examine import Examined
    from kitserve.pins.places import Place

EXAMPLES = """\
Examples:

\b
  kitserve pin values.yaml
  kitserve pin values.yaml production.yaml manifests/
  kitserve pin --update values.yaml
  kitserve pin --check values.yaml manifests/
  kitserve render -f values.yaml | kitserve pin - | kubectl apply -f -

`kit://R:TAG` becomes `kit://R:TAG@sha256:...`, and an image's tag likewise. All else in a file stays, to the byte.
The login is found as `kitserve verify` finds it.
"""


def pin(  # noqa: PLR0913, PLR0917 - the options of the command
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Values files, manifests, folders of them, `-` for standard input."
        ),
    ],
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Change nothing; report what isn't pinned, and tags that moved. For CI."
        ),
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write the digests that tags have now over those they had.")
    ] = False,
    plain_http: PlainHttp = False,
    tls_verify: TlsVerify = "true",
    authorities: Authorities = None,
    form: Format = "text",
) -> None:
    """Write each tag's digest beside the tag, in values and manifests, so that nobody can move it."""
    from kitserve.helm.file_cache import FileCache
    from kitserve.pins.examine import distinct, examine, faults, to_ask
    from kitserve.registry.digests import digests

    if check and update:
        raise typer.BadParameter("it changes files, and --check changes none", param_hint="--update")
    cache = FileCache()
    expanded = distinct(file for argument in files for file in cache.expanded(argument))
    found = [examine(file, cache) for file in expanded]
    if unread := [problem for each in found for problem in each.problems]:
        report(unread, form, cache)
        raise ProblemsFound("nothing was changed: a file can't be read")
    places = [place for each in found for place in each.places]
    way = flags(tls_verify, authorities, plain_http=plain_http)
    asked = to_ask(places, unpinned=not check, pinned=check or update)
    known = digests((place.reference.asked for place in asked), way)
    if check:
        problems = list(faults(places, known))
        report(problems, form, cache)
        conclude(problems, f"{_counted(len(places))} by tag")
        return
    _write(found, known, cache)


def _write(found: "Sequence[Examined]", known: "Mapping[str, str]", cache: "FileCache") -> None:
    """Write the digests that differ from those in the files, and say which.

    Raises:
        ProblemsFound: if one has no place within its line; no file is changed.
    """
    from kitserve.pins import rewrite
    from kitserve.report.line import begun

    changes = {each.file: _changes(each.places, known) for each in found}
    for place in (place for each in changes.values() for place, _ in each if place.start is None):
        raise ProblemsFound(
            f"{place.position}: {place.reference.written} is written in a way that a digest can't be added to",
            "write it on one line, without escapes",
        )
    for file, wanted in changes.items():
        text = cache.content(file)
        if file == "-":
            emit(rewrite.rewritten(text, wanted))
        elif wanted:
            rewrite.replace(file, text, rewrite.rewritten(text, wanted))
    lines = [
        f"{place.position}: {place.reference.written}@{digest}"
        for each in changes.values()
        for place, digest in each
    ]
    sys.stderr.writelines(f"{begun(line)}\n" for line in lines)
    held = sum(len(each.places) for each in found) - len(lines)
    sys.stderr.write(f"{_counted(len(lines))} pinned{f', {held} had a digest already' if held else ''}\n")


def _counted(count: int) -> str:
    return f"{count} {'reference' if count == 1 else 'references'}"


def _changes(places: "Sequence[Place]", known: "Mapping[str, str]") -> "list[tuple[Place, str]]":
    wanted = [(place, known.get(place.reference.asked, "")) for place in places]
    return [(place, digest) for place, digest in wanted if digest and digest != place.reference.digest]
