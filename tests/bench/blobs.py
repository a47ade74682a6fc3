"""Layers to measure with, made once into the cache: weights that compress as real ones do, small files, zeros."""

import gzip
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy

from tests.parts.cache import make_once

MIB = 1 << 20
STEP = 16 * MIB
SMALL_FILES = 3000
SPARSE_GIB = 10
COMPRESS_LEVEL = 6


@dataclass(frozen=True)
class Work:
    """A ModelKit to be: `layers` by file in the cache, `size` in bytes unpacked."""

    name: str
    layers: tuple[Path, ...]
    gzip: bool
    size: int


def works() -> dict[str, Work]:
    """All of them by name; the first call takes two minutes."""
    folder = make_once("bench/layers-3", _make)
    quarters = [f"quarter-{index}" for index in range(4)]
    return {
        work.name: work
        for work in (
            Work("four-gzip", _paths(folder, quarters, ".tar.gz"), True, 1024 * MIB),
            Work("four-plain", _paths(folder, quarters, ".tar"), False, 1024 * MIB),
            Work("one-gzip", _paths(folder, ["whole"], ".tar.gz"), True, 1024 * MIB),
            Work("one-plain", _paths(folder, ["whole"], ".tar"), False, 1024 * MIB),
            Work("small-files", _paths(folder, ["small"], ".tar"), False, SMALL_FILES * 4096),
            Work("sparse", _paths(folder, ["sparse"], ".tar.gz"), True, SPARSE_GIB * 1024 * MIB),
        )
    }


def _paths(folder: Path, names: list[str], suffix: str) -> tuple[Path, ...]:
    return tuple(folder / f"{name}{suffix}" for name in names)


def _make(folder: Path) -> None:
    print("making the layers to measure with, about two minutes the first time ...", flush=True)
    with ProcessPoolExecutor(2) as pool:
        jobs = [pool.submit(_tar, folder, f"quarter-{index}", index, 256) for index in range(4)]
        jobs += [pool.submit(_tar, folder, "whole", 4, 1024), pool.submit(_small, folder)]
        jobs += [pool.submit(_sparse, folder)]
        for job in jobs:
            job.result()


def _weights(seed: int, mebibytes: int) -> Iterator[bytes]:
    """float16 as trained weights are spread: their exponents compress, their mantissas don't."""
    random = numpy.random.default_rng(seed)
    for _ in range(mebibytes * MIB // STEP):
        yield (random.standard_normal(STEP // 2, dtype=numpy.float32) * 0.02).astype(numpy.float16).tobytes()


def _tar(folder: Path, name: str, seed: int, mebibytes: int) -> None:
    """Write a layer plain and compressed."""
    _archive(folder / f"{name}.tar", name, mebibytes * MIB, lambda: _weights(seed, mebibytes))
    _compress(folder / f"{name}.tar", folder / f"{name}.tar.gz", COMPRESS_LEVEL)


def _sparse(folder: Path) -> None:
    size = SPARSE_GIB * 1024 * MIB
    plain = folder / "sparse.tar"
    with plain.open("wb") as file:
        header = _header("sparse.bin", size)
        file.write(header)
        file.truncate(len(header) + size + 2 * tarfile.BLOCKSIZE)
    _compress(plain, folder / "sparse.tar.gz", 1)
    plain.unlink()


def _small(folder: Path) -> None:
    random = numpy.random.default_rng(5)
    with (folder / "small.tar").open("wb") as file:
        for index in range(SMALL_FILES):
            file.write(_header(f"file-{index:05}", 4096) + random.bytes(4096))
        file.write(bytes(2 * tarfile.BLOCKSIZE))


def _archive(path: Path, name: str, size: int, content: Callable[[], Iterator[bytes]]) -> None:
    with path.open("wb") as file:
        # KServe's own initializer takes what is in this folder, and kit makes none that has no header.
        file.write(_folder("models") + _header(f"models/{name}.safetensors", size))
        file.writelines(content())
        file.write(bytes(2 * tarfile.BLOCKSIZE))


def _header(name: str, size: int) -> bytes:
    """A header as `kit pack` writes it: ustar, or pax beyond 8 GiB."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.PAX_FORMAT)


def _folder(name: str) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    return info.tobuf(tarfile.PAX_FORMAT)


def _compress(plain: Path, compressed: Path, level: int) -> None:
    with (
        plain.open("rb") as source,
        compressed.open("wb") as file,
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=level, mtime=0) as target,
    ):
        while piece := source.read(STEP):
            target.write(piece)
