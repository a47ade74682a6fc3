"""The Kitfile: the JSON of a ModelKit's config, and the YAML that `kit unpack` writes from it, byte by byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.login import is_in_path
from kitserve_initializer.modelkit.kitfile_yaml import emitter
from kitserve_initializer.oci.reference import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

# Fields in the order KitOps declares them, which is the order it writes them in.
_PACKAGE = ("name", "version", "description", "license", "authors")
_PART = ("name", "path", "license", "type")
_ENTRIES = {
    "code": ("path", "description", "license"),
    "datasets": ("name", "path", "description", "license", "parameters", "remotePath", "remoteHash"),
    "docs": ("path", "description"),
    "prompts": ("name", "path", "description"),
    "mcpServers": ("name", "path", "description"),
}
_MODEL = ("name", "path", "license", "framework", "format", "version", "description", "parts", "parameters")
_ENTRY = ("name", "path", "digest", "diffId", "remotePath")
_LISTS = ("authors", "parts")
_ANYTHING = "parameters"

Fields = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """The content of one layer. `kind` is its type in filters, `layer` its type in the layer's media type.

    `diff_id` is the digest of the layer's content uncompressed, `remote` where the content lies if no layer has it.
    """

    kind: str
    layer: str
    name: str
    path: str
    digest: str = ""
    diff_id: str = ""
    remote: str = ""

    @property
    def shown(self) -> str:
        """The path as it may stand in a log: one that was meant as a reference may hold a password."""
        return shown(self.path) if is_in_path(self.path) else self.path


@dataclass(frozen=True)
class Kitfile:
    """A Kitfile: `document` holds its fields in KitOps' order, `entries` all that can have a layer, in that order."""

    document: emitter.Ordered
    entries: tuple[Entry, ...]

    @property
    def yaml(self) -> bytes:
        """The file as `kit unpack` writes it.

        Raises:
            InvalidModelKit: if it is nested too deeply to be written.
        """
        try:
            return emitter.dump(self.document).encode()
        except RecursionError as error:
            raise InvalidModelKit("the config is nested too deeply") from error


def read(config: Fields) -> Kitfile:
    """Read a decoded config; fields that KitOps doesn't know are ignored, as it does.

    Raises:
        InvalidModelKit: naming the field that has a wrong type.
    """
    document = emitter.Ordered(manifestVersion=_text(config, "manifestVersion", "root"))
    if package := _package(_object(config, "package")):
        document["package"] = package
    if config.get("model") is not None:
        document["model"] = _model(_object(config, "model"))
    for key, names in _ENTRIES.items():
        if entries := _objects(config, key, key):
            document[key] = [_fields(entry, names, f"{key}[{index}]") for index, entry in enumerate(entries)]
    return Kitfile(document, tuple(_entries(config)))


def _package(package: Fields) -> emitter.Ordered:
    fields = _fields(package, _PACKAGE, "package")
    if "authors" in fields:
        if not all(isinstance(author, str) for author in fields["authors"]):
            raise InvalidModelKit("the config's package.authors aren't texts")
        fields["authors"] = emitter.Flow(fields["authors"])
    return fields


def _model(model: Fields) -> emitter.Ordered:
    fields = _fields(model, _MODEL, "model")
    if "parts" in fields:
        parts = _objects(model, "parts", "model.parts")
        fields["parts"] = [_fields(part, _PART, f"model.parts[{index}]") for index, part in enumerate(parts)]
    return fields


def _entries(config: Fields) -> Iterator[Entry]:
    model = _object(config, "model")
    if model.get("path"):
        yield _entry("model", "model", model)
    for part in _objects(model, "parts", "model.parts"):
        yield _entry("model", "modelpart", part)
    for kind, layer in (("code", "code"), ("datasets", "dataset"), ("docs", "docs"), ("prompts", "code")):
        for entry in _objects(config, kind, kind):
            yield _entry(kind, layer, entry)
    for entry in _objects(config, "mcpServers", "mcpServers"):
        yield _entry("mcpservers", "mcpb", entry)


def _entry(kind: str, layer: str, fields: Fields) -> Entry:
    return Entry(kind, layer, *(_text(fields, key, kind) for key in _ENTRY))


def _fields(source: Fields, names: tuple[str, ...], place: str) -> emitter.Ordered:
    """Keep the known fields that aren't empty."""
    for name in names:
        if name != _ANYTHING and not isinstance(source.get(name), (list if name in _LISTS else str) | None):
            raise InvalidModelKit(f"the config's {place}.{name} has a wrong type")
    kept = emitter.Ordered((name, source[name]) for name in names if _is_set(name, source.get(name)))
    # KitOps writes the path of docs even if it is empty.
    return emitter.Ordered({"path": "", **kept}) if names == _ENTRIES["docs"] else kept


def _is_set(name: str, value: object) -> bool:
    return value is not None if name == _ANYTHING else bool(value)


def _text(source: Fields, key: str, place: str) -> str:
    value = source.get(key)
    if value is not None and not isinstance(value, str):
        raise InvalidModelKit(f"the config's {place}.{key} isn't a text")
    return value or ""


def _object(source: Fields, key: str) -> Fields:
    value = source.get(key)
    if value is not None and not isinstance(value, dict):
        raise InvalidModelKit(f"the config's {key} isn't an object")
    return value or {}


def _objects(source: Fields, key: str, place: str) -> list[Fields]:
    value = source.get(key)
    if value is not None and not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
        raise InvalidModelKit(f"the config's {place} isn't a list of objects")
    return value or []
