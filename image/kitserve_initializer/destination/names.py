"""Names of the initializer's own files: in the destination, and in its staging folder there."""

from __future__ import annotations

from kitserve_initializer.fs.reserved_names import RESERVED

STAGING = f"{RESERVED}-staging"
"""The folder of a run that is at work, or was stopped."""
REMOVED = f"{RESERVED}-removed"
"""The same folder while it is removed."""

LOCK = "lock"
"""The lock of the run at work; another run waits for it."""
PLAN = "plan.json"
"""The request for which `RESULT` is being merged."""
BLOB = "blob"
"""A blob that is on its way into several trees; its name is gone at once."""
RESULT = "result"
"""The merged trees."""
KITFILE_TREE = "kitfile"
"""The folder in which the Kitfile is written."""
JOURNAL = "publish.json"
"""`RESULT` is being moved into the destination, whose marker this will be."""
MOVED = "moved"
"""The paths that are new there, if they are many."""

STREAM = ".stream"
"""How the name of a half-filled tree's journal ends."""
RECORD = ".json"
"""How the name of a finished tree's record ends."""


def stream(tree: str) -> str:
    """Return the name of the journal of the stream that a tree is filled from."""
    return f"{tree}{STREAM}"


def earlier(tree: str) -> str:
    """Return the name of what an earlier run left of a tree, while its files are taken over."""
    return f"{tree}.earlier"


def record(tree: str) -> str:
    """Return the name of the file that marks a tree as finished and holds the modes that its directories will get."""
    return f"{tree}{RECORD}"
