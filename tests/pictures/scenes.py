"""What the pictures of a terminal show: a command, and the world that it runs in."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.rule import Rule
from rich.text import Text

from tests.generator.kubernetes_client import kubeconfig
from tests.generator.serving.api_server import serving
from tests.pictures import loading
from tests.pictures.drawing import svg
from tests.pictures.terminal import screens

LATER = "in the same place, later"
VALUES = """\
image:
  registry: registry.example.com
inferenceServices:
  iris:
    modelFormat:
      name: sklearn
    storageURI: kit://registry.example.com/models/iris:v1
    minReplicas: 3
    maxReplicas: 2
    resources:
      limits:
        memory: 4GB
"""


@dataclass(frozen=True)
class Scene:
    """A command; `world` makes files in a folder, and yields the variables that the command needs."""

    title: str
    words: tuple[str, ...]
    world: Callable[[Path], AbstractContextManager[dict[str, str]]]

    def screens(self) -> list[str]:
        """Run the command on a pseudo-terminal; what it shows, one screen after the other."""
        with tempfile.TemporaryDirectory() as folder, self.world(Path(folder)) as variables:
            return screens(self.words, Path(folder), variables)

    def picture(self, name: str, shown: list[str]) -> str:
        """The picture of screens, in one window: a rule is between two of them."""
        command = f"kitserve {' '.join(self.words)}"
        drawn: list[Text | Rule] = [Text.assemble(("$ ", "green"), (command, "bold"))]
        for number, screen in enumerate(shown):
            if number:
                drawn.append(Rule(Text(LATER, style="dim italic"), style="dim", align="left"))
            drawn.append(Text.from_ansi(screen))
        return svg(name, self.title, drawn)


@contextmanager
def _files(folder: Path) -> Iterator[dict[str, str]]:
    (folder / "values.yaml").write_text(VALUES)
    yield {}


@contextmanager
def _cluster(folder: Path) -> Iterator[dict[str, str]]:
    with serving(loading.Loading(loading.looks())) as (host, _):
        (folder / "config").write_text(kubeconfig(host))
        yield {"KUBECONFIG": str(folder / "config")}


SCENES = {
    "validate": Scene("Mistakes end before the cluster", ("validate", "values.yaml"), _files),
    "status": Scene(
        "How far a model is, until it is ready", ("status", "-n", loading.NAMESPACE, "--wait"), _cluster
    ),
}
