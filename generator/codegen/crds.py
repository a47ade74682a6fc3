"""Derive the structures from KServe's released Go modules: `python -m codegen.crds`.

A node holds what kitserve/crds/node.py says. Descriptions are left out. Equal subtrees are one node,
whatever the version.

A ClusterServingRuntime of KServe's own has `formats` (name, version, autoSelect and priority), `protocols`, whether it
works over several `nodes`, and the `requests` and `limits` of its container.
"""

import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kitserve.crds import structures
from kitserve.crds.structures import FILE, KEYS
from ruamel.yaml import YAML

MODULE = "github.com/kserve/kserve"
# The newest patch of each minor version that is a Go module; 0.18 isn't one.
RELEASES = ("0.15.2", "0.16.0", "0.17.0", "0.19.0", "0.20.0")
CRDS = "config/crd/full"
RUNTIMES = "config/runtimes"
PLURALS = frozenset(
    {
        "clusterservingruntimes",
        "clusterstoragecontainers",
        "inferencegraphs",
        "inferenceservices",
        "llminferenceserviceconfigs",
        "llminferenceservices",
        "localmodelcaches",
        "localmodelnamespacecaches",
        "localmodelnodegroups",
        "servingruntimes",
        "trainedmodels",
    }
)
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


def module(release: str) -> Path:
    """Return the folder of a release's Go module, downloaded if it is missing. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as empty:
        command = ["go", "mod", "download", "-json", f"{MODULE}@v{release}"]
        ran = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=True)
    return Path(json.loads(ran.stdout)["Dir"])


def facts(releases: tuple[str, ...] = RELEASES) -> dict[str, Any]:
    """Return the shipped facts on some releases."""
    table = Table()
    found = {release.rpartition(".")[0]: _version(release, table) for release in releases}
    return {"versions": found, "nodes": table.nodes}


def _version(release: str, table: Table) -> dict[str, Any]:
    """Return a release's kinds, its runtimes, and one sha256 of their files, concatenated in the order of names."""
    kinds, digest = {}, hashlib.sha256()
    for path in sorted((module(release) / CRDS).rglob("*.yaml")):
        content = path.read_bytes()
        if path.stem.rpartition("_")[2] not in PLURALS:
            continue
        digest.update(content)
        spec = YAML(typ="safe").load(content)["spec"]
        for served in (served for served in spec["versions"] if served["served"]):
            name = f"{spec['group']}/{served['name']}/{spec['names']['kind']}"
            kinds[name] = table.add(served["schema"]["openAPIV3Schema"])
    runtimes, runtimes_digest = _runtimes(module(release) / RUNTIMES)
    source = {"module": f"{MODULE}@v{release}", CRDS: digest.hexdigest(), RUNTIMES: runtimes_digest}
    return {"source": source, "kinds": kinds, "runtimes": runtimes}


def _runtimes(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the runtimes that KServe installs, and the sha256 of their files."""
    found, digest = {}, hashlib.sha256()
    for name in sorted(YAML(typ="safe").load((folder / "kustomization.yaml").read_bytes())["resources"]):
        content = (folder / name).read_bytes()
        digest.update(content)
        runtime = YAML(typ="safe").load(content)
        spec = runtime["spec"]
        found[runtime["metadata"]["name"]] = {
            "formats": [
                [
                    form["name"],
                    form.get("version", ""),
                    form.get("autoSelect", False),
                    form.get("priority", 0),
                ]
                for form in spec["supportedModelFormats"]
            ],
            "protocols": spec.get("protocolVersions", []),
            "nodes": "workerSpec" in spec,
            **spec["containers"][0]["resources"],
        }
    return found, digest.hexdigest()


def pack(found: dict[str, Any]) -> bytes:
    """Return the shipped file's bytes, which are the same for the same facts."""
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


if __name__ == "__main__":
    product = Path(structures.__file__).with_name(FILE)
    product.write_bytes(pack(facts()))
    sys.stderr.write(f"wrote {product.name}\n")
