"""The control groups of a process, and the files in which they say what it may use (Linux, cgroups(7)).

A container runtime may mount a group's folder alone or the whole tree, and a group's name may count from another root
than that (cgroup_namespaces(7)). /proc/self/mountinfo says where a group's folder is. Groups above it bind too, as far
as they can be seen.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_READ_LIMIT = 1024 * 1024
"""Bytes that are read of a file: mountinfo has a line for each mount."""

_ESCAPED = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """A mounted hierarchy: the group that is its `root`, the folder where that is, its controllers or `cgroup2`."""

    root: PurePosixPath
    folder: PurePosixPath
    controllers: frozenset[str]


def read(path: Path) -> str:
    """Return what a file of the kernel's says; nothing if it says nothing."""
    with suppress(OSError, ValueError), path.open() as file:
        return file.read(_READ_LIMIT)
    return ""


def folders(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders with limits of a controller, such as cpu: of the process's group, and of those above it.

    `root` is where the file system is that has /proc/self and /sys/fs/cgroup.
    """
    groups = dict(_groups(read(root / "proc/self/cgroup")))
    for mount in _mounts(read(root / "proc/self/mountinfo")):
        # With version 2 a process is in one group for all controllers, which stands there without any.
        name = (
            controller if controller in mount.controllers else "" if "cgroup2" in mount.controllers else None
        )
        if name in groups:
            yield from _upwards(root, mount, PurePosixPath(groups[name]))


def _groups(text: str) -> Iterator[tuple[str, str]]:
    """Yield each controller and the group it has the process in; lines are `4:cpu,cpuacct:/path` and `0::/path`."""
    for line in text.splitlines():
        names, colon, path = line.partition(":")[2].partition(":")
        if colon:
            yield from ((name, path) for name in names.split(","))


def _mounts(text: str) -> Iterator[Mount]:
    """Yield the mounts of hierarchies (proc_pid_mountinfo(5))."""
    for line in text.splitlines():
        fields, _, behind = line.partition(" - ")
        found, kind = fields.split(" "), behind.split(" ")
        if len(found) > 4 and len(kind) > 2 and kind[0] in ("cgroup", "cgroup2"):
            controllers = {"cgroup2"} if kind[0] == "cgroup2" else {*kind[2].split(",")}
            yield Mount(_path(found[3]), _path(found[4]), frozenset(controllers))


def _path(field: str) -> PurePosixPath:
    return PurePosixPath(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), field))


def _upwards(root: Path, mount: Mount, group: PurePosixPath) -> Iterator[Path]:
    """Yield a group's folder and those above it up to the mount's own, which is all there is of a group elsewhere."""
    below = group.relative_to(mount.root) if group.is_relative_to(mount.root) else PurePosixPath()
    inner = PurePosixPath() if ".." in below.parts else below
    for each in (inner, *inner.parents):
        yield root / mount.folder.relative_to("/") / each
