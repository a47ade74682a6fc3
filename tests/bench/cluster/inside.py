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
    """Measure and print the table, which a run of the usual size puts into the page; 1 when a target is missed."""
    layout = Layout(Path(os.environ["KITSERVE_E2E_KUBECONFIG"]).parents[1])
    for archive in archives:
        ctr("images", "import", archive)
    with Registry(address=f"{NODE_IP}:0") as registry:
        _allow_plain_http(registry)
        _say(f"writing {mebibytes} MiB as a ModelKit and as a modelcar ...")
        site = _site(layout, registry, content.push(registry, mebibytes))
        _set_up(site)
        for measured in measure(site, ways(), rounds, _say):
            rows = [report.row(samples, mebibytes) for samples in measured]
            _show(rows, mebibytes, in_page=(mebibytes, rounds) == (report.MEBIBYTES, report.ROUNDS))
    return 0 if all(target.met for target in report.targets(rows)) else 1


def _show(rows: list[report.Row], mebibytes: int, *, in_page: bool) -> None:
    text = report.section(rows, mebibytes)
    _say(text)
    if in_page:
        report.write(report.PAGE, text)


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
    try:
        sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
    except RuntimeError as error:  # kubectl, ctr, kitserve or a service
        sys.exit(str(error))
