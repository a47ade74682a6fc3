"""What KServe says of a service by itself: its conditions, what became of its model, and its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.crds.lookup import annotation, maps, text
from kitserve.serving.messages import explained
from kitserve.serving.pod.state import condition
from kitserve.serving.told import told

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data
    from kitserve.serving.evidence import Evidence
    from kitserve.serving.standing import Cause

_STOP = "serving.kserve.io/stop"
_INVALID = "InvalidSpec"
_CONFLICT = "the object has been modified; please apply your changes to the latest version"
"""In what a controller does again at once."""
_VAGUE = {"ProgressDeadlineExceeded", "MinimumReplicasUnavailable", "Deploying", "ReplicaSetUpdated"}
"""Reasons that say no more than that there is no pod yet."""


def is_stopped(service: Data) -> bool:
    """Return whether somebody stopped a service."""
    return (
        annotation(service, _STOP).lower() == "true" or condition(service, "Stopped").get("status") == "True"
    )


def is_ready(service: Data) -> bool:
    """Return whether KServe calls a service Ready."""
    return condition(service, "Ready").get("status") == "True"


def invalid(evidence: Evidence) -> Cause | None:
    """Return why KServe makes no pods of a predictor at all: its runtime isn't there, or doesn't fit."""
    model = ("status", "modelStatus")
    if text(evidence.service, (*model, "transitionStatus")) != _INVALID:
        return None
    # An event names the runtime, and the status doesn't.
    told_by = (*_errors(evidence), text(evidence.service, (*model, "lastFailureInfo", "message")), _INVALID)
    return explained(next(filter(None, told_by)), "KServe refuses the service: {}", is_final=True)


def refused(evidence: Evidence) -> Cause | None:
    """Return why KServe makes no pods of a service, by its events."""
    reasons = ("InternalError", "Error", "UpdateFailed", "ServerlessModeRejected")
    found = [each for each in evidence.messages(evidence.service, *reasons) if _CONFLICT not in each]
    return explained(found[0], "KServe makes no pod of it: {}") if found else None


def unmet(service: Data) -> Cause | None:
    """Return why KServe makes no pods of a service, by a condition that says more than that."""
    message = blocked(service)
    return explained(message, "KServe makes no pod of it: {}") if message else None


def blocked(service: Data) -> str:
    """Return what a condition says that isn't met, empty without one that says anything."""
    for _, each in maps(service, ("status", "conditions")):
        unmet = each.get("status") == "False" and each.get("type") != "Ready"
        if unmet and text(each, ("reason",)) not in _VAGUE and (message := text(each, ("message",))):
            return told(f"{each.get('type')}: {message}")
    return ""


def failed_to_load(service: Data) -> Cause | None:
    """Return the last failure that KServe keeps: for a login that may not see the pods, and for pods that are gone.

    Knative takes the pods of a revision that wasn't ready in time, and makes no others.
    """
    model = ("status", "modelStatus")
    if text(service, (*model, "transitionStatus")) != "BlockedByFailedLoad":
        return None
    message = text(service, (*model, "lastFailureInfo", "message"))
    given_up = condition(service, "PredictorConfigurationReady").get("reason") == "RevisionFailed"
    return explained(message, "the model can't be loaded: {}", is_final=given_up) if message else None


def _errors(evidence: Evidence) -> list[str]:
    """Return the errors of KServe's controllers on a service, the newest first."""
    return evidence.messages(evidence.service, "InternalError", "Error", "ServerlessModeRejected")
