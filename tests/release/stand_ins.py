"""Images that stand in for the public Python images: Debian's packages, for both platforms, in a registry."""

import subprocess
from pathlib import Path

from release.artifacts.buildah import Buildah, BuildError, buildah
from release.artifacts.layout import combine
from release.plan import Destination
from release.registry.client import push_layout
from tests.e2e.images import SUITE, root
from tests.parts.cache import make_once
from tests.parts.registry import Registry

FOREIGN = "linux/arm64"
TAG = "debian"
PACKAGES = "python3,python3-minimal,libpython3-stdlib,ca-certificates,base-files,libc6"
SECONDS = 1_700_000_000
"""The images' time, whatever it is: the same root file system is the same image."""


def push_bases(registry: Registry) -> tuple[str, str]:
    """Push what BASE and BUILDER are, the first for both platforms, and return their names with digests."""
    base = _pushed(registry, "base", {"linux/amd64": root("runtime"), FOREIGN: foreign_root()})
    return base, _pushed(registry, "builder", {"linux/amd64": root("builder")})


def foreign_root() -> Path:
    """A Debian root file system (.tar) of the platform that can't be run here: unpacked, nothing of it was started."""
    recipe = ["--quiet", "--variant=extract", "--architectures=arm64", f"--include={PACKAGES}", SUITE]

    def make(product: Path) -> None:
        ran = subprocess.run(
            ["mmdebstrap", *recipe, product / "root.tar"], capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise BuildError(f"mmdebstrap failed:\n{ran.stderr[-2000:]}")

    return make_once(f"images/debian-arm64-{SUITE}-1", make) / "root.tar"


def _pushed(registry: Registry, name: str, roots: dict[str, Path]) -> str:
    """Push an image of these root file systems, which is made once, and return its name with the digest."""
    of = "-".join(path.parent.name for path in roots.values())
    made = make_once(f"images/stand-in-{of}", lambda product: _make(product / "layout", roots))
    full = f"{registry.host}/stand-in/{name}:{TAG}"
    push_layout(Destination(registry.host, "stand-in", plain_http=True), made / "layout", TAG, full)
    return f"{full}@{registry.descriptor(f'stand-in/{name}', TAG)['digest']}"


def _make(layout: Path, roots: dict[str, Path]) -> None:
    with buildah() as builder:
        for platform, archive in roots.items():
            image = _image(builder, platform, archive)
            builder.run(
                "push", "--quiet", "--format", "oci", image, f"oci:{layout}:{platform.replace('/', '-')}"
            )
    combine(layout, TAG, {})


def _image(builder: Buildah, platform: str, archive: Path) -> str:
    container = builder.run("from", "--platform", platform, "scratch")
    builder.run("add", "--quiet", container, archive, "/")
    return builder.run("commit", "--quiet", "--rm", f"--timestamp={SECONDS}", container)
