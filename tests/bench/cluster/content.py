"""The same weights as layers of a ModelKit and of an image, put into a registry's storage without being pushed."""

import hashlib
import random
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.bench.cluster import artifacts
from tests.bench.cluster.artifacts import Layer
from tests.parts.registry import Registry

MIB = 1 << 20
PARTS = 4
MODELKIT, CAR = "bench/model", "bench/car"
KIT_TAG = "for-kit"
"""Another tag of the ModelKit, by which KServe gives it to the engine `kit`."""
_STEP = 16 * MIB


@dataclass(frozen=True)
class Content:
    """Layers: the ModelKit MODELKIT's by its two tags, and the modelcar CAR:v1's with files below `models`."""

    modelkit: tuple[Layer, ...]
    car: tuple[Layer, ...]

    def blobs(self) -> set[str]:
        """Return the digests of all layers."""
        return {layer.digest for layer in (*self.modelkit, *self.car)}

    def chains(self) -> set[str]:
        """Return the names of the snapshots that a node makes of them (OCI image specification, "Layer ChainID")."""
        return {*_chain(self.modelkit), *_chain(self.car)}


def push(registry: Registry, mebibytes: int) -> Content:
    """Put both there. The bytes are random: nothing on the way compresses them, or finds two parts equal."""
    size = mebibytes * MIB // PARTS
    modelkit = tuple(_place(registry, MODELKIT, part(number), size, number) for number in range(PARTS))
    car = tuple(_place(registry, CAR, f"models/{part(number)}", size, number) for number in range(PARTS))
    parts = {part(number): each for number, each in enumerate(modelkit)}
    for tag in ("v1", KIT_TAG):
        artifacts.push_modelkit(registry, MODELKIT, tag, parts)
    return Content(modelkit, artifacts.push_car(registry, CAR, car))


def part(number: int) -> str:
    """Return the name of a file with weights."""
    return f"part-{number}.bin"


def warm_up(registry: Registry, layers: tuple[Layer, ...]) -> None:
    """Read the layers: the registry has them in memory, by whichever way the model comes."""
    for layer in layers:
        with registry.storage.path(layer.digest).open("rb") as blob, Path("/dev/null").open("wb") as nowhere:
            shutil.copyfileobj(blob, nowhere, _STEP)


def _chain(layers: tuple[Layer, ...]) -> Iterator[str]:
    above = ""
    for layer in layers:
        pair = f"{above} {layer.digest}".encode()
        above = f"sha256:{hashlib.sha256(pair).hexdigest()}" if above else layer.digest
        yield above


def _place(registry: Registry, repository: str, name: str, size: int, seed: int) -> Layer:
    """Write a layer of one file, and make it a blob of the repository."""
    beside = registry.storage.root / "layer.tar"
    beside.parent.mkdir(exist_ok=True)
    with beside.open("wb") as file:
        digest = f"sha256:{_write(file, name, size, seed)}"
    layer = Layer(digest, beside.stat().st_size)
    registry.storage.adopt(beside, repository, digest)
    return layer


def _write(file: IO[bytes], name: str, size: int, seed: int) -> str:
    """Write a tar archive of one file; its sha256 in hex."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    hasher = hashlib.sha256()
    for pieces in ([info.tobuf(tarfile.PAX_FORMAT)], _random(size, seed), [bytes(2 * tarfile.BLOCKSIZE)]):
        for piece in pieces:
            file.write(piece)
            hasher.update(piece)
    return hasher.hexdigest()


def _random(size: int, seed: int) -> Iterator[bytes]:
    source = random.Random(seed)  # noqa: S311
    for start in range(0, size, _STEP):
        yield source.randbytes(min(_STEP, size - start))
