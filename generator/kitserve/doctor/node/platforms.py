"""Whether nodes have the initializer's image, or can have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.unpublished import note
from kitserve.crds.lookup import items, mapping, maps, text
from kitserve.doctor.check import Check, Subject, counted
from kitserve.doctor.node.room import GROUP, name_of, usable
from kitserve.doctor.remote.asked import Asked, initializer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]


def platforms(ask: Inquiry, intent: Intent, asked: Asked) -> Iterator[Check]:
    """Yield whether the initializer's image can be had, for the nodes' platforms."""
    name = initializer(intent)
    if not name:
        return
    subject, seen = Subject(GROUP, "initializer's image"), asked.images.get(name)
    if found := holders(ask, name):
        yield subject.ok(f"{name} is on {counted(found)} already")
        return
    if seen is None or seen.fault:
        yield _unseen(subject, name, asked)
        return
    wanted = {_platform(each) for each in usable(ask)}
    missing = sorted(wanted - set(seen.platforms)) if seen.platforms else []
    if missing:
        yield subject.error(
            f"{name} is there, and not for {counted(missing)}, which nodes have", "build it for all platforms"
        )
    else:
        yield subject.ok(f"{name} is {seen.digest}")


def holders(ask: Inquiry, image: str) -> list[str]:
    """Return the nodes that have an image already. Raises NotKnown."""
    return [name_of(each) for each in usable(ask) if image in _images(each)]


def _unseen(subject: Subject, name: str, asked: Asked) -> Check:
    seen = asked.images.get(name)
    if unpublished := next(note([name]), ""):
        return subject.error(unpublished, "see image/README.md")
    if seen is None or not seen.fault:
        return subject.unknown(f"nobody asked for {name}")
    if seen.fault.name in {"NotFound", "InvalidReference"}:
        hint = "build and push it (image/README.md), and name it under `image`"
        return subject.error(f"{name} can't be pulled: {seen.fault.cause}", hint)
    hint = "the nodes pull it with the pods' imagePullSecrets; --from-cluster tries it"
    return subject.unknown(f"whether {name} can be pulled: {seen.fault.cause}", hint)


def _images(node: Data) -> list[object]:
    return [name for _, each in maps(node, ("status", "images")) for name in items(each, ("names",))]


def _platform(node: Data) -> str:
    info = mapping(node, ("status", "nodeInfo"))
    return f"{text(info, ('operatingSystem',))}/{text(info, ('architecture',))}"
