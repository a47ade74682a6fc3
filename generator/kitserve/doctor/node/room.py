"""The nodes: which are ready, and whether their disks have room for the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve_initializer.log.amounts import size

from kitserve.check.object_rules.quantities import amount
from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import at, maps, text
from kitserve.doctor.check import Check, Subject, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.remote.asked import Asked

    Data = dict[str, Any]

GROUP = "Nodes"
_ASKED = 8
"""Nodes that are asked what is free on their disks."""


def usable(ask: Inquiry) -> list[Data]:
    """Return the nodes on which pods may start. Raises NotKnown."""
    found = ask.items(path_to("v1", "nodes"))
    return [each for each in found if at(each, ("spec", "unschedulable")) is not True]


def readiness(ask: Inquiry, _: Intent) -> Iterator[Check]:
    """Yield whether nodes are ready, and which of them have too little disk already."""
    subject, found = Subject(GROUP, "ready"), usable(ask)
    ready = [each for each in found if _condition(each, "Ready") == "True"]
    full = [name_of(each) for each in found if _condition(each, "DiskPressure") == "True"]
    if not ready:
        yield subject.error("no node is ready for pods", "kubectl get nodes")
        return
    yield subject.ok(f"{len(ready)} of {len(found)} nodes")
    if full:
        yield Subject(GROUP, "disk").warning(
            f"the disk of {counted(full)} is nearly full: pods are evicted there", "make room"
        )


def room(ask: Inquiry, asked: Asked) -> Iterator[Check]:
    """Yield whether the largest model has room on the nodes' disks."""
    if not asked.largest:
        return
    subject, needed = Subject(GROUP, "disk"), asked.largest
    found = usable(ask)
    small = [name_of(each) for each in found if _disk(each) is not None and (_disk(each) or 0) < needed]
    most = max((disk for each in found if (disk := _disk(each)) is not None), default=None)
    if most is None:
        yield subject.unknown("the nodes don't say how large their disks are")
    elif len(small) == len(found):
        message = f"the largest model has {size(needed)}, and no node has more than {size(most)} for pods"
        yield subject.error(
            message, "use larger disks, unpack less (`unpacking.filter`), or `delivery: volume`"
        )
    elif small:
        yield subject.warning(
            f"the largest model has {size(needed)}, more than the disks of {counted(small)}",
            "choose nodes by nodeSelector",
        )
    else:
        yield from _free(ask, found, needed, subject)


def _free(ask: Inquiry, found: Sequence[Data], needed: int, subject: Subject) -> Iterator[Check]:
    """Yield what the nodes themselves say is free, of some nodes."""
    free: dict[str, int] = {}
    for each in found[:_ASKED]:
        try:
            path = f"{path_to('v1', 'nodes', name_of(each))}/proxy/stats/summary"
            available = at(ask.node_answer(path), ("node", "fs", "availableBytes"))
        except NotKnown:
            continue
        if isinstance(available, int):
            free[name_of(each)] = available
    short = sorted(name for name, left in free.items() if left < needed)
    said = f"the largest model has {size(needed)}"
    if short and len(short) == len(found):
        yield subject.error(f"{said}, and no node has as much free", "make room on the nodes")
    elif short:
        yield subject.warning(f"{said}, and {counted(short)} have less free", "make room on the nodes")
    elif free:
        yield subject.ok(f"{said}, and {size(min(free.values()))} or more are free")
    else:
        yield subject.ok(f"{said}, and the nodes' disks are larger; this login may not see what is free")


def _condition(node: Data, kind: str) -> str:
    return next(
        (
            text(each, ("status",))
            for _, each in maps(node, ("status", "conditions"))
            if each.get("type") == kind
        ),
        "",
    )


def _disk(node: Data) -> int | None:
    found = amount(at(node, ("status", "allocatable", "ephemeral-storage")))
    return None if found is None else int(found)


def name_of(node: Data) -> str:
    """Return a node's name."""
    return text(node, ("metadata", "name"))
