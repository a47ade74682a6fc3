"""Names of the initializer's own files: in the destination, and in its staging folder there."""

from __future__ import annotations

from kitserve_initializer.fs.reserved_names import RESERVED

STAGING = f"{RESERVED}-staging"
"""The folder of a run that isn't over, or was killed."""
REMOVED = f"{RESERVED}-removed"
"""The same folder on its way out."""

LOCK = "lock"
"""Held by the run at work; another one waits for it."""
PLAN = "plan.json"
"""`RESULT` is being put together for this request."""
BLOB = "blob"
"""A blob that is on its way into several trees; its name is gone at once."""
RESULT = "result"
"""The trees put together."""
KITFILE_TREE = "kitfile"
"""The folder that the Kitfile is written in."""
JOURNAL = "publish.json"
"""`RESULT` is being moved into the destination, whose marker this will be."""
MOVED = "moved"
"""What of it is new there, if that is much."""


def record(tree: str) -> str:
    """Return the name of the file that says a tree is finished: it holds the modes its directories are still to get."""
    return f"{tree}.json"
