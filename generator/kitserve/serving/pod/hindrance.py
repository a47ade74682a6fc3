"""Why a container doesn't start: by its status, or by the events on its pod where the status is silent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.crds.lookup import mapping, text
from kitserve.serving.messages import explained
from kitserve.serving.pod import containers
from kitserve.serving.pod.images import REASONS, unpulled
from kitserve.serving.standing import Standing
from kitserve.serving.told import told

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data
    from kitserve.serving.evidence import Evidence
    from kitserve.serving.standing import Cause

_MOUNTS = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_SANDBOX = ("FailedCreatePodSandBox",)
_BEHIND = ("Pulling", "Pulled", "Created", "Started")
_CONFIGURATION = {
    *("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"),
    *("PreStartHookError", "PostStartHookError"),
}
"""Reasons for which a container that has its image doesn't start (pkg/kubelet/kuberuntime of Kubernetes)."""
_PULL = re.compile(r"Failed to pull image")
_IMAGE = re.compile(r"[Ii]mage \"([^\"]+)\"")


def hindrance(pod: Data, container: Data, status: Data, evidence: Evidence) -> Cause | None:
    """Return why a container can't start; None of one that has started, or will."""
    waiting = text(status, ("state", "waiting", "reason"))
    message = text(status, ("state", "waiting", "message"))
    pull = _failed_pull(pod, evidence)
    if waiting in REASONS:
        # Before 1.32 the kubelet says no more than `Back-off pulling image`.
        said = message if ": " in message or not pull else pull
        return unpulled(said, waiting, container, containers.role(container))
    if waiting in _CONFIGURATION:
        if small := containers.out_of_memory(container, mapping(status, ("state", "waiting"))):
            return small
        name = told(container.get("name"))
        return explained(message or waiting, f"the container {name} can't start: {{}}", is_final=True)
    return None if _has_begun(status) else _by_events(pod, container, pull, evidence)


def coming(pod: Data, evidence: Evidence) -> Standing:
    """Return what a pod waits for that nothing hinders: the pull of an image, or its turn."""
    pulling = evidence.current(pod, "Pulling", unless=("Pulled", "Created", "Started", "Failed", "BackOff"))
    if found := _IMAGE.search(pulling):
        return Standing("loading", f"the node pulls {told(found[1])}")
    return Standing("waiting", "its containers are being created" if text(pod, ("spec", "nodeName")) else "")


def _by_events(pod: Data, container: Data, pull: str, evidence: Evidence) -> Cause | None:
    if mount := evidence.current(pod, *_MOUNTS, unless=_BEHIND):
        return explained(mount, "a volume of the pod can't be mounted: {}")
    if sandbox := evidence.current(pod, *_SANDBOX, unless=_BEHIND):
        return explained(sandbox, "the node can't set up the pod: {}")
    return unpulled(pull, "ErrImagePull", container, containers.role(container)) if pull else None


def _failed_pull(pod: Data, evidence: Evidence) -> str:
    """Return the last failure to pull an image that the node still hasn't pulled, empty without one."""
    failed = next((each for each in evidence.messages(pod, "Failed") if _PULL.search(each)), "")
    image = _IMAGE.search(failed)
    pulled = " ".join(evidence.messages(pod, "Pulled"))
    return "" if image and f'"{image[1]}"' in pulled else failed


def _has_begun(status: Data) -> bool:
    return containers.is_running(status) or bool(containers.ended(status)) or containers.crashes(status)
