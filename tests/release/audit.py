"""`make audit`: known vulnerabilities in what images and command install, by PyPI and Debian's tracker."""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from release.artifacts.layout import blob, platforms
from release.plan import TARGETS, Dist

REPOSITORY = Path(__file__).parents[2]
DIST = Dist(REPOSITORY / "dist/release")
LOCKS = ("requirements.lock", "requirements-keyless.lock")
SUITE = "bookworm"
STATUS = "var/lib/dpkg/status"


def main() -> int:
    """Run all scanners; 1 if one finds something or can't ask."""
    worst = max(_packages(), _installed(), _debian())
    return 1 if worst else 0


def _packages() -> int:
    """Scan what the images install."""
    said = [["--require-hashes", "--disable-pip", "-r", str(REPOSITORY / "image" / lock)] for lock in LOCKS]
    return max(_pip_audit(*options) for options in said)


def _installed() -> int:
    """Scan this environment, less what is ours: what the command installs, and its tests' packages."""
    command = [sys.executable, "-m", "pip", "freeze", "--exclude-editable"]
    frozen = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    with tempfile.NamedTemporaryFile(suffix=".txt") as listed:
        listed.write(frozen)
        listed.flush()
        return _pip_audit("--no-deps", "--disable-pip", "-r", listed.name)


def _pip_audit(*options: str) -> int:
    """Run pip-audit, for which a package that it can't ask about is a finding too."""
    print(f"▶ pip-audit {' '.join(options)}", flush=True)
    return subprocess.run([sys.executable, "-m", "pip_audit", "--strict", *options], check=False).returncode


def _debian() -> int:
    """Scan the Debian packages of each image that `make release` left."""
    layouts = [DIST.layout(target) for target in TARGETS]
    missing = [layout for layout in layouts if not layout.is_dir()]
    if missing:
        print(f"no image in {missing[0]}: run `make release VERSION=x.y.z` first", file=sys.stderr)
        return 1
    return max(_debsecan(layout) for layout in layouts)


def _debsecan(layout: Path) -> int:
    digest = platforms(layout)["linux/amd64"]
    print(f"▶ debsecan, {layout.name}", flush=True)
    with tempfile.NamedTemporaryFile(suffix=".status") as status:
        status.write(_dpkg_status(layout, digest))
        status.flush()
        command = ["debsecan", "--suite", SUITE, "--only-fixed", "--status", status.name]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(ran.stdout, end="")
    return 1 if ran.returncode or ran.stdout.strip() else 0


def _dpkg_status(layout: Path, manifest: str) -> bytes:
    """Return dpkg's list of packages in an image, from the highest layer that has one."""
    found = b""
    for layer in blob(layout, manifest)["layers"]:
        with tarfile.open(layout / "blobs" / layer["digest"].replace(":", "/")) as packed:
            for member in packed:
                if member.name.removeprefix("./") == STATUS and (content := packed.extractfile(member)):
                    found = content.read()
    return found


if __name__ == "__main__":
    sys.exit(main())
