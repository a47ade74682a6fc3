"""What is left in the staging folder is taken up whole, and renaming into place is all or nothing too."""

import json
import subprocess
import sys
from pathlib import Path

from kitserve_initializer.destination.names import LOCK, PLAN, RESULT, STAGING, record
from kitserve_initializer.destination.place import Place
from kitserve_initializer.destination.request import Request
from kitserve_initializer.destination.staging import Staging
from kitserve_initializer.fs.merge_dirs import ConflictPolicy

from tests.image.initializer import listing

# Everything is imported before root's rights are given up, and the paths are relative, since a user without rights
# can't walk down to a test's folder.
PROGRAM = """
import os
from pathlib import Path
from kitserve_initializer.destination.place import Place
from kitserve_initializer.destination.request import Request
from kitserve_initializer.destination.staging import Staging
from kitserve_initializer.errors import DestinationError
from kitserve_initializer.fs.merge_dirs import ConflictPolicy

if os.getuid() == 0:
    os.setuid(65534)
try:
    with Staging(Place(Path("models")), Request("", (), ConflictPolicy.OVERWRITE, "kit", (), ())) as staging:
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


def test_a_result_without_all_its_trees_records_is_put_together_from_the_start(tmp_path: Path) -> None:
    """A run that clears the folder, or names the trees in another way, may be killed between two records."""
    request = Request("sha256:1", (), ConflictPolicy.REFUSE, "kit", (), ())
    names = ["one", "two"]
    left = tmp_path / STAGING
    (left / RESULT).mkdir(parents=True)
    (left / RESULT / "of one").touch()
    (left / PLAN).write_text(json.dumps(request.document))
    (left / record("one")).write_text("[]")

    with Staging(Place(tmp_path), request) as staging:
        missing = staging.begin(names)
        there = {path.name for path in left.iterdir()}

    assert missing == names
    assert there == {LOCK}
