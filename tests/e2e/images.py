"""The cluster's images: kitserve's own, and what can't be pulled where there is no network.

`python -m tests.e2e.images [TARGET]` builds kitserve's image, by default the target `initializer`, and prints its size.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from release.artifacts.buildah import Buildah, BuildError, base, buildah
from release.plan import Dist
from tests.e2e import knative, versions
from tests.e2e.features import has
from tests.e2e.machine import MachineError, check
from tests.parts.cache import make_once
from tests.parts.tools import tool
from tests.release import working_tree

REPOSITORY = Path(__file__).parents[2]
FOLDER = Path(__file__).with_name("images")
# What stands in for the public Python images: Debian's own packages, as a root file system.
SUITE = "bookworm"
PACKAGES = {"runtime": "python3,ca-certificates", "builder": "python3,ca-certificates,python3-pip,libgomp1"}
SLIM = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")]

PAUSE = "kitserve.test/pause:1"
KSERVE, LOCALMODEL, LOCALMODELNODE, LLMISVC = (
    f"kserve-{name}" for name in ("controller", "localmodel", "localmodelnode", "llmisvc")
)
"""KServe's programs; `of_kserve` names the image of each."""
MLSERVER = "kitserve.test/mlserver:1.7.1"
KITSERVE = "kitserve.test/kitserve-initializer"
TARGET = "initializer"
"""Of kitserve's Dockerfile: also `keyless`. `with-kit` needs an image that is nowhere here."""


def prepare(folder: Path, released: Path) -> str:
    """Put an archive of every image into the folder, and a release's image and chart into the other one.

    Returns:
        the name of kitserve's image, whose tag is its content's id.
    """
    managers = [KSERVE, LOCALMODEL, LOCALMODELNODE]
    managers += [LLMISVC] if has("LLMInferenceServices that mount images") else []
    makers: dict[str, Callable[[Buildah, Path, Path], None]] = {
        PAUSE: _pause,
        MLSERVER: _mlserver,
        **{
            of_kserve(name): partial(_program, name, versions.release(), of_kserve(name)) for name in managers
        },
    }
    if knative.IS_WANTED:
        makers |= {image: partial(_program, name, "", image) for name, image in knative.IMAGES.items()}
    for image, make in makers.items():
        name = image.rpartition("/")[2].partition(":")[0]
        (folder / f"{name}.tar").symlink_to(_archive(name, image, make))
    with buildah() as builder:
        image = build(builder)
        name = f"{KITSERVE}:{image[:12]}"
        builder.save(image, name, folder / "kitserve.tar")
        working_tree.write(builder, image, Dist(released))
    return name


def of_kserve(program: str) -> str:
    """The image of one of KServe's programs, of the release that was chosen."""
    return f"kitserve.test/{program}:v{versions.release()}"


def build(builder: Buildah, target: str = TARGET, **arguments: str) -> str:
    """The id of kitserve's image, built by its own Dockerfile on a base made here."""
    context = REPOSITORY / "image"
    bases = {"BUILDER": base(builder, root("builder")), "BASE": base(builder, root("runtime"))}
    return builder.build(context, context / "Dockerfile", target, **bases, **arguments)


def root(kind: str, suite: str = SUITE) -> Path:
    """A Debian root file system (.tar) with Python."""
    recipe = ["--quiet", "--variant=minbase", *SLIM, f"--include={PACKAGES[kind]}", suite]

    def make(product: Path) -> None:
        _say(f"making a Debian {suite} with {PACKAGES[kind]}, about 20 s the first time ...")
        command: list[str | Path] = ["mmdebstrap", *recipe, product / "root.tar"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise BuildError(f"mmdebstrap failed:\n{ran.stderr[-2000:]}")

    return make_once(f"images/debian-{kind}-{_hash(json.dumps(recipe))}", make) / "root.tar"


def _archive(name: str, image: str, make: Callable[[Buildah, Path, Path], None]) -> Path:
    """An image of ours for the cluster, made once for each state of its recipes and programs."""
    recipes = "".join(path.read_text() for path in sorted(FOLDER.iterdir()))
    key = f"images/{name}-{_hash(recipes + image + SUITE + str(PACKAGES))}"

    def fill(product: Path) -> None:
        _say(f"building the image {name} ...")
        with buildah() as builder, tempfile.TemporaryDirectory() as context:
            make(builder, Path(context), product / "image.tar")

    return make_once(key, fill) / "image.tar"


def _pause(builder: Buildah, context: Path, archive: Path) -> None:
    program = context / "pause"
    subprocess.run(["gcc", "-static", "-Os", "-o", program, FOLDER / "pause.c"], check=True)
    builder.save(builder.program(program, "/pause"), PAUSE, archive)


def _program(name: str, version: str, image: str, builder: Buildah, _context: Path, archive: Path) -> None:
    builder.save(builder.program(tool(name, version), "/manager"), image, archive)


def _mlserver(builder: Buildah, context: Path, archive: Path) -> None:
    built = builder.build(context, FOLDER / "mlserver.Dockerfile", BASE=base(builder, root("builder")))
    builder.save(built, MLSERVER, archive)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def unpacked_size(archive: Path) -> int:
    """Bytes of the layers in a docker archive."""
    with tarfile.open(archive) as packed:
        return sum(member.size for member in packed if member.name.endswith(".tar"))


def main(target: str = TARGET) -> int:
    """Build kitserve's image and print its id and what it adds to its base; 1 when it can't be built."""
    try:
        check()
        with buildah() as builder, tempfile.TemporaryDirectory() as folder:
            image = build(builder, target)
            archive = Path(folder, "kitserve.tar")
            builder.save(image, KITSERVE, archive)
            total, below = unpacked_size(archive), root("runtime").stat().st_size
    except (BuildError, MachineError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target} {image}: {total / 1e6:.1f} MB, {(total - below) / 1e6:.1f} MB above its base")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
