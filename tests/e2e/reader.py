"""A reader who runs the commands of a page of docs/guide: the commands are the page's, the names are the cluster's."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.e2e.release import Release
from tests.parts.page import blocks, commands


class Reader:
    """Reads one page, in a folder of its own.

    `names` maps the page's words to those of the cluster. Pages use the namespace `models`, which is the release's.
    """

    def __init__(self, page: str, folder: Path, release: Release, names: dict[str, str]) -> None:
        self.text = (REPOSITORY / "docs" / "guide" / page).read_text()
        self._folder = folder
        self._release = release
        self._names = {"-n models": f"-n {release.kubectl.namespace}", **names}
        (folder / "chart").symlink_to(REPOSITORY / "chart")
        # kitserve follows no link out of the folder that it runs in.
        shutil.copytree(REPOSITORY / "examples", folder / "examples")
        (folder / "bin").mkdir()
        (folder / "bin" / "helm").symlink_to(release.helm)

    def values(self) -> dict[str, Any]:
        """The page's first values file; what the image is called and how registries are reached is ours."""
        shown, *_ = blocks(self.text, "yaml")
        values: dict[str, Any] = YAML(typ="safe").load(self._here(shown))
        return values | self._release.values()

    def write_values(self, values: dict[str, Any]) -> None:
        """Save them under the name that the page uses."""
        (self._folder / "values.yaml").write_text(json.dumps(values))

    def start(self, beginning: str) -> subprocess.Popen[str]:
        """Start the page's one command that begins so."""
        (command,) = (each for each in commands(self.text) if each.startswith(beginning))
        own = (self._folder / "bin", Path(sys.executable).parent)
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, own), os.environ["PATH"]]),
            "KUBECONFIG": str(self._release.kubectl.kubeconfig),
        }
        return subprocess.Popen(
            ["sh", "-c", f"exec {self._here(command)}"],
            cwd=self._folder,
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

    def follow(self, *beginnings: str) -> str:
        """The last one's output, when each has succeeded."""
        output = ""
        for beginning in beginnings:
            code, output = self.run(beginning)
            assert code == 0, output
        return output

    def _here(self, text: str) -> str:
        for word, name in self._names.items():
            text = text.replace(word, name)
        return text
