"""The process that owns a run: it outlives the command that asked for the cluster, and cleans up after it.

`python -m tests.e2e.keeper FOLDER LOCK [LIFELINE]`: file descriptors of the run's lock, held as long as the
keeper lives, and of a pipe whose other end the command holds. When the command ends, however it does, the pipe
is closed and the keeper ends the run. Without a lifeline it keeps the cluster until SIGTERM.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.e2e import cgroups
from tests.e2e.layout import Layout

# Everything started below such a process ends with it, and so do its links, rules and mounts.
NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


class Keeper:
    """Runs one stage after another in namespaces of its own until told to stop."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._stage: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def keep(self) -> int:
        """Prepare, bring up, wait for the end, clean up; the exit code of the stage that ended the run."""
        try:
            code = self._run("prepare", NAMESPACES) or self._run("inside", ("--net", *NAMESPACES))
        finally:
            remove(self._layout)
        return code

    def stop(self) -> None:
        """End the run."""
        self._stopped = True
        if self._stage:
            self._stage.kill()

    def _run(self, stage: str, namespaces: Sequence[str]) -> int:
        environment = os.environ | self._layout.environment()
        # Should the keeper itself be killed, the kernel ends the stage.
        command = ["setpriv", "--pdeathsig", "KILL", "unshare", *namespaces]
        program = [sys.executable, "-m", f"tests.e2e.{stage}", str(self._layout.folder)]
        self._stage = subprocess.Popen([*command, *program], env=environment, stdin=subprocess.DEVNULL)
        if self._stopped:
            self._stage.kill()
        init = _only_child(self._stage)
        if init:
            self._layout.init.write_text(str(init))
            _await_end(init)
        return self._stage.wait()


def remove(layout: Layout) -> None:
    """Remove what a run leaves once its processes have ended: empty cgroups and its folder."""
    cgroups.remove(layout.cgroup)
    shutil.rmtree(layout.folder)


def _only_child(process: subprocess.Popen[bytes]) -> int:
    """The namespaces' first process; 0 when there was none."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None:
        found = children.read_text().split()
        if found:
            return int(found[0])
    return 0


def _await_end(init: int) -> None:
    """Wait for the first process; the kernel has ended all others of the namespace by then."""
    try:
        descriptor = os.pidfd_open(init)
    except ProcessLookupError:
        return
    try:
        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)


def main(folder: str, _lock: str, lifeline: str = "") -> int:
    """Keep the run in `folder`; the lock's descriptor only has to stay open."""
    layout = Layout(Path(folder))
    keeper = Keeper(layout)
    signal.signal(signal.SIGTERM, lambda *_: keeper.stop())

    def watch() -> None:
        os.read(int(lifeline), 1)
        keeper.stop()

    if lifeline:
        threading.Thread(target=watch, daemon=True).start()
    cgroups.create(layout.cgroup)
    layout.lock.write_text(str(os.getpid()))
    return keeper.keep()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
