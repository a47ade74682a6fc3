"""Objects of a release that its values no longer render."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from kitserve.cluster.api_server import Refused
from kitserve.cluster.objects import misleading
from kitserve.crds.lookup import annotation, items, mapping, text
from kitserve.drift.change import Change
from kitserve.drift.helm_record import NoRecordError, recorded
from kitserve.drift.preview import comparable
from kitserve.drift.tool_marks import ARGO_CD, FLUX, HELM, HELM_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.cluster.objects import Objects
    from kitserve.render.release import Release

    Data = dict[str, Any]
    Kind = tuple[str, str]
    """The API's version and the kind."""

_KSERVE = "serving.kserve.io"
KINDS: tuple[Kind, ...] = (
    ("v1", "ServiceAccount"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "DaemonSet"),
    (f"{_KSERVE}/v1alpha1", "ClusterStorageContainer"),
    (f"{_KSERVE}/v1alpha1", "LocalModelNodeGroup"),
    (f"{_KSERVE}/v1alpha1", "LocalModelCache"),
    (f"{_KSERVE}/v1beta1", "InferenceService"),
    (f"{_KSERVE}/v1alpha1", "LLMInferenceService"),
)
"""The kinds that values render, each by a version that all KServes with this kind have."""
_KEEP = "helm.sh/resource-policy"
_FORBIDDEN = 403
_MOST = 1000
"""Objects of a kind, or of a record, that are looked at: nobody reads more."""
_UNKNOWN = "so that objects without kitserve's labels which values no longer render aren't known"


def leftovers(
    objects: Objects, rendered: Sequence[Data], release: Release, *, of_helm: bool | None
) -> Iterator[Change]:
    """Yield what the cluster has of a release beside what its values render. Raises ClusterUnavailable.

    The release is known by its labels and, if it may be one `of_helm` (None: nothing says who makes it), by Helm's
    record, which names objects without them too. For what may not be read there is a Change without an object, whose
    note says so.
    """
    known = {_identity(objects, item) for item in rendered}
    namespaces = dict.fromkeys((release.namespace, *(_namespace(objects, item) for item in rendered)))
    for change in _labelled(objects, release, namespaces):
        identity = _identity(objects, change.item)
        if not change.name or identity not in known:
            known.add(identity)
            yield change
    if of_helm is not False:
        yield from _recorded(objects, release, known, is_said=of_helm is True)


def _labelled(objects: Objects, release: Release, namespaces: dict[str, None]) -> Iterator[Change]:
    """Yield what has the labels of the release."""
    selector = f"app.kubernetes.io/part-of=kitserve,app.kubernetes.io/instance={release.name}"
    for kind in KINDS:
        try:
            found = list(islice(_listed(objects, kind, selector, tuple(namespaces)), _MOST))
        except Refused:
            note = "the login may not list them, so that those which values no longer render aren't known"
            yield Change("left", {"apiVersion": kind[0], "kind": kind[1]}, "", note=note)
            continue
        yield from (_change(item) for item in found if _is_of(item, release, namespaces))


def _recorded(
    objects: Objects, release: Release, known: set[tuple[str, ...]], *, is_said: bool
) -> Iterator[Change]:
    """Yield what Helm has installed beside what is `known`, and if it `is_said` why that isn't known.

    `helm upgrade` removes all of it, and asks for no label.
    """
    try:
        found = recorded(objects, release)
    except NoRecordError as error:
        if is_said:
            yield Change("left", {"kind": "Helm's record of the release"}, "", note=f"{error}, {_UNKNOWN}")
        return
    items = {_identity(objects, item): item for item in found if not misleading(item)}
    for identity in islice((each for each in items if each not in known), _MOST):
        yield from _removed(objects, items[identity])


def _removed(objects: Objects, item: Data) -> Iterator[Change]:
    """Yield what becomes of an object in Helm's record that the values no longer render; nothing if it is gone."""
    try:
        path = objects.path(item)
        live = objects.stored(path) if path else None
    except Refused:
        note = "by helm upgrade, if it is there: the login may not read it"
        yield Change("removed", item, text(item, ("metadata", "namespace")), note=note)
        return
    if live:
        yield _change(live | {key: item[key] for key in ("apiVersion", "kind")}, "helm upgrade")


def _listed(objects: Objects, kind: Kind, selector: str, namespaces: Sequence[str]) -> Iterator[Data]:
    """Yield the objects of a kind, of all namespaces or, without a right to these, of some. Raises Refused."""
    try:
        yield from objects.listed(*kind, selector)
    except Refused as refused:
        if refused.status.get("code") != _FORBIDDEN:
            raise
        for namespace in namespaces:
            yield from objects.listed(*kind, selector, namespace)


def _is_of(item: Data, release: Release, namespaces: dict[str, None]) -> bool:
    """Return whether an object is the release's: not a controller's, nor a release's of this name elsewhere."""
    if items(item, ("metadata", "ownerReferences")):
        return False
    namespace = text(item, ("metadata", "namespace"))
    elsewhere = annotation(item, HELM_NAMESPACE)
    return elsewhere == release.namespace if elsewhere else not namespace or namespace in namespaces


def _change(item: Data, by: str = "") -> Change:
    """Return what becomes of an object that the values no longer render, `by` a tool or the one whose marks it has."""
    before, namespace = comparable(item), text(item, ("metadata", "namespace"))
    if annotation(item, _KEEP) == "keep":
        return Change("same", item, namespace, before, before, note=f"stays, because {_KEEP} is keep")
    tools = {HELM: "helm upgrade", ARGO_CD: "Argo CD, if it prunes"} | dict.fromkeys(
        FLUX, "Flux, if it prunes"
    )
    marks = {*mapping(item, ("metadata", "labels")), *mapping(item, ("metadata", "annotations"))}
    if tool := by or next((tool for mark, tool in tools.items() if mark in marks), ""):
        return Change("removed", item, namespace, before, note=f"by {tool}")
    # Nothing says which namespace's release an object of the cluster's is.
    unless = "" if namespace else ", unless a release of this name in another namespace needs it"
    return Change("left", item, namespace, before, note=f"kubectl apply removes nothing: delete it{unless}")


def _identity(objects: Objects, item: Data) -> tuple[str, ...]:
    group = text(item, ("apiVersion",)).rpartition("/")[0]
    return group, text(item, ("kind",)), _namespace(objects, item), text(item, ("metadata", "name"))


def _namespace(objects: Objects, item: Data) -> str:
    return text(item, ("metadata", "namespace")) or objects.namespace
