"""Manifests as objects that can be compared."""

import json
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

# Helm labels what it manages, kitserve what it rendered.
_OWN_LABELS = ("helm.sh/chart", "app.kubernetes.io/managed-by")

_STRICT: dict[str, Any] = {"sort_keys": True, "indent": 1}

# `fromYaml` is sigs.k8s.io/yaml, the reader of kubectl and of the API server.
_READER = """{{ range $path, $_ := .Files.Glob "documents/*" }}
{{ $path | base }}: {{ $.Files.Get $path | fromYaml | toJson | b64enc }}
{{ end }}"""


def strictly_read(manifests: str) -> list[Any]:
    """The documents by a reader of YAML 1.2 that tells 1 from 1.0, on libyaml, which Kubernetes' own is a copy of."""
    reader = YAML(typ="safe")
    reader.Constructor = _Constructor
    return [document for document in reader.load_all(manifests) if document]


class _Constructor(SafeConstructor):
    """Takes a plain `=` or `<<`, each of which has a tag of its own in YAML 1.1, as text where it is a value."""


for _tag in ("value", "merge"):
    _Constructor.add_constructor(f"tag:yaml.org,2002:{_tag}", SafeConstructor.construct_yaml_str)


def read_by_kubernetes(helm: Path, manifests: str, folder: Path) -> list[Any]:
    """The documents as Kubernetes' own YAML reader sees them."""
    (folder / "templates").mkdir(parents=True)
    (folder / "documents").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: reader\nversion: 0.1.0\n")
    (folder / "templates" / "out.yaml").write_text(_READER)
    documents = [text for text in manifests.split("\n---\n") if text.strip()]
    for number, text in enumerate(documents):
        (folder / "documents" / f"{number:05}").write_text(text)
    out = subprocess.run([helm, "template", folder], capture_output=True, text=True, check=True).stdout
    encoded = (line.partition(": ")[2] for line in out.splitlines() if line[:1].isdigit())
    found = [json.loads(b64decode(text)) for text in encoded]
    assert len(found) == len(documents)
    assert not [item for item in found if "Error" in item]
    return found


def comparable(objects: list[Any]) -> dict[str, str]:
    """Each object as text, so that true, 1 and 1.0 differ, under its kind, namespace and name."""
    return {_title(item): json.dumps(_without_own_labels(item), **_STRICT) for item in objects}


def _title(item: dict[str, Any]) -> str:
    return f"{item['kind']} {item['metadata'].get('namespace', '')}/{item['metadata']['name']}"


def _without_own_labels(item: dict[str, Any]) -> dict[str, Any]:
    labels = item["metadata"].get("labels", {})
    kept = {key: value for key, value in labels.items() if key not in _OWN_LABELS}
    return {**item, "metadata": {**item["metadata"], "labels": kept}}
