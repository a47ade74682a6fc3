"""The wheels of kitserve and of its initializer, as `make package` builds them."""

import subprocess
import sys
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]


def build_wheel(folder: Path) -> Path:
    """The command's wheel of what is here, built into a folder."""
    return _built(_REPOSITORY, folder, "kitserve-*.whl")


def build_initializers_wheel(folder: Path) -> Path:
    """The initializer's, on which the command's depends."""
    return _built(_REPOSITORY / "image", folder, "kitserve_initializer-*.whl")


def _built(source: Path, folder: Path, name: str) -> Path:
    command: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, source]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob(name)
    return wheel
