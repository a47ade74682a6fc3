"""How a release's own ClusterStorageContainer is in the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import at, text
from kitserve.doctor.check import Check, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Data = dict[str, Any]

GROUP = "ClusterStorageContainers"
KIND = "ClusterStorageContainer"
_APPLY = "apply these values"


def with_own(there: Sequence[Data], own: Data) -> list[Data]:
    """Return the cluster's as they are once the release's own is applied: nobody enables one again who doesn't ask."""
    if not own:
        return list(there)
    name = text(own, ("metadata", "name"))
    kept = [each for each in there if text(each, ("metadata", "name")) != name]
    before = next((each for each in there if text(each, ("metadata", "name")) == name), {})
    return [*kept, {**own, **({"disabled": True} if before.get("disabled") is True else {})}]


def own_checks(before: Data, own: Data, *, is_deployed: bool) -> Iterator[Check]:
    """Yield how the release's own is in the cluster."""
    if not own:
        return
    subject = Subject(GROUP, text(own, ("metadata", "name")))
    if not before:
        if is_deployed:
            message = "it was deleted, and services of this release are there: their next pods don't start"
            hint = f"{_APPLY} again; Helm upgrades of kserve-crd 0.17 delete it (kserve/kserve#5534)"
            yield subject.error(message, hint)
        else:
            yield subject.ok("isn't in the cluster, and is made when these values are applied")
    elif text(before, ("metadata", "deletionTimestamp")):
        yield subject.error("it is being deleted", f"{_APPLY} once it is gone")
    elif before.get("disabled") is True:
        message = "it is disabled, and applying these values doesn't enable it"
        yield subject.error(
            message, f"kubectl patch {KIND} {subject.about} --type=merge -p '{{\"disabled\":false}}'"
        )
    elif said := "; ".join(_changes(before, own)):
        yield subject.warning(f"the cluster's isn't the one of these values: {said}", _APPLY)
    else:
        yield subject.ok(f"is in the cluster as these values have it, with {image_of(own)}")


def _changes(before: Data, own: Data) -> Iterator[str]:
    if image_of(before) != image_of(own):
        yield f"its image is {image_of(before) or 'none'} instead of {image_of(own)}"
    for field in ("workloadType", "supportsMultiModelDownload"):
        there, wanted = at(before, ("spec", field)), at(own, ("spec", field))
        if there != wanted and wanted is not None:
            ignored = ", so that KServe ignores it" if field == "workloadType" and not there else ""
            yield f"{field} is {there or 'missing'} instead of {wanted}{ignored}"


def image_of(found: Data) -> str:
    """Return the image of a ClusterStorageContainer."""
    return text(found, ("spec", "container", "image"))
