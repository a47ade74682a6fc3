"""`python -m tests.e2e.cluster up|down|enter [COMMAND...]`: a cluster to look around in."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.layout import FOLDERS, PREFIX, Layout
from tests.e2e.lifecycle import Cluster, LifecycleError, start, stop
from tests.e2e.machine import MachineError, check
from tests.e2e.versions import VersionError, release

LAYOUT = Layout(FOLDERS / f"{PREFIX}cluster")
USAGE = "usage: python -m tests.e2e.cluster up | down | enter [COMMAND...]"


def main(arguments: list[str]) -> int:
    """Do what the first argument says; 2 when it says nothing known, 1 when it can't be done."""
    try:
        match arguments:
            case ["up"]:
                return _up()
            case ["down"]:
                return _down()
            case ["enter", *command]:
                return _enter(command or [os.environ.get("SHELL", "/bin/sh")])
    except (LifecycleError, MachineError, VersionError) as error:
        print(error, file=sys.stderr)
        return 1
    print(USAGE, file=sys.stderr)
    return 2


def _up() -> int:
    release()
    check()
    running = start(LAYOUT)
    enter = f"{sys.executable} -m tests.e2e.cluster enter"
    print(
        "The cluster is up. To enter it, for a shell with kitserve, kubectl, helm and registry on its PATH:\n"
        f"  {enter}\n"
        "Try:\n"
        "  kubectl get nodes,pods --all-namespaces\n"
        f"  helm install kitserve chart/ --set image.registry=,image.repository={_image(running, 0)},"
        f"image.tag={_image(running, 1)}\n"
        "  kubectl get clusterstoragecontainers,clusterservingruntimes\n"
        "To serve a ModelKit of your own: tests/e2e/README.md"
    )
    return 0


def _image(running: Cluster, part: int) -> str:
    return running.layout.image.read_text().rsplit(":", 1)[part]


def _down() -> int:
    if not LAYOUT.folder.exists():
        print("no cluster is up")
        return 0
    stop(LAYOUT)
    return 0


def _enter(command: list[str]) -> int:
    if not LAYOUT.init.exists():
        raise LifecycleError("no cluster is up: `python -m tests.e2e.cluster up`")
    running = Cluster(LAYOUT)
    environment = running.environment()
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    return subprocess.run(running.enter(*command), env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
