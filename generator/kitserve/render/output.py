"""Objects as YAML, JSON or names, to a stream or a folder."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from kitserve import replacement
from kitserve.errors import Failure
from kitserve.render.yaml_writer import dump, escaped

Manifest = Mapping[str, Any]
_LONGEST = 200
"""Characters of a file's name: most file systems take 255, and we write beside it first."""


def write_yaml(objects: Iterable[Manifest], stream: TextIO) -> None:
    """Write a YAML document for each object, which Kubernetes reads as the same object."""
    for item in objects:
        stream.write(dump(item))


def write_json(objects: Iterable[Manifest], stream: TextIO) -> None:
    """Write one List with all objects, as JSON."""
    document = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    stream.write(escaped(json.dumps(document, indent=2, ensure_ascii=False)) + "\n")


def write_names(objects: Iterable[Manifest], stream: TextIO) -> None:
    """Write a line for each object, as kubectl names it: `inferenceservice.serving.kserve.io/iris`."""
    for item in objects:
        group, slash, _ = item["apiVersion"].partition("/")
        stream.write(f"{item['kind'].lower()}{'.' + group if slash else ''}/{item['metadata']['name']}\n")


def write_folder(objects: Iterable[Manifest], folder: Path) -> list[Path]:
    """Write a YAML file for each object, and return their paths. It replaces files of these names only.

    It writes nothing but files in this folder, and follows no link in it, whoever made it.
    """
    taken: dict[str, int] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_replace(folder / _free(_file_name(item), taken), dump(item)) for item in objects]
    except OSError as error:
        raise Failure(
            f"{error.filename or folder}: {error.strerror}", "choose a folder that can be written to"
        ) from error


def _replace(path: Path, text: str) -> Path:
    try:
        replacement.replace(path, text.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    return path


def _free(name: str, taken: dict[str, int]) -> str:
    """Return the name, or one like it that no file of this run has, in small letters or capital ones."""
    free = name
    while free.lower() in taken:
        taken[name.lower()] += 1
        free = f"{name}.{taken[name.lower()]}"
    taken[free.lower()] = 1
    return f"{free}.yaml"


def _file_name(item: Manifest) -> str:
    """One part of a path, without its suffix: what is none of its characters is written as in a URL."""
    metadata = item["metadata"]
    parts = (item["kind"].lower(), metadata.get("namespace"), metadata["name"])
    name = quote("-".join(str(part) for part in parts if part), safe="")
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
