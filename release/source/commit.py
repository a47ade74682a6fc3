"""The commit that is released: what git knows, and nothing else that lies in the folder."""

import io
import subprocess
import tarfile
from pathlib import Path

from release.errors import ReleaseError
from release.plan import Commit
from release.programs import run


def head(repository: Path) -> Commit:
    """Return the commit that is checked out.

    Raises:
        ReleaseError: files differ from it, or git doesn't know them.
    """
    changed = run("git", "status", "--porcelain", folder=repository).splitlines()
    if changed:
        shown = ", ".join(line[3:] for line in changed[:5])
        raise ReleaseError(f"files differ from the commit: {shown}. Commit or remove them")
    revision, seconds = run("git", "log", "-1", "--format=%H %ct", folder=repository).split()
    return Commit(revision, int(seconds))


def check_tag(repository: Path, version: str, revision: str) -> None:
    """Check that the tag of the version, if there is one, is the commit that is checked out.

    Raises:
        ReleaseError: it is another one.
    """
    tagged = run(
        "git", "tag", "--list", f"v{version}", "--format=%(objectname) %(*objectname)", folder=repository
    )
    if tagged and revision not in tagged.split():
        raise ReleaseError(
            f"the tag v{version} is another commit than {revision[:12]}: check out the tag, or name a new version"
        )


def export(repository: Path, commit: Commit, folder: Path) -> None:
    """Write the commit's files into a folder, their modes whatever the umask is."""
    command = ["git", "-c", "tar.umask=0022", "archive", "--format=tar", commit.revision]
    packed = subprocess.run(command, cwd=repository, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="tar")
