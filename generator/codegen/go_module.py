"""KServe's released Go modules: the CRDs and the runtimes that they hold.

A ClusterServingRuntime of KServe's own has `formats` (name, version, autoSelect and priority), `protocols`, whether it
works over several `nodes`, and the `requests` and `limits` of its container.
"""

import hashlib
import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from codegen.derivation import Schema

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


def module(release: str) -> Path:
    """Return the folder of a release's Go module, downloaded if it is missing. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as empty:
        command = ["go", "mod", "download", "-json", f"{MODULE}@v{release}"]
        ran = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=True)
    return Path(json.loads(ran.stdout)["Dir"])


@cache
def schemas(release: str) -> tuple[dict[str, Schema], str]:
    """Return the schema of each `GROUP/VERSION/KIND` that a module's CRDs serve, and the sha256 of their files."""
    kinds, digest = {}, hashlib.sha256()
    for path in sorted((module(release) / CRDS).rglob("*.yaml")):
        content = path.read_bytes()
        if path.stem.rpartition("_")[2] not in PLURALS:
            continue
        digest.update(content)
        spec = YAML(typ="safe").load(content)["spec"]
        for served in (served for served in spec["versions"] if served["served"]):
            name = f"{spec['group']}/{served['name']}/{spec['names']['kind']}"
            kinds[name] = served["schema"]["openAPIV3Schema"]
    return kinds, digest.hexdigest()


def runtimes(release: str) -> tuple[dict[str, Any], str]:
    """Return the runtimes that KServe installs, and the sha256 of their files."""
    found, digest, folder = {}, hashlib.sha256(), module(release) / RUNTIMES
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
