"""Measures, inside the cluster's namespaces.

`python -m tests.bench.cluster.inside MEBIBYTES ROUNDS [ARCHIVE...]`: the archives are images to import into the node.
"""

import os
import sys
from pathlib import Path

from tests.bench.cluster import content, report
from tests.bench.cluster.objects import objects
from tests.bench.cluster.sampling import measure
from tests.bench.cluster.site import Site, ctr, kitserve
from tests.bench.cluster.ways import ways
from tests.e2e.kubectl import Kubectl
from tests.e2e.layout import NODE_IP, Layout
from tests.parts.registry import Registry

NAMESPACE = "bench"


def main(mebibytes: int, rounds: int, archives: list[str]) -> int:
    """Set the site up, measure, and write the table; 1 when a target is missed."""
    layout = Layout(Path(os.environ["KITSERVE_E2E_KUBECONFIG"]).parents[1])
    for archive in archives:
        ctr("images", "import", archive)
    with Registry(address=f"{NODE_IP}:0") as registry:
        _allow_plain_http(registry)
        _say(f"writing {mebibytes} MiB as a ModelKit and as a modelcar ...")
        site = _site(layout, registry, content.push(registry, mebibytes))
        _set_up(site)
        measured = measure(site, ways(), rounds, _say)
    rows = [report.row(samples, mebibytes) for samples in measured]
    text = report.section(rows, mebibytes, rounds)
    _say(text)
    report.write(report.PAGE, text)
    return 0 if all(target.met for target in report.targets(rows)) else 1


def _site(layout: Layout, registry: Registry, pushed: content.Content) -> Site:
    volume = layout.folder / "volume"
    volume.mkdir()
    # The initializer runs as a user of its own.
    volume.chmod(0o777)
    kubectl = Kubectl(layout.kubeconfig, NAMESPACE)
    return Site(kubectl, os.environ["KITSERVE_E2E_IMAGE"], registry, pushed, volume)


def _allow_plain_http(registry: Registry) -> None:
    folder = Path(os.environ["KITSERVE_E2E_REGISTRIES"], registry.host)
    folder.mkdir()
    (folder / "hosts.toml").write_text(f'server = "{registry.url}"\n')


def _set_up(site: Site) -> None:
    """Create what all services need, and the ModelKit's image."""
    site.kubectl.run("create", "namespace", NAMESPACE)
    site.kubectl.apply(*objects(site))
    kitserve("image", f"kit://{site.modelkit}", "--plain-http")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
