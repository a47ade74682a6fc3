"""Builds images without a container engine, in a storage of its own that goes when it is done."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CERTIFICATES = "/etc/ssl/certs"


class BuildError(RuntimeError):
    """buildah failed; the message ends with its output."""


@dataclass(frozen=True)
class Buildah:
    """buildah with a storage folder."""

    storage: Path

    def run(self, *arguments: str | Path) -> str:
        """Return standard output of a buildah command, without the line end."""
        folders: list[str | Path] = ["--root", self.storage / "root", "--runroot", self.storage / "run"]
        environment = {
            "TMPDIR": str(self.storage),
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_CONF": str(self._settings()),
        }
        # What it mounts goes with the command.
        command = ["unshare", "--mount", "buildah", *folders, "--storage-driver", "overlay", *arguments]
        ran = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise BuildError(f"buildah {arguments[0]} failed:\n{(ran.stdout + ran.stderr)[-3000:]}")
        return ran.stdout.strip()

    def build(
        self,
        context: Path,
        dockerfile: Path,
        target: str = "",
        further: Sequence[str] = (),
        **arguments: str,
    ) -> str:
        """Return the id (hex sha256 of the configuration) of the image that the Dockerfile makes."""
        options: list[str | Path] = ["--quiet", "--network", "host", "--file", dockerfile, *further]
        options += [f"--volume={CERTIFICATES}:{CERTIFICATES}:ro", f"--volume={self._pip()}:/etc/pip.conf:ro"]
        options += [f"--build-arg={name}={value}" for name, value in arguments.items()]
        options += ["--target", target] if target else []
        return self.run("bud", *options, context)

    def program(self, program: Path, path: str) -> str:
        """Return the id of an image that holds one static program and nothing else."""
        container = self.run("from", "scratch")
        self.run("copy", "--quiet", container, program, path)
        self.run("config", "--user", "65532:65532", "--entrypoint", json.dumps([path]), container)
        return self.run("commit", "--quiet", "--rm", container)

    def save(self, image: str, name: str, archive: Path) -> None:
        """Write the image under its name to a docker archive, whose layers aren't compressed."""
        self.run("push", "--quiet", image, f"docker-archive:{archive}:{name}")

    def _settings(self) -> Path:
        """buildah's settings: without them it makes /etc/cni/net.d."""
        path = self.storage / "containers.conf"
        path.write_text(f'[network]\nnetwork_config_dir = "{self.storage / "networks"}"\n')
        return path

    def _pip(self) -> Path:
        """pip's settings of this machine, as it has them in its environment."""
        settings = {name: os.environ.get(f"PIP_{name.upper()}") for name in ("index_url", "extra_index_url")}
        lines = [f"{name.replace('_', '-')} = {value}" for name, value in settings.items() if value]
        path = self.storage / "pip.conf"
        path.write_text("\n".join(["[global]", f"cert = {CERTIFICATES}/ca-certificates.crt", *lines, ""]))
        return path


@contextmanager
def buildah() -> Iterator[Buildah]:
    """Yield a buildah with an empty storage."""
    with tempfile.TemporaryDirectory(prefix="kitserve-buildah-") as folder:
        yield Buildah(Path(folder))


def base(buildah: Buildah, root: Path) -> str:
    """Return the id of an image made from a root file system (.tar)."""
    container = buildah.run("from", "scratch")
    buildah.run("add", "--quiet", container, root, "/")
    return buildah.run("commit", "--quiet", "--rm", container)
