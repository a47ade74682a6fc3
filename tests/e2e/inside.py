"""The first process of the namespaces: brings the cluster up, then adopts and reaps its daemons."""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e import certificates, controlplane, knative, kserve, llmisvc, localmodel, mounts, network, node
from tests.e2e.knative import serving
from tests.e2e.layout import READY, Layout
from tests.e2e.processes import StartError


def bring_up(layout: Layout) -> None:
    """Start everything, with a line of progress for each step."""
    began = time.monotonic()

    def step(name: str, function: Callable[[Layout], None]) -> None:
        print(f"{time.monotonic() - began:5.1f} s: {name}", flush=True)
        function(layout)

    step("mounts", mounts.set_up_mounts)
    step("links", network.set_up_links)
    step("certificates", certificates.issue_all)
    step("control plane", controlplane.start_control_plane)
    step("containerd", node.start_containerd)
    with ThreadPoolExecutor(1) as other:
        # The large images only have to be there when the scenarios start.
        importing = other.submit(node.import_images, layout)
        step("node", node.start_node)
        if knative.IS_WANTED:
            # Before KServe, whose controller looks for Knative's kinds once.
            step("Knative", serving.install)
        step("KServe", kserve.install)
        if not knative.IS_WANTED:
            step("KServe's local models", localmodel.install)
        step("images", lambda _: importing.result())
    print(f"{time.monotonic() - began:5.1f} s: the cluster is up\n{READY}", flush=True)


def main(folder: str) -> int:
    """Run until killed; 1 when the cluster can't be brought up."""
    starter = os.fork()
    if starter == 0:
        return _start(Layout(Path(folder)))
    # Whoever started the cluster stops reading once it is up.
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    while True:
        ended, status = os.wait()
        if ended == starter and status:
            return 1


def _start(layout: Layout) -> int:
    try:
        bring_up(layout)
    except StartError as error:
        print(error, flush=True)
        return 1
    if llmisvc.is_needed():
        _add_llm_services(layout)
    return 0


def _add_llm_services(layout: Layout) -> None:
    """Install what few scenarios need while the others run; nobody reads standard output by then."""
    try:
        llmisvc.install(layout)
    except StartError as error:
        (layout.logs / "llmisvc.log").write_text(str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
