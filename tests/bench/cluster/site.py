"""Where the ways are measured: one node, a registry on it, and the content in there."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.cluster.content import CAR, MODELKIT, Content
from tests.e2e.kubectl import Kubectl
from tests.e2e.processes import wait_until
from tests.parts.registry import Registry

CLAIM = "models"
"""The PersistentVolumeClaim."""
NODE_FOLDERS = (Path("/var/lib/containerd"), Path("/var/lib/kubelet/pods"))


@dataclass(frozen=True)
class Site:
    """A cluster of the bench's own, seen from inside; `volume` is the folder behind the PersistentVolumeClaim."""

    kubectl: Kubectl
    image: str
    registry: Registry
    content: Content
    volume: Path

    @property
    def modelkit(self) -> str:
        """The ModelKit's reference."""
        return f"{self.registry.host}/{MODELKIT}:v1"

    @property
    def car(self) -> str:
        """The modelcar's reference."""
        return f"{self.registry.host}/{CAR}:v1"

    def render(self, **values: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any value of the chart
        """Return the objects that `kitserve render` makes of values, with the image that was just built."""
        repository, _, tag = self.image.rpartition(":")
        image = {"registry": "", "repository": repository, "tag": tag}
        document = {"image": image, "unpackFlags": "-v --plain-http", **values}
        words = ("render", "-f", "-", "-o", "json", "-n", self.kubectl.namespace)
        found: list[dict[str, Any]] = json.loads(kitserve(*words, stdin=json.dumps(document)))["items"]
        return found

    def disk(self) -> int:
        """Bytes on the node's disk: images, volumes of pods, and the PersistentVolume."""
        words = ["du", "--summarize", "--one-file-system", "--block-size=1", "--total"]
        ran = subprocess.run(
            [*words, *NODE_FOLDERS, self.volume], capture_output=True, text=True, check=False
        )
        return int(ran.stdout.splitlines()[-1].split()[0])

    def remove_images(self) -> None:
        """Remove what containerd has of the registry's images, and wait until blobs and snapshots are gone.

        A pod's volume holds its snapshot for a moment after the pod has gone.

        Raises:
            StartError: a layer is still there, so the next start wouldn't be a first one.
        """
        rows = [line.split() for line in ctr("images", "ls").splitlines()[1:]]
        targets = {row[2] for row in rows if row[0].startswith(f"{self.registry.host}/")}
        names = [row[0] for row in rows if row[2] in targets]
        if names:
            ctr("images", "rm", "--sync", *names)
        wait_until(lambda: not self._layers_on_the_node(), "containerd keeps layers of the model")

    def _layers_on_the_node(self) -> set[str]:
        there = {*ctr("content", "ls", "--quiet").split(), *ctr("snapshots", "ls").split()}
        return there & {*self.content.blobs(), *self.content.chains()}

    def empty_volume(self) -> None:
        """Remove everything from the PersistentVolume."""
        for path in self.volume.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def kitserve(*arguments: str, stdin: str = "") -> str:
    """Return what the command prints."""
    return _output(sys.executable, "-m", "kitserve", *arguments, stdin=stdin)


def ctr(*arguments: str) -> str:
    """Return what containerd's own client says of Kubernetes' images."""
    return _output("ctr", "--namespace=k8s.io", *arguments)


def _output(*command: str, stdin: str = "") -> str:
    ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)}: {ran.stderr}")
    return ran.stdout
