"""`kitserve image`."""

import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kitserve.cli.options.policy import (
    Formats,
    Issuer,
    IssuerPattern,
    Keys,
    Required,
    Subject,
    SubjectPattern,
    TrustedRoot,
    policy,
    policy_options,
)
from kitserve.cli.options.registry import Authorities, Labels, ModelKitReference, PlainHttp, TlsVerify, flags
from kitserve.cli.options.values import Files, Sets, StringSets
from kitserve.cli.stdout import emit
from kitserve.cli.terminal.progress import Progress

if TYPE_CHECKING:
    from kitserve.image.publishing.prune import Stale
    from kitserve.image.publishing.publish import Order, Outcome, Unlike

EXAMPLES = """\
Examples:

\b
  kitserve image kit://registry.example.com/models/iris:v1
  kitserve image kit://registry.example.com/models/iris:v1 --filter model --filter kitfile --layout model
  kitserve image kit://registry.example.com/models/iris:v1 -f values.yaml --check
  kitserve image kit://registry.example.com/models/iris:v1 --key cosign.pub --prune

It reads every layer once and uploads none: the image names the ModelKit's own layers, and a few kilobytes are pushed.
Its tag is the one that the chart and `kitserve render` name for `delivery: imageVolume`. Its URI, which goes to a
service's storageUri, is the last line of standard output.

The login has to be one that may push. It is found as docker, podman and the initializer find it: ~/.docker/config.json,
DOCKER_CONFIG, podman's auth.json, REGISTRY_AUTH_FILE, KIT_USER and KIT_PASSWORD.
"""


def image(  # noqa: PLR0913, PLR0917 - the options of the command
    reference: ModelKitReference,
    tag: Annotated[
        str,
        typer.Option("--tag", metavar="TAG", help="Tag of the image, instead of the one that values name."),
    ] = "",
    layout: Annotated[
        Literal["kit", "model"],
        typer.Option("--layout", help="Which files lie at the top, as a service's unpacking.layout."),
    ] = "kit",
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter", metavar="FILTER", help="What to take, as `kit unpack --filter`; may be repeated."
        ),
    ] = None,
    labels: Labels = None,
    platforms: Annotated[
        list[str] | None,
        typer.Option(
            "--platform",
            metavar="OS/ARCH",
            help="Platform of nodes; may be repeated. Default: linux/amd64 and linux/arm64.",
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Change nothing: say whether the image is there and current (exit code 1)."
        ),
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help="Remove the repository's images whose ModelKit is gone or whose tag moved on; with --check list them.",
        ),
    ] = False,
    files: Files = None,
    sets: Sets = None,
    string_sets: StringSets = None,
    keys: Keys = None,
    subject: Subject = "",
    subject_pattern: SubjectPattern = "",
    issuer: Issuer = "",
    issuer_pattern: IssuerPattern = "",
    trusted_root: TrustedRoot = None,
    required: Required = None,
    formats: Formats = None,
    plain_http: PlainHttp = False,
    tls_verify: TlsVerify = "true",
    authorities: Authorities = None,
    form: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Format of the output.")
    ] = "text",
) -> None:
    """Make the image of a ModelKit that nodes mount as a volume, in the ModelKit's own repository."""
    from kitserve.image.publishing.publish import Order
    from kitserve.image.request import PLATFORMS, Request

    given = policy_options(
        (files, sets, string_sets),
        keys,
        (subject, subject_pattern, issuer, issuer_pattern),
        trusted_root,
        (required, formats),
    )
    request = Request(
        reference,
        layout,
        tuple(filters or ()),
        tuple(labels or ()),
        tuple(sorted({*(platforms or PLATFORMS)})),
        policy(given),
        flags(tls_verify, authorities, plain_http=plain_http),
    )
    _run(Order(request, tag, check), form, prune=prune)


def _run(order: "Order", form: str, *, prune: bool) -> None:
    """Make the image, and print where it is, also if others can't be removed."""
    from kitserve.image.publishing.publish import Unlike, publish
    from kitserve.image.publishing.removal import prune as remove

    try:
        with Progress() as progress:
            outcome, source = publish(order, progress)
    except Unlike as error:
        _tell_differences(error)
        raise
    _tell(outcome)
    removed: list[Stale] = []
    tell = partial(_tell_stale, removed, "would be removed" if order.check else "removed")
    try:
        if prune:
            remove(source, outcome, tell, check=order.check)
    finally:
        _emit(outcome, removed, form)


def _emit(outcome: "Outcome", removed: "list[Stale]", form: str) -> None:
    if form == "text":
        emit(f"{outcome.uri}\n")
        return
    from kitserve.report.line import json_text

    images = [{"digest": each.digest, "tags": each.tags, "reason": each.reason} for each in removed]
    emit(json_text({**asdict(outcome), "removed": images}))


def _tell(outcome: "Outcome") -> None:
    from kitserve.image.publishing.sentences import done

    warning = [f"warning: {outcome.warning}\n"] if outcome.warning else []
    sys.stderr.writelines([*warning, f"{done(outcome)}\n"])


def _tell_stale(removed: "list[Stale]", deed: str, image: "Stale") -> None:
    removed.append(image)
    what = ", ".join(image.tags) or "no tag"
    sys.stderr.write(f"{deed}: {image.digest} ({what}): {image.reason}\n")


def _tell_differences(error: "Unlike") -> None:
    if error.refusal.count > 1:
        sys.stderr.writelines(f"  {each}; {each.remedy}\n" for each in error.refusal.differences)
