"""The text of a values file that serves a ModelKit, with comments that say why."""

import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import PurePosixPath

from kitserve.proposal.formats import FORMATS, Guess, guesses, unserved
from kitserve.registry.contents import Contents

_SCHEMA = "values.schema.json"
_IMAGE_VOLUME = "imageVolume"
_MEBI = 1024**2
_SPARE = 1.2
"""Of the model's size: what a request of disk has for the rest that the pod writes."""
_SMALL = 100
"""MiB that the chart requests without being told."""
_LARGE = 2 * 1024**3
"""Bytes of a model from which on a server's default memory, 2 GiB, is too little."""
_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST = 45
"""Characters of a service's name that leave room for what KServe and Knative add."""
_WIDTH = 118


@dataclass(frozen=True)
class Wish:
    """What the user asks for: the service's name, a runtime, a way to deliver; empty is a choice of ours.

    The pods need what this command was told: `flags` of `kit unpack` for the way to the registry, `labels` that choose
    from an index, and `authorities`, certificates in PEM form.
    """

    name: str = ""
    runtime: str = ""
    delivery: str = ""
    flags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    authorities: str = ""


@dataclass(frozen=True)
class _Plan:
    """What is known and wished; `formats` may be the model's, the surest first.

    With `lifts` the server looks at the top alone, and finds the model only by the layout `model`. With `scattered` no
    layout helps.
    """

    contents: Contents
    wish: Wish
    formats: Sequence[Guess]
    lifts: bool
    scattered: bool


def text(contents: Contents, wish: Wish) -> str:
    """Return the file. What can't be known is a comment with the choices."""
    plan = _plan(contents, wish)
    lines = [*_head(contents), *_top(plan), "inferenceServices:", f"  {_name(contents, wish)}:"]
    lines += [f"    {line}" for line in _service(plan)]
    return "\n".join(lines) + "\n"


def _plan(contents: Contents, wish: Wish) -> _Plan:
    formats = guesses(contents.framework, contents.heads)
    is_at_top = any("/" not in path for path in contents.heads)
    is_hidden = bool(formats) and formats[0].format.flat and bool(contents.heads) and not is_at_top
    places = len(_own(contents))
    return _Plan(contents, wish, formats, lifts=is_hidden and places == 1, scattered=is_hidden and places > 1)


def _head(contents: Contents) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={_SCHEMA}"
    yield from _comment(
        f"Serves {contents.reference}. The line above is for editors: `kitserve schema > {_SCHEMA}` writes that file. "
        "Next: `kitserve validate --strict` with this file, then `helm install` or `kitserve render`."
    )


def _top(plan: _Plan) -> Iterator[str]:
    """Yield what the initializer needs; nodes that pull images have none."""
    contents = plan.contents
    if plan.wish.delivery == _IMAGE_VOLUME:
        return
    yield from _way(plan.wish)
    if chosen := _unpacking(plan):
        yield from _comment("The annotations that the services below use.")
        yield f"serviceAnnotations: [{', '.join(chosen)}]"
    if (size := _mebibytes(contents)) > _SMALL:
        why = f"The model has {ceil(contents.size / _MEBI)} MiB"
        why += ", compressed: unpacked it has more." if contents.compressed else "."
        yield from _comment(f"{why} The request keeps pods away from nodes without that space.")
        yield "resources:"
        yield "  requests:"
        yield f"    ephemeral-storage: {size}Mi"


def _way(wish: Wish) -> Iterator[str]:
    """Yield what the pods need to reach the registry as this command did."""
    if wish.flags:
        yield from _comment("Pods ask the registry as this command was told to.")
        yield f"unpackFlags: {' '.join(wish.flags)}"
    if wish.authorities:
        yield from _comment("Pods trust the certificates that this command was told to trust.")
        yield "tls:"
        yield "  caCertificates: |"
        yield from (f"    {line}".rstrip() for line in wish.authorities.splitlines())


def _unpacking(plan: _Plan) -> dict[str, str]:
    """Return what the service's `unpacking` says."""
    label = {"label": json.dumps(" ".join(plan.wish.labels))} if plan.wish.labels else {}
    return {**label, **({"layout": "model"} if plan.lifts else {})}


def _service(plan: _Plan) -> Iterator[str]:
    contents = plan.contents
    yield from _comment(
        "The digest counts; the tag beside it says what it was. `kitserve pin --update` takes a newer one."
    )
    yield f"storageUri: {_pinned(contents)}"
    yield from _delivery(plan)
    yield from _format(plan)
    if plan.lifts:
        top = PurePosixPath(contents.paths[0])
        yield from _comment(
            "The server looks for the model at the top of /mnt/models, and the ModelKit has it in "
            f"{top.parent if top.suffix else top}."
        )
    if chosen := _unpacking(plan):
        yield "unpacking:"
        yield from (f"  {key}: {value}" for key, value in chosen.items())
    if plan.scattered:
        yield from _comment(
            "MISSING: the server looks for the model at the top of /mnt/models, and the ModelKit has it in several "
            f"places: {', '.join(sorted(_own(contents)))}. Pack the model and its parts in one folder."
        )
    if contents.size > _LARGE:
        gibi = ceil(contents.size * _SPARE / 1024**3)
        yield from _comment(
            'The server has to hold the weights: its default is 2Gi. Add a GPU here: nvidia.com/gpu: "1".'
        )
        yield "resources:"
        yield f"  requests: {{memory: {gibi}Gi}}"
        yield f"  limits: {{memory: {gibi}Gi}}"


def _format(plan: _Plan) -> Iterator[str]:
    found = plan.formats
    names = ", ".join(form.name for form in FORMATS)
    if len(found) == 1:
        yield from _certain(found[0])
    elif found:
        told = "; ".join(f"{guess.format.name}, since {guess.because}" for guess in found)
        yield from _comment(f"It may be one of several formats: {told}. Keep the right one.")
        yield "modelFormat:"
        yield f"  name: {found[0].format.name}"
    else:
        fault = unserved(plan.contents.heads)
        reason = (
            f"{fault}."
            if fault
            else "Neither the Kitfile's framework nor the names of its files tell the format."
        )
        yield from _comment(
            f"MISSING: the model's format. {reason} Formats of KServe's own servers: {names}. For a server of your "
            "own, name a ServingRuntime by `runtime`, with a format that it supports, or write `predictor.containers`."
        )
        yield "# modelFormat:"
        yield "#   name: FORMAT"
    if plan.wish.runtime:
        yield f"runtime: {_scalar(plan.wish.runtime)}"


def _certain(guess: Guess) -> Iterator[str]:
    yield from _comment(f"{guess.format.name}, since {guess.because}. {guess.format.note}".strip())
    yield "modelFormat:"
    yield f"  name: {guess.format.name}"


def _delivery(plan: _Plan) -> Iterator[str]:
    contents, wish = plan.contents, plan.wish
    if not wish.delivery or wish.delivery == "initializer":
        return
    yield f"delivery: {wish.delivery}"
    if wish.delivery == _IMAGE_VOLUME:
        options = ["--layout model"] if plan.lifts else []
        options += [*(f"--label {shlex.quote(label)}" for label in wish.labels), *wish.flags]
        yield "# Make the image before the service:"
        yield f"#   {' '.join(['kitserve image', _pinned(contents), *options])}"
    if wish.delivery == "volume":
        yield "modelVolume:"
        yield f"  size: {max(_mebibytes(contents), _SMALL)}Mi"


def _own(contents: Contents) -> set[str]:
    """Return the outermost folders, or files, of the model and its parts."""
    paths = {PurePosixPath(path) for path in contents.paths}
    return {str(path) for path in paths if not paths & {*path.parents}}


def _mebibytes(contents: Contents) -> int:
    return ceil(contents.size * _SPARE / _MEBI)


def _pinned(contents: Contents) -> str:
    return contents.reference if "@" in contents.reference else f"{contents.reference}@{contents.digest}"


def _name(contents: Contents, wish: Wish) -> str:
    """Return the service's name, which begins with a letter."""
    made = _NAME.sub("-", contents.name.lower()).strip("-")
    made = made if made[:1].isalpha() else f"model-{made}"
    return wish.name or made[:_LONGEST].strip("-")


def _scalar(word: str) -> str:
    return word if re.fullmatch(r"[a-z][-a-z0-9.]*", word) else json.dumps(word)


def _comment(sentence: str) -> Iterator[str]:
    yield from textwrap.wrap(
        " ".join(sentence.split()),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
