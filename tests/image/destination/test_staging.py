"""Renaming into place is all or nothing too."""

import subprocess
import sys
from pathlib import Path

from tests.image.initializer import listing

# Everything is imported before root's rights are given up, and the paths are relative, since a user without rights
# can't walk down to a test's folder.
PROGRAM = """
import os
from pathlib import Path
from kitserve_initializer.errors import DestinationError
from kitserve_initializer.destination.marker import Request
from kitserve_initializer.destination.staging import Staging

if os.getuid() == 0:
    os.setuid(65534)
try:
    with Staging(Path("models"), Request("", (), "OVERWRITE", "kit", (), ())) as staging:
        tree = staging.tree("layer")
        for name in ("a/new", "b/new", "locked/new", "z/new"):
            tree.add_file(tuple(name.split("/")), 0o644, [b"new"])
        tree.add_directory(("narrow",), 0o500)
        staging.finish("layer", tree)
        staging.publish(["layer"], b"manifestVersion: 1.0.0\\n")
except DestinationError as error:
    print(error.cause)
"""


def test_what_was_moved_goes_back_when_the_rest_can_t_follow(tmp_path: Path) -> None:
    models = tmp_path / "models"
    for folder in (models, models / "b", models / "locked"):
        folder.mkdir()
        folder.chmod(0o777)
    (models / "locked").chmod(0o555)
    before = listing(models)

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert ran.stdout.strip().endswith("Permission denied")
    assert listing(models) == before
