"""Objects as YAML, JSON or names, to a stream or a folder."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from kitserve.errors import Failure

Manifest = Mapping[str, Any]

# What readers of YAML 1.1 and 1.2, Kubernetes' own among them, take for a text without quotes: a quantity, or what
# begins with a letter or a slash, has nothing but these characters (a colon only inside, as in a reference), and isn't
# one of YAML 1.1's words.
_PLAIN = re.compile(r"(?:[1-9][0-9]*(?:m|[KMGT]i)|[A-Za-z/](?:[-A-Za-z0-9_./@+]|:(?=[^ ]))*)\Z")
_WORDS = re.compile(r"(?:y|yes|n|no|true|false|on|off|null|nan|inf|infinity)\Z", re.IGNORECASE)


def write_yaml(objects: Iterable[Manifest], stream: TextIO) -> None:
    """A YAML document for each object, that Kubernetes reads back as the same object."""
    # Takes 25 ms to import: reading values has paid for it already, JSON needn't.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415

    def quoted(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, Mapping):
            return {quoted(key): quoted(value) for key, value in node.items()}
        if isinstance(node, list):
            return [quoted(item) for item in node]
        if isinstance(node, str) and not (_PLAIN.match(node) and not _WORDS.match(node)):
            return DoubleQuotedScalarString(node)
        return node

    yaml = YAML()
    yaml.explicit_start = True
    yaml.width = 2**31
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.ignore_aliases = lambda *_: True
    for item in objects:
        yaml.dump(quoted(item), stream)


def write_json(objects: Iterable[Manifest], stream: TextIO) -> None:
    """One List object with all of them."""
    json.dump(
        {"apiVersion": "v1", "kind": "List", "items": list(objects)}, stream, indent=2, ensure_ascii=False
    )
    stream.write("\n")


def write_names(objects: Iterable[Manifest], stream: TextIO) -> None:
    """A line for each object, as kubectl names it: `inferenceservice.serving.kserve.io/iris`."""
    for item in objects:
        group, slash, _ = item["apiVersion"].partition("/")
        stream.write(f"{item['kind'].lower()}{'.' + group if slash else ''}/{item['metadata']['name']}\n")


def write_folder(objects: Iterable[Manifest], folder: Path) -> list[Path]:
    """A YAML file for each object; their paths. A file of that name is replaced, others are left alone."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in objects:
            text = io.StringIO()
            write_yaml([item], text)
            written.append(_replace(folder / _file_name(item), text.getvalue()))
    except OSError as error:
        raise Failure(
            f"{error.filename or folder}: {error.strerror}", "choose a folder that can be written to"
        ) from error
    return written


def _replace(path: Path, text: str) -> Path:
    """Write beside the file first: whoever reads it finds the old text or the new one, never half of it."""
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
