"""Folders as repositories have them: manifests of many kinds between charts, kustomizations, workflows and JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: model-{number}
  namespace: models
  labels:
    team: vision
  annotations:
    serving.kserve.io/deploymentMode: Standard
spec:
  predictor:
    minReplicas: 1
    serviceAccountName: models
    model:
      modelFormat:
        name: sklearn
        version: "1"
      protocolVersion: v2
      storageUri: kit://registry.example.com/models/vision:v1
      resources:
        requests: {{cpu: 100m, memory: 256Mi}}
        limits: {{cpu: 100m, memory: 256Mi}}
"""
_OTHERS = {
    "Chart.yaml": "apiVersion: v2\nname: cellar\nversion: 1.0.0\n",
    "values.yaml": "replicas: 2\nimage: {repository: registry.example.com/cellar, tag: v1}\n",
    "templates/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n"
    "  labels: {{ include `labels` . | nindent 4 }}\n",
    "kustomization.yaml": "resources: [manifests/service-0.yaml]\nnamePrefix: north-\n",
    ".github/workflows/test.yaml": "name: test\non: push\njobs: {test: {steps: [{run: make}]}}\n",
    "package-lock.json": '{"name": "cellar", "version": "1", "packages": {}}',
}
_PARTS = 1000
"""Panels of a dashboard, and fields of a CRD."""


def services(count: int) -> str:
    """Many InferenceServices in one text."""
    return "---\n".join(_SERVICE.format(number=number) for number in range(count))


def write_repositories(folder: Path, count: int) -> None:
    """Write repositories until there are as many files as are asked for."""
    files = (
        (folder / f"repository-{number}" / name, text)
        for number in range(count)
        for name, text in _repository(number)
    )
    for (path, text), _ in zip(files, range(count), strict=False):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _repository(number: int) -> Iterator[tuple[str, str]]:
    yield from _OTHERS.items()
    for each in range(6):
        yield f"manifests/service-{each}.yaml", _SERVICE.format(number=f"{number}-{each}")
        yield f"manifests/deployment-{each}.yaml", json.dumps(_deployment(each), indent=2)
    yield "dashboard.json", json.dumps({"panels": [{"kind": "graph", "id": id_} for id_ in range(_PARTS)]})
    fields = "".join(f"          field{each}:\n            type: string\n" for each in range(_PARTS))
    yield "crds/widgets.yaml", f"{_CRD}{fields}"


_CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  versions:
    - name: v1
      openAPIV3Schema:
        properties:
"""


def _deployment(number: int) -> dict[str, Any]:
    container = {
        "name": "server",
        "image": "registry.example.com/server:1.0",
        "env": [{"name": "A", "value": "b"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"server-{number}", "labels": {"app": "server"}},
        "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
    }
