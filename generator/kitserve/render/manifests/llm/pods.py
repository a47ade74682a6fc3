"""The pods of an LLMInferenceService: KServe merges their templates over its own, containers by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kitserve.helm.merge import merge_files
from kitserve.render.manifests.delivery import Mount, beside

Data = dict[str, Any]
_MAIN = "main"
"""The container with the model's server, by KServe's name."""


@dataclass(frozen=True)
class Addition:
    """What each pod gets: fields under its own, images that `main` mounts, and arguments before those of `main`."""

    pod: Data
    mounts: tuple[Mount, ...]
    args: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether no pod gets anything."""
        return not (self.pod or self.mounts)


def with_pods(spec: Data, addition: Addition, main: Data) -> Data:
    """Return a service's `spec` with an addition to each pod, and with fields of `main` in the first template.

    What isn't of the form that it should be stays as it is: the CRD refuses it.
    """
    filled = _workload(spec, addition, main)
    if isinstance(prefill := spec.get("prefill"), dict):
        filled["prefill"] = _workload(prefill, addition, {})
    return filled


def _workload(workload: Data, addition: Addition, main: Data) -> Data:
    """Return a workload with its template filled, also one that is missing, and its workers' if there are any."""
    filled = dict(workload)
    if main or not addition.is_empty:
        filled["template"] = _pod(workload.get("template"), addition, main)
    if not addition.is_empty and workload.get("worker") is not None:
        filled["worker"] = _pod(workload["worker"], addition, {})
    return filled


def _pod(written: Any, addition: Addition, main: Data) -> Any:  # noqa: ANN401 - any JSON
    pod = {} if written is None else written
    if not isinstance(pod, dict):
        return written
    filled = merge_files(addition.pod, pod)
    filled["containers"] = _containers(pod.get("containers"), addition, main)
    if addition.mounts:
        volumes = [mount.volume for mount in addition.mounts]
        filled["volumes"] = beside(pod.get("volumes"), volumes, "name")
    return filled


def _containers(written: Any, addition: Addition, main: Data) -> Any:  # noqa: ANN401 - any JSON
    containers = [] if written is None else written
    if not isinstance(containers, list):
        return written
    is_main = [isinstance(each, dict) and each.get("name") == _MAIN for each in containers]
    if True not in is_main:
        return [*containers, _container({}, addition, main)]
    place = is_main.index(True)
    return [
        *containers[:place],
        _container(containers[place], addition, main),
        *containers[place + 1 :],
    ]


def _container(written: Data, addition: Addition, main: Data) -> Data:
    filled = {"name": _MAIN, **merge_files(main, written)}
    if addition.args:
        args = filled.get("args")
        own = [] if args is None else args
        filled["args"] = [*addition.args, *own] if isinstance(own, list) else own
    if addition.mounts:
        mounts = [mount.volume_mount for mount in addition.mounts]
        filled["volumeMounts"] = beside(filled.get("volumeMounts"), mounts, "mountPath")
    return filled
