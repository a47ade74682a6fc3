"""Somebody else writes to the volume while a run unpacks: whatever is swapped, nothing is written elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.image.initializer import Initializer, listing
from tests.image.packing import file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

BUG = 1
FILES = [file(f"model/{index}", bytes([index]) * 100_000) for index in range(20)]


def staged(destination: Path) -> Path:
    """The folder that the layer's files are being written to."""
    (model,) = destination.glob(".kitserve-staging/*/model")
    return model


def swap_folder(destination: Path, outside: Path) -> None:
    model = staged(destination)
    model.rename(destination / "moved")
    model.symlink_to(outside)


def swap_tree(destination: Path, outside: Path) -> None:
    tree = staged(destination).parent
    tree.rename(destination / "moved")
    tree.symlink_to(outside)


def swap_staging(destination: Path, outside: Path) -> None:
    staging = destination / ".kitserve-staging"
    staging.rename(destination / "moved")
    staging.symlink_to(outside)


def swap_destination(destination: Path, outside: Path) -> None:
    destination.rename(destination.with_name("moved"))
    destination.symlink_to(outside)


def plant_link(destination: Path, outside: Path) -> None:
    (destination / "model").symlink_to(outside)


SWAPS = (swap_folder, swap_tree, swap_staging, swap_destination, plant_link)


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.__name__)
def test_a_link_that_is_swapped_in_leads_nowhere(
    registry: Registry, initializer: Initializer, swap: Callable[[Path, Path], None], flags: str
) -> None:
    outside = initializer.folder / "outside"
    (outside / "model").mkdir(parents=True)
    (outside / "model/0").write_text("mine")
    before = listing(outside)
    made = pack(registry, layer(folder("model"), *FILES))
    faults = iter([Fault(cut=1_000_000, stall=True)])

    with (
        Proxy(registry.url, lambda path: next(faults, None) if made.layers[0] in path else None) as proxy,
        initializer.start(
            f"kit://{proxy.host}/{made.repository}:v1", flags=f"--plain-http --model {flags}"
        ) as process,
    ):
        proxy.stalled.wait()
        while not list(initializer.destination.glob(".kitserve-staging/*/model/5")):
            assert process.poll() is None
        swap(initializer.destination, outside)
        proxy.ended.set()
        output = process.communicate()
    run = initializer.finished(process.returncode, *output)

    assert run.exit != BUG, run.stderr
    assert "Traceback" not in run.everything
    assert listing(outside) == before
