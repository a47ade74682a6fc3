"""An image beside what the initializer unpacks."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kitserve.errors import Refused
from kitserve.image.build import build
from kitserve.image.differences import Refusal
from kitserve.image.documents import Image
from kitserve.image.request import Request

from tests.generator.image.container_runtime import applied, layers_of, mounted
from tests.image.initializer import Initializer, Run, listing
from tests.image.packing import as_model
from tests.parts.registry import Registry


@dataclass(frozen=True)
class Compared:
    """The image of a ModelKit, or why there is none, and the initializer's run."""

    made: Image | Refusal | Refused
    run: Run
    unpacked: dict[str, Any]

    @property
    def faults(self) -> str:
        """Why there is no image; empty if there is one."""
        return faults(self.made)


def faults(made: Image | Refusal | Refused) -> str:
    """Return why there is no image; empty if there is one."""
    match made:
        case Refusal(differences):
            return "\n".join(f"{each.path}: {each.reason}; {each.remedy}" for each in differences)
        case Refused():
            return str(made)
        case _:
            return ""


def compared(
    registry: Registry,
    folder: Path,
    reference: str,
    *filters: str,
    layout: str = "kit",
    labels: tuple[str, ...] = (),
) -> Compared:
    """Make the image, unpack the ModelKit, and find that a pod sees the same, or that there is no image.

    What the initializer refuses has no image either.
    """
    folder.mkdir(exist_ok=True)
    initializer = Initializer(folder)
    words = [
        "--plain-http",
        *(f"--filter={each}" for each in filters),
        *(f"--label={each}" for each in labels),
    ]
    run = initializer(reference, flags=shlex.join(words), KITSERVE_LAYOUT=layout)
    unpacked = listing(initializer.destination) if run.exit == 0 else {}
    made = image_of(reference, *filters, layout=layout, labels=labels)
    if isinstance(made, Image):
        assert run.exit == 0, run.stderr
        layers = layers_of(made, registry)
        assert mounted(applied(layers, "containerd")) == unpacked
        assert mounted(applied(layers, "cri-o")) == unpacked
    assert isinstance(made, Refused) == (run.exit != 0), (made, run.stderr)
    return Compared(made, run, unpacked)


def image_of(
    reference: str, *filters: str, layout: str = "kit", labels: tuple[str, ...] = ()
) -> Image | Refusal | Refused:
    """Make the image of a ModelKit, or say why not."""
    request = Request(reference, layout, filters, labels, flags=("--plain-http",))
    try:
        return build(request)
    except Refused as refused:
        return refused


def model(config: dict[str, Any]) -> None:
    """Claim that the first part of what is packed is the model."""
    as_model(config["model"]["parts"][0]["path"])(config)
