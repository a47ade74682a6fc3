"""The state of a service, of all that was read of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitserve.crds.lookup import mapping, text
from kitserve.serving import conditions, local_models, modelkits
from kitserve.serving.commands import runnable
from kitserve.serving.pod import containers
from kitserve.serving.pod.initializer_log import digests
from kitserve.serving.pod.state import is_ready
from kitserve.serving.standing import Cause, Standing, State, stopped_by, worst
from kitserve.serving.told import told
from kitserve.serving.workloads import Workload, standings, workloads

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data
    from kitserve.serving.evidence import Evidence

_ASKED = "internal.serving.kserve.io/"
_UNMOUNTED = (
    "KServe's configuration mounts no images: set `enableModelcar: true` there, "
    "or the value `imageVolumes.mountBy: volume`"
)


_NO_POD = "KServe has made no pod yet"
_UNSEEN = "this login may not read pods, which say how far it is"


@dataclass(frozen=True)
class ModelStatus:
    """A ModelKit of a service: its reference, how it is delivered, the digest that its pods have, where it is known."""

    uri: str
    delivery: str
    digest: str = ""


@dataclass(frozen=True)
class Status:
    """The state of a service. `serving`: whether a pod answers, also one of a former revision.

    `detail` says what goes on, `percent` how much of the model is there. `cause`, `hint`, `exit_code` (the
    initializer's) and `pod` say why it isn't Ready; `final` that no retry of the cluster's mends it.
    """

    namespace: str
    name: str
    kind: str
    state: State
    serving: bool
    models: tuple[ModelStatus, ...]
    detail: str = ""
    percent: int | None = None
    cause: str = ""
    hint: str = ""
    final: bool = False
    exit_code: int | None = None
    pod: str = ""


def status(evidence: Evidence) -> Status:
    """Return the state of a service."""
    service = evidence.service
    found = workloads(evidence.pods, evidence.replica_sets)
    decided = _decided(evidence, found)
    there = [each for workload in found for each in (*workload.pods, *workload.former)]
    serving = any(map(is_ready, there)) or decided.state == "ready"
    cause = _beside(decided.cause, found)
    namespace = told(text(service, ("metadata", "namespace")))
    return Status(
        namespace,
        told(text(service, ("metadata", "name"))),
        told(service.get("kind")),
        decided.state,
        serving,
        tuple(_model(evidence, found, uri) for uri in modelkits.uris(service)),
        decided.detail,
        decided.percent,
        cause.sentence,
        runnable(cause.hint, namespace, decided.pod),
        decided.state == "failed",
        cause.exit_code,
        decided.pod,
    )


def _decided(evidence: Evidence, found: list[Workload]) -> Standing:
    service = evidence.service
    if conditions.is_stopped(service):
        return Standing("stopped")
    if cause := conditions.invalid(evidence):
        return stopped_by(cause)
    cached = local_models.standing(evidence)
    of_pods = [each for workload in found for each in standings(workload, evidence)]
    failing = worst([each for each in (*of_pods, *([cached] if cached else [])) if each.state != "ready"])
    if failing and failing.state in {"failed", "retrying"}:
        return failing
    if (odd := _other_models(evidence, found)) and not cached:
        return odd
    return failing or _without_hindrance(evidence, found)


def _without_hindrance(evidence: Evidence, found: list[Workload]) -> Standing:
    """Return the standing of a service that no pod of its keeps from being Ready."""
    service = evidence.service
    there = any(workload.pods for workload in found)
    if conditions.is_ready(service):
        return Standing("ready", "scaled to zero" if evidence.sees_pods and not there else "")
    if not there:
        cause = (
            conditions.refused(evidence) or conditions.failed_to_load(service) or conditions.unmet(service)
        )
        return stopped_by(cause) if cause else Standing("waiting", _NO_POD if evidence.sees_pods else _UNSEEN)
    return Standing("starting", conditions.blocked(service) or "KServe doesn't call it Ready yet")


def _other_models(evidence: Evidence, found: list[Workload]) -> Standing | None:
    """Return the standing of a service whose pods don't have its models: those of before, or pods that get none."""
    current = [each for workload in found for each in workload.pods]
    if not current or modelkits.local_model(evidence.service):
        return None
    for uri in modelkits.uris(evidence.service):
        if any(modelkits.names(each.get("spec"), uri) for each in current):
            continue
        if any(modelkits.names(_annotations(each), uri) for each in current):
            hint = "" if uri.startswith("kit://") else _UNMOUNTED
            return stopped_by(
                Cause(f"KServe gives the pods no {told(uri)}, and they start without it", hint, is_final=True)
            )
        cause = conditions.refused(evidence) or conditions.unmet(evidence.service)
        return (
            stopped_by(cause)
            if cause
            else Standing("waiting", f"KServe has made no pod with {told(uri)} yet")
        )
    return None


def _annotations(pod: Data) -> Data:
    found = mapping(pod, ("metadata", "annotations"))
    return {key: value for key, value in found.items() if key.startswith(_ASKED)}


def _beside(cause: Cause | None, found: list[Workload]) -> Cause:
    """Return a cause, with a word on former pods that serve all the same."""
    if not cause:
        return Cause("")
    former = any(is_ready(each) for workload in found for each in workload.former)
    return replace(cause, sentence=f"{cause.sentence} (pods of before still serve)") if former else cause


def _model(evidence: Evidence, found: list[Workload], uri: str) -> ModelStatus:
    current = [each for workload in found for each in workload.pods]
    delivery = modelkits.delivery(evidence.service, current, uri)
    seen = {each for pod in (*current, *evidence.loaders) if (each := _digest(evidence, pod, uri))}
    known = sorted(seen) or [modelkits.digest(uri)]
    return ModelStatus(told(uri), delivery, told(known[0] if len(known) == 1 else ", ".join(known)))


def _digest(evidence: Evidence, pod: Data, uri: str) -> str:
    """Return the digest that a pod's initializer logged for a reference, or the runtime's of an image volume."""
    for field in ("initContainers", "containers"):
        for container, _ in containers.with_status(pod, field):
            if containers.is_loader(container):
                log = evidence.log(pod, container)
                said = {**digests(log.tail), **digests(log.head)}
                own = said.get(uri.removeprefix("kit://"), "")
                if own or len(modelkits.uris(pod)) == 1:
                    return own or said.get("", "")
    return ""
