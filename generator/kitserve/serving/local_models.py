"""Models that nodes keep: how far KServe's jobs are that fetch them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.crds.lookup import mapping, text
from kitserve.serving.pod import containers, loading
from kitserve.serving.pod.state import standing as pod_standing
from kitserve.serving.standing import Cause, Standing, stopped_by, worst
from kitserve.serving.told import told

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data
    from kitserve.serving.evidence import Evidence

_DONE, _FAILED = "NodeDownloaded", "NodeDownloadError"


def standing(evidence: Evidence) -> Standing | None:
    """Return how far the cache of a service is; None if it is on all nodes, or the service has none."""
    nodes = mapping(evidence.cache, ("status", "nodeStatus"))
    if not evidence.cache or (nodes and all(each == _DONE for each in nodes.values())):
        return None
    found = [
        _job(each, evidence) for each in evidence.loaders if text(each, ("status", "phase")) != "Succeeded"
    ]
    if _FAILED in nodes.values():
        failed = [each for each in found if each.cause]
        if failed:
            return worst(failed)
        name = told(text(evidence.cache, ("metadata", "name")))
        hint = f"`kubectl get jobs --all-namespaces --selector model={name}` shows the job that tried"
        return stopped_by(Cause(f"a node couldn't fetch the LocalModelCache {name}", hint))
    return worst(found) or Standing("loading", "KServe's job fetches the LocalModelCache")


def _job(pod: Data, evidence: Evidence) -> Standing:
    """Return how far the pod of a job is, whose only container is the initializer."""
    if text(pod, ("status", "reason")):
        return pod_standing(pod, evidence)
    for container, status in containers.with_status(pod, "containers"):
        if containers.is_running(status) or mapping(status, ("state", "terminated")):
            found = loading.standing(container, status, evidence.log(pod, container).tail)
            return (
                found if not found.cause else stopped_by(found.cause, told(text(pod, ("metadata", "name"))))
            )
    return pod_standing(pod, evidence)
