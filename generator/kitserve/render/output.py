"""Objects as YAML, JSON or names, to a stream or a folder."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from kitserve.errors import Failure
from kitserve.render.yaml_writer import dump

Manifest = Mapping[str, Any]


def write_yaml(objects: Iterable[Manifest], stream: TextIO) -> None:
    """Write a YAML document for each object, which Kubernetes reads as the same object."""
    for item in objects:
        stream.write(dump(item))


def write_json(objects: Iterable[Manifest], stream: TextIO) -> None:
    """Write one List with all objects, as JSON."""
    json.dump(
        {"apiVersion": "v1", "kind": "List", "items": list(objects)}, stream, indent=2, ensure_ascii=False
    )
    stream.write("\n")


def write_names(objects: Iterable[Manifest], stream: TextIO) -> None:
    """Write a line for each object, as kubectl names it: `inferenceservice.serving.kserve.io/iris`."""
    for item in objects:
        group, slash, _ = item["apiVersion"].partition("/")
        stream.write(f"{item['kind'].lower()}{'.' + group if slash else ''}/{item['metadata']['name']}\n")


def write_folder(objects: Iterable[Manifest], folder: Path) -> list[Path]:
    """Write a YAML file for each object, and return their paths. It replaces files of these names only."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_replace(folder / _file_name(item), dump(item)) for item in objects]
    except OSError as error:
        raise Failure(
            f"{error.filename or folder}: {error.strerror}", "choose a folder that can be written to"
        ) from error


def _replace(path: Path, text: str) -> Path:
    """Write beside the file first, so readers see the old text or the new one, never a part."""
    beside = path.with_name(f".{path.name}.partial")
    try:
        beside.write_text(text, encoding="utf-8")
        return beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def _file_name(item: Manifest) -> str:
    metadata = item["metadata"]
    return (
        "-".join(part for part in (item["kind"].lower(), metadata.get("namespace"), metadata["name"]) if part)
        + ".yaml"
    )
