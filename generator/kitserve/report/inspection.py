"""An inspected ModelKit, for people, as JSON and as YAML."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import TextIO, cast

from kitserve_initializer.log.amounts import size

from kitserve.registry.inspection import InspectedLayer, Inspection, Signatures
from kitserve.render import yaml_writer
from kitserve.report.line import Lines, json_text


def text(found: Inspection) -> str:
    """Return the facts, a line for each layer, and the Kitfile."""
    written = io.StringIO()
    lines = cast("TextIO", Lines(written))
    lines.writelines(f"{line}\n" for line in _lines(found))
    return written.getvalue()


def json(found: Inspection) -> str:
    """Return an object; the members are those of registry/inspection.py, sizes are bytes."""
    return json_text(asdict(found))


def yaml(found: Inspection) -> str:
    """Return the same object as YAML."""
    return yaml_writer.dump(asdict(found))


def _lines(found: Inspection) -> Iterator[str]:
    yield found.reference
    for name, told in _facts(found):
        yield f"  {name + ':':<12} {told}"
    if found.layers:
        yield ""
        yield from _table([_row(layer) for layer in found.layers])
    if found.kitfile:
        yield from ("", "Kitfile:", "")
        yield from (f"  {line}" for line in found.kitfile.splitlines())


def _facts(found: Inspection) -> Iterator[tuple[str, str]]:
    yield "digest", found.digest
    if found.index:
        yield "chosen from", f"the index {found.index}"
    yield "kind", f"{found.kind}{f', format {found.version}' if found.version else ''}"
    count = len(found.layers)
    yield "size", f"{size(found.size)} in {count} layer{'' if count == 1 else 's'}"
    for parent in found.parents:
        yield (
            "builds on",
            parent.reference if parent.digest in parent.reference else f"{parent.reference}, {parent.digest}",
        )
    yield "signatures", _signatures(found.signatures)
    yield "image", found.image or "none; `kitserve image` makes it"


def _signatures(found: Signatures) -> str:
    if found.fault:
        return f"not known: {found.fault}"
    if not (found.bundles or found.tagged):
        return "none"
    counts = {"in a bundle": found.bundles, "by a tag": found.tagged}
    told = ", ".join(f"{count} {form}" for form, count in counts.items() if count)
    return f"{told}; `kitserve verify` judges them"


def _row(layer: InspectedLayer) -> tuple[str, ...]:
    return layer.kind, layer.path or layer.name or ".", size(layer.size), layer.media_type, layer.digest


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
