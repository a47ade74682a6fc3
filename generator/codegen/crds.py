"""Derive the structures from KServe's released Go modules and Python packages: `python -m codegen.crds`.

A node holds what kitserve/crds/node.py says. Descriptions are left out. Equal subtrees are one node,
whatever the version.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from kitserve.crds import structures
from kitserve.crds.structures import FILE, KEYS

from codegen.derivation import Schema, Step, is_derivable, root
from codegen.go_module import CRDS, MODULE, RELEASES, RUNTIMES, runtimes, schemas
from codegen.python_models import read

# Releases that are no Go module either: the earlier release, and the Python packages of that one and of the new one.
DERIVED = {
    "0.21.0": ("0.20.0", ("kserve==0.20.0", "kubernetes==34.1.0"), ("kserve==0.21.0", "kubernetes==36.0.3")),
}
Packed = dict[str, Any]
"""A node as the file has it."""

_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties")


class Table:
    """Nodes by content: equal nodes are stored once."""

    def __init__(self) -> None:
        self.nodes: list[Packed] = []
        self._numbers: dict[str, int] = {}

    def add(self, schema: dict[str, Any]) -> int:
        """Return the number of a CRD schema's node."""
        node = self._node(schema)
        key = json.dumps(node, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[key]

    def _node(self, schema: dict[str, Any]) -> Packed:
        properties = schema.get("properties", {})
        extra, items = schema.get("additionalProperties"), schema.get("items")
        found = {
            "type": schema.get("type"),
            "properties": {name: self.add(child) for name, child in sorted(properties.items())},
            "extra": self.add(extra) if isinstance(extra, dict) else None,
            "items": self.add(items) if isinstance(items, dict) else None,
            "required": [
                name for name in schema.get("required", ()) if "default" not in properties.get(name, {})
            ],
            "choices": schema.get("enum"),
            "pattern": schema.get("pattern"),
            "keeps_unknown": schema.get("x-kubernetes-preserve-unknown-fields"),
            "int_or_string": schema.get("x-kubernetes-int-or-string"),
            "nullable": schema.get("nullable"),
            "list_keys": schema.get("x-kubernetes-list-map-keys"),
            "is_set": schema.get("x-kubernetes-list-type") == "set" or None,
            "format": schema.get("format"),
            "rules": [
                [rule["rule"], rule["message"]]
                for rule in schema.get("x-kubernetes-validations", ())
                # These compare an object with the one that is there already.
                if "oldSelf" not in rule["rule"]
            ],
            "default": [schema["default"]] if "default" in schema else None,
            **{bound: schema.get(bound) for bound in _BOUNDS},
        }
        return {KEYS.get(name, name): value for name, value in found.items() if value not in (None, {}, [])}


def facts(releases: tuple[str, ...] = (*RELEASES, *DERIVED)) -> dict[str, Any]:
    """Return the shipped facts on some releases."""
    table = Table()
    found = {_minor(release): _version(release, table) for release in releases}
    return {"versions": found, "nodes": table.nodes}


def _minor(release: str) -> str:
    return release.rpartition(".")[0]


def _version(release: str, table: Table) -> dict[str, Any]:
    """Return a release's kinds, its runtimes, and its source."""
    found = _derived(release) if release in DERIVED else _released(release)
    return {**found, "kinds": {name: table.add(schema) for name, schema in found["kinds"].items()}}


def _released(release: str) -> dict[str, Any]:
    """Return what a module has, with one sha256 of each folder's files, concatenated in the order of names."""
    kinds, crds_digest = schemas(release)
    own, runtimes_digest = runtimes(release)
    source = {"module": f"{MODULE}@v{release}", CRDS: crds_digest, RUNTIMES: runtimes_digest}
    return {"source": source, "kinds": kinds, "runtimes": own}


def _derived(release: str) -> dict[str, Any]:
    """Return an earlier release's facts with what the models add. Kinds that no model describes are `unsure`."""
    earlier, before, after = DERIVED[release]
    found = _released(earlier)
    step = Step(read(before), read(after))
    unsure = [name for name in found["kinds"] if not is_derivable(name, step.new)]
    source = {"module": found["source"]["module"], "packages": " ".join(after)}
    return {**found, "source": source, "kinds": changed(found["kinds"], step), "unsure": unsure}


def changed(kinds: dict[str, Schema], step: Step) -> dict[str, Schema]:
    """Return the kinds' schemas in the second version of a step."""
    for name, schema in kinds.items():
        step.remember(schema, root(name))
    return {name: step.changed(schema, root(name), root(name)) for name, schema in kinds.items()}


def pack(found: dict[str, Any]) -> bytes:
    """Return the shipped file's bytes, which are the same for the same facts."""
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


if __name__ == "__main__":
    product = Path(structures.__file__).with_name(FILE)
    product.write_bytes(pack(facts()))
    sys.stderr.write(f"wrote {product.name}\n")
