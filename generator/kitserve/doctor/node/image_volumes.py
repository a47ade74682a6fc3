"""Whether nodes and KServe mount images, and keep models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.check.cluster_settings import unmounted
from kitserve.check.object_rules.imagevolume.places import uris_of
from kitserve.check.object_rules.imagevolume.sources import NATIVE, scheme_of
from kitserve.crds import structures
from kitserve.crds.lookup import mapping, text
from kitserve.doctor.check import Check, Subject, counted
from kitserve.doctor.kserve import installation
from kitserve.doctor.node.room import GROUP, name_of, usable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

_NUMBERS = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})")
_ALWAYS_ON, _BEHIND_A_GATE = (1, 35), (1, 33)
"""Versions of Kubernetes from which image volumes are there, and from which the gate ImageVolume gives them."""
_RUNTIMES = {"containerd": (2, 2), "cri-o": (1, 34)}
"""Versions of container runtimes from which a folder of an image is mounted: containerd 2.1 mounts the whole image."""
_NATIVE_SINCE = "0.20"


def image_volumes(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield whether Kubernetes, the container runtimes and KServe mount images, if something wants that."""
    if not any(each.images for each in intent.workloads):
        return
    subject = Subject(GROUP, "image volumes")
    yield from subject.tell(_mounting, ask, subject)
    yield from subject.tell(_settings, ask, intent)


def _mounting(ask: Inquiry, subject: Subject) -> Iterator[Check]:
    found = usable(ask)
    faults: dict[str, list[str]] = {}
    for each in found:
        for said in lacks(mapping(each, ("status", "nodeInfo"))):
            faults.setdefault(said, []).append(name_of(each))
    for said, names in faults.items():
        report = subject.error if len(names) == len(found) else subject.warning
        yield report(
            f"{counted(names)}: {said}", "upgrade, choose nodes by nodeSelector, or another `delivery`"
        )
    gated = [
        name_of(each) for each in found if _kubelet(each) and _BEHIND_A_GATE <= _kubelet(each) < _ALWAYS_ON
    ]
    if gated and not faults:
        yield subject.warning(
            f"{counted(gated)}: before Kubernetes 1.35 the feature gate ImageVolume must be on",
            "switch it on in API server and kubelets",
        )
    elif not faults:
        yield subject.ok("Kubernetes and the container runtimes of all nodes mount images")


def lacks(info: Data) -> Iterator[str]:
    """Yield why a node doesn't mount images, by what it says of itself."""
    kubelet = _version(text(info, ("kubeletVersion",)))
    if kubelet and kubelet < _BEHIND_A_GATE:
        yield f"Kubernetes {'.'.join(map(str, kubelet))} has no image volumes, 1.35 has them"
    name, _, said = text(info, ("containerRuntimeVersion",)).partition("://")
    least, version = _RUNTIMES.get(name), _version(said)
    if least and version and version < least:
        yield f"{name} {said} doesn't mount a folder of an image, {name} {'.'.join(map(str, least))} does"


def _settings(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield which services KServe mounts no image for, by its version and its configuration."""
    for each in intent.workloads:
        subject = Subject(GROUP, f"image of {each.namespace}/{each.name}")
        native = (
            any(scheme_of(uri) == NATIVE for _, uri in uris_of(each.item))
            if each.kind != "DaemonSet"
            else False
        )
        version = installation.version(ask) if native else ""
        if version and structures.number(version) < structures.number(_NATIVE_SINCE):
            message = f"KServe {version} doesn't know {NATIVE}://, which {_NATIVE_SINCE} does"
            yield subject.error(message, "set `imageVolumes.mountBy: volume`")
        elif found := list(unmounted([each.item], lambda _: installation.configuration(ask))):
            yield subject.error(found[0][1].message, found[0][1].hint)


def local_models(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield whether KServe keeps models on nodes, if the release wants that."""
    if not any(intent.of_kind("LocalModelCache")):
        return
    subject, found = Subject(GROUP, "local models"), installation.settings(ask, "localModel") or {}
    if found.get("enabled") is not True:
        yield subject.error(
            "KServe's configuration has `localModel.enabled` off: nothing reads the caches",
            "install kserve-localmodel-resources, and switch it on",
        )
    else:
        yield subject.ok("KServe keeps models on nodes")


def _kubelet(node: Data) -> tuple[int, ...]:
    return _version(text(node, ("status", "nodeInfo", "kubeletVersion")))


def _version(said: str) -> tuple[int, ...]:
    found = _NUMBERS.match(said)
    return (int(found[1]), int(found[2])) if found else ()
