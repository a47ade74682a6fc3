"""docs/guide/quick-start.md, from its values on: the commands are the page's, the names are the cluster's."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.e2e.inference import CLASSES, RESOURCES
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

PAGE = (REPOSITORY / "docs" / "guide" / "quick-start.md").read_text()
SECONDS = 120


class Reader:
    """Does what the page says, in a folder of its own."""

    def __init__(self, folder: Path, release: Release, registry: Registry) -> None:
        self.folder = folder
        self.release = release
        self.registry = registry
        (folder / "chart").symlink_to(REPOSITORY / "chart")
        (folder / "bin").mkdir()
        (folder / "bin" / "helm").symlink_to(release.helm)

    def write_values(self) -> None:
        """The page's values; what the image is called, how it's reached and how much it may ask for are ours."""
        (shown,) = re.findall(r"^   ```yaml\n(.*?)^   ```", PAGE, re.DOTALL | re.MULTILINE)
        values = YAML(typ="safe").load(self._here(shown)) | self.release.values()
        values["inferenceServices"]["iris"]["resources"] = RESOURCES
        (self.folder / "values.yaml").write_text(json.dumps(values))

    def start(self, beginning: str) -> subprocess.Popen[str]:
        """Start the page's one command that begins so."""
        (command,) = (each for each in commands() if each.startswith(beginning))
        own = (self.folder / "bin", Path(sys.executable).parent)
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, own), os.environ["PATH"]]),
            "KUBECONFIG": str(self.release.kubectl.kubeconfig),
        }
        shell = ["sh", "-c", f"exec {self._here(command)}"]
        return subprocess.Popen(
            shell,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, beginning: str) -> tuple[int, str]:
        """Exit code and output of that command."""
        with self.start(beginning) as process:
            output = process.communicate()[0]
        return process.returncode, output

    def _here(self, text: str) -> str:
        text = text.replace("-n models", f"-n {self.release.kubectl.namespace}")
        return text.replace("install kitserve", f"install {self.release.name}").replace(
            "registry.example.com", self.registry.host
        )


def commands() -> list[str]:
    """What follows a `$`, with the lines that go on from it."""
    blocks = re.findall(r"^   ```console\n(.*?)^   ```", PAGE, re.DOTALL | re.MULTILINE)
    return [
        re.sub(r"\n\s+", " ", command).strip()
        for block in blocks
        for command in re.split(r"^   \$ ", block, flags=re.M)
        if command
    ]


@pytest.fixture
def reader(tmp_path: Path, release: Release, registry: Registry, modelkits: dict[str, ModelKit]) -> Reader:
    registry.push_layout(modelkits["iris"].archive, "models/iris", "v1")
    return Reader(tmp_path, release, registry)


def test_a_newcomer_gets_a_prediction(reader: Reader) -> None:
    reader.write_values()
    for beginning in ("kitserve validate", "helm install", "kubectl -n models wait"):
        code, output = reader.run(beginning)
        assert code == 0, output
    with reader.start("kubectl -n models port-forward") as forward:
        try:
            answer = asked(reader)
        finally:
            forward.terminate()

    assert answer["outputs"][0]["data"] == CLASSES
    assert f'"data":{json.dumps(CLASSES, separators=(",", ":"))}' in PAGE


def asked(reader: Reader) -> dict[str, Any]:
    """What the page's request is answered, once it is answered by the model: Ready isn't serving."""
    end = time.monotonic() + SECONDS
    while True:
        code, output = reader.run("curl")
        if code == 0 and '"outputs"' in output:
            answer: dict[str, Any] = json.loads(output)
            return answer
        assert time.monotonic() < end, output
        time.sleep(0.5)
