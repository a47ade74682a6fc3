"""JSON schemas of kinds for kubeconform, from the Go modules of Kubernetes and KServe."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codegen.go_module import CRDS, RELEASES, module
from ruamel.yaml import YAML

from tests.parts.go import module_folder
from tests.parts.tools import go, table

Document = dict[str, Any]

LOCATION = "{{.ResourceKind}}.json"
"""What kubeconform is told, below the folder."""
_OWN_TYPES = "io.k8s.apimachinery.pkg."
# Numbers and texts alike, which OpenAPI 2 has no word for.
_FREE = tuple(f"{_OWN_TYPES}{name}" for name in ("api.resource.Quantity", "util.intstr.IntOrString"))


def write_kserve(folder: Path) -> None:
    """Write the kinds of KServe's newest CRDs, a file a kind."""
    folder.mkdir(exist_ok=True)
    for path in (module(RELEASES[-1]) / CRDS).rglob("*.yaml"):
        document: Document = YAML(typ="safe").load(path.read_bytes())
        spec = document.get("spec", {})
        if spec.get("group") == "serving.kserve.io":
            name = folder / f"{spec['names']['singular']}.json"
            name.write_text(json.dumps(spec["versions"][-1]["schema"]["openAPIV3Schema"]))


def write_kubernetes(folder: Path, kinds: Iterator[str] | tuple[str, ...]) -> None:
    """Write some of Kubernetes' kinds, closed: a field that the kind doesn't have is an error."""
    folder.mkdir(exist_ok=True)
    version = table()["kube-apiserver"].source.version
    swagger = module_folder(go(), "k8s.io/kubernetes", version) / "api/openapi-spec/swagger.json"
    definitions = {
        name: closed(each) for name, each in json.loads(swagger.read_bytes())["definitions"].items()
    }
    definitions |= {name: {} for name in _FREE}
    for kind in kinds:
        (name,) = (name for name, each in definitions.items() if _is(kind, each))
        schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
        (folder / f"{kind.lower()}.json").write_text(json.dumps(schema))


def closed(schema: Document) -> Document:
    """Return a schema that takes no other fields than its own."""
    known = "properties" in schema and "additionalProperties" not in schema
    return schema | ({"additionalProperties": False} if known else {})


def _is(kind: str, definition: Document) -> bool:
    names = definition.get("x-kubernetes-group-version-kind", [])
    return (
        any(
            each["kind"] == kind and each["group"] in ("", "apps") and each["version"] == "v1"
            for each in names
        )
        and len(names) == 1
    )
