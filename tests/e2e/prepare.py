"""Gets everything that the cluster needs from outside: programs, charts, images."""

import sys
from pathlib import Path

from release.artifacts.buildah import BuildError
from release.errors import ReleaseError
from tests.e2e import images, knative, kserve, llmisvc, prometheus, versions
from tests.e2e.knative import serving
from tests.e2e.layout import Layout
from tests.parts.go import GoError
from tests.parts.tools import ToolError, table, tool
from tests.release.programs import put_first_on_path

PROGRAMS = (
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "etcd",
    "helm4",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
    "registry",
    "runc",
)
# The scenarios ask for them by their paths.
OTHERS = ("helm3", "cosign3", "oras", "kube-state-metrics")


def prepare(layout: Layout) -> None:
    """Fill the folders of programs and images; what was made before comes from the cache."""
    for name in (*PROGRAMS, *(["dns"] if knative.IS_WANTED else [])):
        (layout.programs / table()[name].program).symlink_to(tool(name))
    for name in OTHERS:
        tool(name)
    layout.kserve.write_text(versions.release())
    for name in prometheus.PROGRAMS:
        prometheus.program(name)
    kserve.charts()
    if llmisvc.is_needed():
        llmisvc.crds()
    if knative.IS_WANTED:
        serving.manifests()
    print("building kitserve's image, which takes some minutes", flush=True)
    put_first_on_path(layout.programs)  # helm packs the chart
    layout.image.write_text(images.prepare(layout.images, layout.release))


if __name__ == "__main__":
    try:
        prepare(Layout(Path(sys.argv[1])))
    except (BuildError, GoError, ReleaseError, ToolError) as error:
        sys.exit(str(error))
