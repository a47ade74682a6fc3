"""Objects as YAML, JSON or names, to a stream or a folder."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from kitserve.errors import Failure
from kitserve.render.yaml_writer import dump, escaped

Manifest = Mapping[str, Any]
_LONGEST = 200
"""Characters of a file's name: most file systems take 255, and we write beside it first."""


def write_yaml(objects: Iterable[Manifest], stream: TextIO) -> None:
    """A YAML document for each object, that Kubernetes reads back as the same object."""
    for item in objects:
        stream.write(dump(item))


def write_json(objects: Iterable[Manifest], stream: TextIO) -> None:
    """One List object with all of them."""
    document = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    stream.write(escaped(json.dumps(document, indent=2, ensure_ascii=False)) + "\n")


def write_names(objects: Iterable[Manifest], stream: TextIO) -> None:
    """A line for each object, as kubectl names it: `inferenceservice.serving.kserve.io/iris`."""
    for item in objects:
        group, slash, _ = item["apiVersion"].partition("/")
        stream.write(f"{item['kind'].lower()}{'.' + group if slash else ''}/{item['metadata']['name']}\n")


def write_folder(objects: Iterable[Manifest], folder: Path) -> list[Path]:
    """A YAML file for each object; their paths. A file of that name is replaced, others are left alone.

    Nothing is written but files in this folder: no link in it is followed, whoever made it.
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
    """Write beside the file first: whoever reads it finds the old text or the new one, never half of it."""
    beside = path.with_name(f".{path.name}.partial")
    try:
        beside.unlink(missing_ok=True)  # of a run that was killed, or a link that somebody left for us
        with open(beside, "x", encoding="utf-8", opener=_open_new) as file:
            file.write(text)
        return beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def _open_new(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW, 0o666)


def _free(name: str, taken: dict[str, int]) -> str:
    """The name, or one like it that no file of this run has, in small letters or capital ones."""
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
