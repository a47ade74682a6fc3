"""ClusterStorageContainers: which one takes `kit://`, and why one that should doesn't.

KServe goes through all of them and takes the first that isn't disabled, has the workload, and matches the URI
(GetStorageContainerSpec in pkg/webhook/admission/pod/storage_initializer_injector.go, getContainerSpecForStorageUri in
pkg/controller/v1alpha1/localmodelnode/controller.go).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules import go_regexp
from kitserve.check.object_rules.storagecontainer.matching import FORMATS
from kitserve.check.object_rules.storagecontainer.overlap import takes
from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import maps, text
from kitserve.doctor.check import Check, Subject, counted
from kitserve.doctor.intent import JOBS, PODS, is_there
from kitserve.doctor.kserve.own_container import GROUP, KIND, image_of, own_checks, with_own
from kitserve.doctor.workload import KIT
from kitserve.render.manifests.clusterstoragecontainer import CONTAINER
from kitserve.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.workload import Workload

    Data = dict[str, Any]

_FOR = {PODS: "pods", JOBS: "jobs of local models"}
_OURS = "/kitserve-initializer"
_RELEASED = re.compile(r"[0-9]+[.][0-9]+[.][0-9]+")


def listed(ask: Inquiry) -> list[Data]:
    """Return the cluster's. Raises NotKnown."""
    found = ask.items(path_to("serving.kserve.io/v1alpha1", "clusterstoragecontainers"))
    return [{**each, "kind": KIND} for each in found]


def taken_by(ask: Inquiry) -> Data:
    """Return the first that takes some `kit://` for pods; empty without one. Raises NotKnown."""
    return next(_takers(listed(ask), [KIT], PODS), {})


def of_pods(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield which one serves the pods of services."""
    services = [each for each in intent.workloads if each.kits]
    named = [each for each in services if each.container_name]
    there = listed(ask)
    for service in named:
        yield _by_name(service, with_own(there, intent.storage(PODS)))
    uris = [uri for each in services if not each.container_name for uri in each.kits]
    if uris or not named:
        is_deployed = any(is_there(ask, each) for each in services) if intent.objects else False
        yield from judge(there, intent.storage(PODS), uris or [KIT], PODS, is_deployed=is_deployed)


def of_jobs(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield which one serves the jobs that put local models on nodes, if there are any."""
    if uris := [text(each, ("spec", "sourceModelUri")) for each in intent.caches]:
        yield from judge(listed(ask), intent.storage(JOBS), uris, JOBS)


def judge(
    there: Sequence[Data], own: Data, uris: Sequence[str], workload: str, *, is_deployed: bool = False
) -> Iterator[Check]:
    """Yield what KServe finds among the cluster's and the release's own for URIs.

    `is_deployed`: services of the release are in the cluster already.
    """
    subject = Subject(GROUP, f"for {_FOR[workload]}")
    name = text(own, ("metadata", "name"))
    yield from _unreadable(there, workload)
    before = next((each for each in there if text(each, ("metadata", "name")) == name), {}) if own else {}
    yield from own_checks(before, own, is_deployed=is_deployed)
    found = list(_takers(with_own(there, own), uris, workload))
    names = [text(each, ("metadata", "name")) for each in found]
    if not found:
        yield _missing(subject, there, uris, workload)
    elif len(found) > 1:
        message = f"{counted(sorted(names))} all take {uris[0]}, and KServe uses whichever comes first"
        hint = "keep one of them, or choose one in the services by storageContainerName (KServe 0.20)"
        yield subject.error(message, hint)
    else:
        yield _alone(subject, found[0], is_given=bool(own))


def _takers(there: Sequence[Data], uris: Sequence[str], workload: str) -> Iterator[Data]:
    for each in there:
        is_used = each.get("disabled") is not True and text(each, ("spec", "workloadType")) == workload
        if is_used and any(takes(each, uri) for uri in uris):
            yield each


def _missing(subject: Subject, there: Sequence[Data], uris: Sequence[str], workload: str) -> Check:
    """Return why none takes the URIs: the nearest one that would, or that there is none."""
    matching = [each for each in there if any(takes(each, uri) for uri in uris)]
    told = [text(each, ("metadata", "name")) for each in matching if each.get("disabled") is True]
    if told:
        return subject.error(
            f"{counted(told)} would take {uris[0]}, and is disabled", "set `disabled: false`"
        )
    for each in matching:
        name, other = text(each, ("metadata", "name")), text(each, ("spec", "workloadType"))
        if other != workload:
            message = f"{name} would take {uris[0]}, and KServe ignores it: its workloadType is {other or 'missing'}"
            return subject.error(message, f"apply it again with `workloadType: {workload}`")
    hint = "apply a release of kitserve; Helm upgrades of kserve-crd 0.17 delete it (kserve/kserve#5534)"
    if workload == JOBS:
        hint = "set `localModels.create: true`, which makes one with `workloadType: localModelDownloadJob`"
    return subject.error(f"no {KIND} takes {uris[0]}: KServe starts no initializer for it", hint)


def _alone(subject: Subject, found: Data, *, is_given: bool) -> Check:
    name, image = text(found, ("metadata", "name")), image_of(found)
    if text(found, ("spec", "container", "name")) != CONTAINER:
        message = (
            f"the container of {name} isn't named {CONTAINER}: KServe adds it twice (kserve/kserve#3900)"
        )
        return subject.error(message, f"name it {CONTAINER}")
    base, _, tag = image.partition("@")[0].rpartition(":")
    if not is_given and base.endswith(_OURS) and _RELEASED.match(tag) and tag != VERSION:
        message = f"{name} takes kit://, and its image is version {tag}, while this kitserve is {VERSION}"
        return subject.warning(message, "apply the release again, with the new image")
    return subject.ok(f"{name} alone takes kit://, with {image or 'an image of KServe'}")


def _unreadable(there: Sequence[Data], workload: str) -> Iterator[Check]:
    """Yield those at which KServe's search ends with an error."""
    for each in there:
        if each.get("disabled") is True or text(each, ("spec", "workloadType")) != workload:
            continue
        for _, form in maps(each, FORMATS):
            if not form.get("prefix") and (fault := go_regexp.fault(text(form, ("regex",)))):
                subject = Subject(GROUP, text(each, ("metadata", "name")))
                message = (
                    f"KServe's search may end at its regex, which Go can't read ({fault}): pods don't start"
                )
                yield subject.error(message, "correct the regex, or delete the object")


def _by_name(service: Workload, there: Sequence[Data]) -> Check:
    """Return what KServe finds for a service that names one (GetStorageContainerSpecByName)."""
    wanted, subject = service.container_name, Subject(GROUP, service.container_name)
    found = next((each for each in there if text(each, ("metadata", "name")) == wanted), None)
    cause = ""
    if found is None:
        cause = "it isn't there"
    elif found.get("disabled") is True:
        cause = "it is disabled"
    elif text(found, ("spec", "workloadType")) != PODS:
        cause = f"its workloadType isn't {PODS}"
    elif not all(takes(found, uri) for uri in service.kits):
        cause = "it doesn't take kit://"
    if cause:
        return subject.error(f"{service.place} names it, and {cause}", "correct storageContainerName")
    return subject.ok(f"{service.place} names it, and it takes kit://")
