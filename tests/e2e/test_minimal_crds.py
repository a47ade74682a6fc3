"""KServe's minimal CRDs, which check nothing and set no default: the chart works, and verdicts are worth more."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kitserve.crds import validate

from tests.e2e import kserve
from tests.e2e.conftest import Cluster
from tests.e2e.features import has
from tests.e2e.files import digest, service
from tests.e2e.kubectl import Kubectl
from tests.e2e.layout import KSERVE_NAMESPACE
from tests.e2e.local_model_cases import CACHE
from tests.e2e.local_model_cases import CASES as LOCAL_CASES
from tests.e2e.release import Release
from tests.e2e.verdict_cases import CASES, MORE_CASES
from tests.e2e.verdicts import DryRun, codes, refusals
from tests.e2e.webhooks import await_webhook
from tests.generator.check.manifests import SERVICE, mutated
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

MINIMAL = ("kserve-crd-minimal", "kserve-localmodel-crd-minimal")
STRUCTURAL = {code.code for code in validate.CODES}


@pytest.fixture(scope="module", autouse=True)
def minimal(cluster: Cluster, helm4: Path) -> Iterator[None]:
    """Minimal CRDs in the place of those that are there, and those again afterwards."""
    before = [crd for crd in cluster.kubectl.items("crd") if crd["spec"]["group"] == "serving.kserve.io"]
    charts = [str(kserve.charts() / name) for name in MINIMAL if (kserve.charts() / name).is_dir()]
    rendered = [
        subprocess.run([helm4, "template", chart], capture_output=True, text=True, check=True).stdout
        for chart in charts
    ]
    replace(cluster.kubectl, "\n---\n".join(rendered))
    yield
    replace(cluster.kubectl, json.dumps({"apiVersion": "v1", "kind": "List", "items": [*map(bare, before)]}))


def bare(crd: dict[str, Any]) -> dict[str, Any]:
    """A CRD as it would be written."""
    metadata = {key: crd["metadata"].get(key, {}) for key in ("name", "annotations", "labels")}
    return {"apiVersion": crd["apiVersion"], "kind": crd["kind"], "metadata": metadata, "spec": crd["spec"]}


def replace(kubectl: Kubectl, crds: str) -> None:
    """Replace CRDs, and start the controllers anew: the API server has ended their watches, which they wait with."""
    kubectl.run("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=crds)
    own = kubectl.within(KSERVE_NAMESPACE)
    own.run("delete", "pods", "--all", "--grace-period=1")
    # The next one is the leader at once.
    own.run("delete", "leases", "--all")
    own.run("wait", "--for=condition=Ready", "pods", "--all", "--timeout=60s")
    for admitted in (SERVICE, CACHE):
        await_webhook(kubectl, admitted)


def test_services_are_served_as_ever(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"
    services = {"one": service(storageUri=uri)}
    if has("`storageUris`"):
        services["several"] = service(storageUris=[{"uri": uri}])

    files.install(inferenceServices=services)

    for name in services:
        assert digest(kubectl, name, "/Kitfile") == modelkits["iris"].digest("Kitfile")


def test_kitserve_says_all_that_is_refused_here_and_what_schemas_would_refuse(dry: DryRun) -> None:
    unforeseen, admitted = [], []
    for item, path, value in [*CASES, *MORE_CASES, *LOCAL_CASES]:
        sent = mutated(item, path, value)
        told, refused = refusals(sent), dry.refuses(sent)
        if refused and not told:
            unforeseen.append(codes(sent))
        if told and not refused:
            admitted.append(told)

    # What has a default elsewhere is a warning.
    assert ["KS112" in told for told in unforeseen] == [True] * has("`supportsMultiModelDownload`")
    assert admitted
    assert not [told for told in admitted if not STRUCTURAL.issuperset(told)]
