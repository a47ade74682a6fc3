"""The chart, installed with helm."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.features import has
from tests.e2e.kubectl import Kubectl

CHART = Path(__file__).parents[2] / "chart"


class HelmError(RuntimeError):
    """helm failed; the message is what it wrote to standard error."""


@dataclass(frozen=True)
class Release:
    """A release of the chart, a folder or oci://, in kubectl's namespace."""

    helm: Path
    kubectl: Kubectl
    image: str
    name: str
    chart: str = str(CHART)

    def values(self, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of the chart
        """Values with the image that was just built, for registries that speak plain HTTP."""
        registry, _, rest = self.image.partition("/")
        repository, _, tag = rest.rpartition(":")
        image = {"registry": registry, "repository": repository, "tag": tag}
        return {"image": image, "unpackFlags": "-v --plain-http", **fitting(values)}

    def install(self, *options: str, **values: Any) -> str:  # noqa: ANN401 - any value of the chart
        """Install or upgrade; helm's output, with the chart's notes."""
        document = json.dumps(self.values(**values))
        return self.run(
            "upgrade", "--install", self.name, self.chart, "--values", "-", *options, stdin=document
        )

    def uninstall(self) -> None:
        """Remove the release if there is one."""
        self.run("uninstall", self.name, "--ignore-not-found", "--wait")

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Standard output of a helm command.

        Raises:
            HelmError: it failed.
        """
        cluster = [f"--kubeconfig={self.kubectl.kubeconfig}", f"--namespace={self.kubectl.namespace}"]
        ran = subprocess.run(
            [self.helm, *cluster, *arguments], input=stdin, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise HelmError(ran.stderr)
        return ran.stdout


def fitting(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with what docs/guide/upgrading.md says that an older KServe needs."""
    needed: dict[str, dict[str, Any]] = {}
    if not has("`supportsMultiModelDownload`"):
        needed["clusterStorageContainer"] = {"supportsMultiModelDownload": None}
    if not has("`oci+native://`"):
        needed["imageVolumes"] = {"mountBy": "volume"}
    return values | {key: own | values.get(key, {}) for key, own in needed.items()}
