"""kitserve's wheel, as `make package` builds it."""

import subprocess
import sys
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]


def build_wheel(folder: Path) -> Path:
    """The wheel of what is here, built into a folder."""
    command: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, _REPOSITORY]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel
