"""The termination log: the file with a container's last message for the kubelet, up to 4096 bytes.

KServe shows it as the InferenceService's status.modelStatus.lastFailureInfo.message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT = 4096


def write(path: Path, sentence: str) -> None:
    """Write the sentence if the file exists; outside a pod it doesn't, and isn't created."""
    text = sentence.encode("utf-8", "backslashreplace")[:_LIMIT].decode("utf-8", "ignore")
    try:
        if path.is_file():
            path.write_text(text + "\n" * (len(text.encode()) < _LIMIT), "utf-8")
    except OSError:
        # The same sentence is the last line of stderr, which kubelet falls back to.
        return
