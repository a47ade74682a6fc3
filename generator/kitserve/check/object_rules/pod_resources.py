"""Resources of containers, by names and amounts that Kubernetes refuses in a pod."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.pods import pod_rules
from kitserve.check.object_rules.quantities import amount
from kitserve.crds.examples import model
from kitserve.crds.lookup import Data, at, mapping
from kitserve.problems import Code, Path, Problem, nearest

NAME = Code(
    "KS180",
    "error",
    "Kubernetes knows no resource of this name.",
    why="A resource without a domain has to be one of Kubernetes' own. A cluster admits the service, and refuses its "
    "Deployment: `must be a standard resource for containers` (ValidateContainerResourceName in "
    "pkg/apis/core/validation/validation.go of kubernetes/kubernetes).",
    example=model("resources: {limits: {gpu: 1}}\n"),
    remedy="Write the name that is in the hint, such as `nvidia.com/gpu`.",
)
AMOUNT = Code(
    "KS181",
    "error",
    "Devices are asked for by an amount that Kubernetes refuses.",
    why="A resource with a domain, such as a GPU, has whole amounts, its limit is written, and its request is the "
    "limit. A cluster admits the service, and refuses its Deployment (ValidateResourceRequirements in "
    "pkg/apis/core/validation/validation.go of kubernetes/kubernetes).",
    example=model("resources: {limits: {nvidia.com/gpu: 0.5}}\n"),
    remedy="Write a whole number as the limit, and no request.",
)
DEVICE = Code(
    "KS182",
    "warning",
    "A device's name is nearly one that everybody uses.",
    why="Kubernetes accepts any name with a domain, and waits for a node that has such a device: pods stay Pending.",
    example=model("resources: {limits: {nvidia.com/gpus: 1}}\n"),
    remedy="Write the name that is in the hint.",
)
_OWN = ("cpu", "memory", "ephemeral-storage")
_HUGE = "hugepages-"
_MEANT = {"gpu": "nvidia.com/gpu", "gpus": "nvidia.com/gpu", "mem": "memory", "storage": "ephemeral-storage"}
_DEVICES = ("nvidia.com/gpu", "amd.com/gpu")
_LIKE = {"nvidia/gpu": "nvidia.com/gpu", "amd/gpu": "amd.com/gpu"}
_NEAR = 0.93
_KUBERNETES = re.compile(r"(?:[^/]*\.)?kubernetes\.io/")


def _of_container(item: Data, container: Path) -> Iterator[Problem]:
    resources: Path = (*container, "resources")
    named: set[str] = set()
    for kind in ("limits", "requests"):
        for name in mapping(item, (*resources, kind)):
            path = (*resources, kind, name)
            yield from () if name in named else _name_is_right(name, path)
            if "/" in name:
                yield from _amount_is_right(item, resources, kind, name)
            named.add(name)


def _name_is_right(name: str, path: Path) -> Iterator[Problem]:
    if "/" in name:
        close = _LIKE.get(name) or nearest(name, _DEVICES, _NEAR)
        if close and name != close:
            yield DEVICE.problem("no node has such a device", path=path, hint=f"did you mean {close}?")
    elif name not in _OWN and not name.startswith(_HUGE):
        close = _MEANT.get(name.lower()) or nearest(name, _OWN)
        hint = f"did you mean {close}?" if close else f"{', '.join(_OWN)}, or a name with a domain"
        yield NAME.problem("Kubernetes has no such resource", path=path, hint=hint)


def _amount_is_right(item: Data, resources: Path, kind: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with the amount of a device; nothing for what isn't a quantity.

    A limit that isn't written may come from the runtime.
    """
    path, limit = (*resources, kind, name), (*resources, "limits", name)
    asked, most = _count(at(item, path)), _count(at(item, limit))
    if asked is None or _KUBERNETES.match(name):
        return
    if asked != int(asked):
        yield AMOUNT.problem("devices can't be shared out in parts", path=path, hint="write a whole number")
    elif kind == "requests" and at(item, limit) is None:
        if at(item, (*resources[:-1], "runtime")) is None and "workerSpec" not in resources:
            message, hint = "needs a limit, because devices aren't overcommitted", "write it below limits:"
            yield AMOUNT.problem(message, path=path, hint=hint)
    elif kind == "requests" and most is not None and most == int(most) and most != asked:
        yield AMOUNT.problem("isn't the limit", path=path, hint="leave out the request", also=(limit,))


def _count(value: object) -> float | None:
    if isinstance(value, float):
        return value
    found = amount(value)
    return None if found is None else float(found)


RULES = pod_rules(_of_container)
