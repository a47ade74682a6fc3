"""The structures of KServe's objects and its own runtimes, by version.

They are derived from the released Go modules. A version without one has the earlier version's, with the fields that its
Python package adds; it may have more in kinds that the package says nothing of.
"""

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import Any

from kitserve.crds.node import Node

FILE = "structures.json.gz"
KEYS = {
    "type": "t",
    "properties": "p",
    "extra": "a",
    "items": "i",
    "required": "r",
    "choices": "e",
    "pattern": "x",
    "format": "f",
    "keeps_unknown": "u",
    "int_or_string": "s",
    "nullable": "n",
    "list_keys": "k",
    "is_set": "l",
    "rules": "v",
    "default": "d",
}
"""A node's fields, and their names in the file. A bound has its own name there, a child is its number."""


@cache
def _facts() -> dict[str, Any]:
    packed = files(__package__).joinpath(FILE).read_bytes()
    facts: dict[str, Any] = json.loads(gzip.decompress(packed))
    return facts


def versions() -> tuple[str, ...]:
    """Return the known KServe versions, oldest first, such as `0.20`."""
    return tuple(_facts()["versions"])


@cache
def released() -> tuple[str, ...]:
    """Return the versions whose CRDs are known as they were released; the last one is validate's default."""
    return tuple(version for version, facts in _facts()["versions"].items() if "unsure" not in facts)


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers, by which versions are compared."""
    return tuple(int(part) for part in version.split("."))


def is_newer(version: str) -> bool:
    """Return whether a version is newer than all that are known."""
    return number(version) > number(versions()[-1])


def judging(name: str, version: str) -> str:
    """Return the version whose structure of a kind stands for that of another version; a known one is its own."""
    known = _known(version)
    return released()[-1] if name in _version(known).get("unsure", ()) else known


def source(version: str) -> dict[str, str]:
    """Return the source of a version's facts: the `module` with the sha256 of each folder's files, or `packages`."""
    found: dict[str, str] = _version(version)["source"]
    return found


def kinds(version: str) -> dict[str, Node]:
    """Return the root of each `GROUP/VERSION/KIND` that this KServe serves, by the newest known one for newer ones."""
    return _kinds(_known(version))


@cache
def _kinds(version: str) -> dict[str, Node]:
    known = nodes()
    return {name: known[number] for name, number in _version(version)["kinds"].items()}


def runtimes(version: str) -> dict[str, dict[str, Any]]:
    """Return this KServe's ClusterServingRuntimes by name; codegen/go_module.py explains their fields."""
    found: dict[str, dict[str, Any]] = _version(_known(version))["runtimes"]
    return found


def _known(version: str) -> str:
    return version if version in _facts()["versions"] else versions()[-1]


def _version(version: str) -> dict[str, Any]:
    found: dict[str, Any] = _facts()["versions"][version]
    return found


@cache
def nodes() -> list[Node]:
    """Return all nodes of all versions."""
    return decode(_facts()["nodes"])


def decode(packed: list[dict[str, Any]]) -> list[Node]:
    """Return the nodes of a file. A child stands before its parents in it."""
    nodes: list[Node] = []
    for fields in packed:
        nodes.append(_node(fields, nodes))
    return nodes


def _node(fields: dict[str, Any], below: list[Node]) -> Node:
    found = {name: fields[key] for name, key in KEYS.items() if key in fields}
    for name in ("extra", "items"):
        if name in found:
            found[name] = below[found[name]]
    for name in ("required", "choices", "list_keys", "default"):
        if name in found:
            found[name] = tuple(found[name])
    if "rules" in found:
        found["rules"] = tuple((rule, message) for rule, message in found["rules"])
    if "properties" in found:
        found["properties"] = {name: below[number] for name, number in found["properties"].items()}
    return Node(**found, bounds={key: bound for key, bound in fields.items() if key not in KEYS.values()})
