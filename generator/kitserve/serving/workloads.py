"""The pods of a service, by what makes them: the newest revision of each decides, and older ones may still serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from kitserve.crds.lookup import annotation, at, mapping, text
from kitserve.serving.messages import explained
from kitserve.serving.pod.state import condition, is_going, is_ready, standing
from kitserve.serving.standing import Standing, stopped_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitserve.crds.lookup import Data
    from kitserve.serving.evidence import Evidence

_WORKLOAD = (
    "serving.knative.dev/configuration",
    "app",
    "component",
    "app.kubernetes.io/component",
)
_REVISION = (
    "serving.knative.dev/revision",
    "pod-template-hash",
    "leaderworkerset.sigs.k8s.io/template-revision-hash",
    "controller-revision-hash",
)
_GENERATION = "serving.knative.dev/configurationGeneration"
_NUMBER = "deployment.kubernetes.io/revision"


@dataclass(frozen=True)
class Workload:
    """Pods of one Deployment, Knative configuration or LeaderWorkerSet: of the newest revision, and of older ones.

    `replica_set` is the newest revision's, empty where there is none or it may not be read.
    """

    pods: tuple[Data, ...]
    former: tuple[Data, ...] = ()
    replica_set: Data = field(default_factory=dict)

    @property
    def is_wanted(self) -> bool:
        """Whether it is to have pods."""
        return at(self.replica_set, ("spec", "replicas")) != 0


def workloads(found: Sequence[Data], replica_sets: Sequence[Data]) -> list[Workload]:
    """Sort the pods that aren't being deleted, and the ReplicaSets, of a service."""
    there = [each for each in found if not is_going(each)]
    parts = [*replica_sets, *there]
    return [_workload(list(group)) for _, group in groupby(sorted(parts, key=_key), key=_key)]


def standings(workload: Workload, evidence: Evidence) -> list[Standing]:
    """Return how far the pods of the newest revision are, and why one that is missing isn't made."""
    found = [standing(each, evidence) for each in workload.pods]
    refused = condition(workload.replica_set, "ReplicaFailure")
    if refused.get("status") == "True":
        # A condition keeps the words of the first refusal; events have the last.
        said = [*evidence.messages(workload.replica_set, "FailedCreate"), refused.get("message")]
        found.append(stopped_by(explained(said[0], "no pod can be made: {}")))
    elif not found and workload.is_wanted:
        found.append(Standing("waiting", "its pod is being made"))
    return _without_ended(found, workload)


def _without_ended(found: list[Standing], workload: Workload) -> list[Standing]:
    """Leave out what a pod says that is over, once another one of its revision is ready."""
    is_served = any(is_ready(each) for each in workload.pods)
    over = [text(each, ("status", "phase")) in {"Failed", "Succeeded"} for each in workload.pods]
    paired = [*zip(found, [*over, *([False] * (len(found) - len(over)))], strict=True)]
    return [each for each, ended in paired if not (ended and is_served)]


def _workload(parts: list[Data]) -> Workload:
    revisions: dict[str, list[Data]] = {}
    for each in parts:
        revisions.setdefault(_revision(each), []).append(each)
    newest = max(revisions.values(), key=_order)
    former = [each for group in revisions.values() if group is not newest for each in group]
    replica_set = next((each for each in newest if _is_set(each)), {})
    return Workload(_pods(newest), _pods(former), replica_set)


def _pods(parts: Iterable[Data]) -> tuple[Data, ...]:
    return tuple(each for each in parts if not _is_set(each))


def _is_set(item: Data) -> bool:
    return item.get("kind") == "ReplicaSet"


def _key(item: Data) -> tuple[str, ...]:
    labels = mapping(item, ("metadata", "labels"))
    return tuple(text(labels, (name,)) for name in _WORKLOAD)


def _revision(item: Data) -> str:
    labels = mapping(item, ("metadata", "labels"))
    return next((found for name in _REVISION if (found := text(labels, (name,)))), "")


def _order(group: list[Data]) -> tuple[int, int, str]:
    """Return what grows from one revision to the next."""
    generation = max(_number(text(each, ("metadata", "labels", _GENERATION))) for each in group)
    number = max(_number(annotation(each, _NUMBER)) for each in group)
    return generation, number, max(text(each, ("metadata", "creationTimestamp")) for each in group)


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0
