"""Images that the bench needs beside the cluster's: KServe's own initializer, and ours with a real `kit`."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from release.artifacts.buildah import Buildah, base, buildah
from tests.e2e.images import build, root
from tests.parts.cache import make_once

FOLDER = Path(__file__).parent
KSERVE_STORAGE = "kitserve.test/kserve-storage:0.21.0"
WITH_KIT = "kitserve.test/kitserve-initializer:with-kit"
KSERVE_SCHEME = "kserve-oci://"
SUITE = "trixie"
"""kserve-storage unpacks with a filter of tarfile that bookworm's Python 3.11.2 lacks."""
_FILES = ("kserve-storage.Dockerfile", "initializer.py")


def prepare(folder: Path) -> tuple[Path, ...]:
    """Return the archives of the images. Without a `kit` on PATH that of ours with kit isn't among them."""
    made = [_kserve_storage()]
    kit = shutil.which("kit")
    if kit:
        made.append(folder / "with-kit.tar")
        with buildah() as builder:
            _with_kit(builder, Path(kit), made[-1])
    return tuple(made)


def _kserve_storage() -> Path:
    """Return the archive of KServe's own initializer, made once for each state of its recipe."""
    recipe = "".join((FOLDER / name).read_text() for name in _FILES)
    key = f"images/kserve-storage-{hashlib.sha256(recipe.encode()).hexdigest()[:8]}"
    return make_once(key, partial(_in_a_context, _make_kserve_storage)) / "image.tar"


def _in_a_context(make: Callable[[Buildah, Path, Path], None], product: Path) -> None:
    print("building KServe's own initializer, some minutes the first time ...", flush=True)
    with buildah() as builder, tempfile.TemporaryDirectory() as context:
        make(builder, Path(context), product / "image.tar")


def _make_kserve_storage(builder: Buildah, context: Path, archive: Path) -> None:
    shutil.copy(FOLDER / "initializer.py", context)
    ground = base(builder, root("builder", SUITE))
    builder.save(
        builder.build(context, FOLDER / "kserve-storage.Dockerfile", BASE=ground), KSERVE_STORAGE, archive
    )


def _with_kit(builder: Buildah, kit: Path, archive: Path) -> None:
    """Build the target with-kit, with the `kit` of this machine in the place of KitOps' image."""
    kitops = builder.program(kit.resolve(), "/usr/local/bin/kit")
    builder.save(build(builder, "with-kit", KITOPS=kitops), WITH_KIT, archive)
