"""A release compared with a cluster, object by object."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard

from kitserve.check.dry_run import ask
from kitserve.crds.lookup import annotation, text
from kitserve.drift.change import Change
from kitserve.drift.leftovers import leftovers
from kitserve.drift.preview import preview
from kitserve.drift.tool_marks import HELM, marked, shared
from kitserve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.cluster.objects import Objects
    from kitserve.drift.change import State
    from kitserve.render.release import Release

    Data = dict[str, Any]

_INSTANCE = "app.kubernetes.io/instance"
_AS_RENDERED = "as rendered, because its namespace doesn't exist yet"


def compare(objects: Objects, rendered: Sequence[Data], release: Release) -> Iterator[Change]:
    """Yield what becomes of each rendered object, in their order, then what is left of those before.

    Raises:
        ClusterUnavailable: the cluster can't be asked.
    """
    stored = [ask(objects, item, lambda path, _: objects.stored(path)) for item in rendered]
    sibling = next((live for live in stored if _is_of(live, release)), {})
    for item, live in zip(rendered, stored, strict=True):
        if isinstance(live, Problem):
            yield _refused(item, live)
        else:
            yield _change(objects, item if live else marked(item, shared(sibling)), live)
    yield from leftovers(objects, rendered, release, of_helm=_is_of_helm(stored))


def _is_of(live: Data | Problem | None, release: Release) -> TypeGuard[Data]:
    """Return whether there is an object, of this release."""
    return isinstance(live, dict) and text(live, ("metadata", "labels", _INSTANCE)) == release.name


def _is_of_helm(stored: Sequence[Data | Problem | None]) -> bool | None:
    """Return whether Helm has made any of these objects; None if none is there."""
    there = [live for live in stored if isinstance(live, dict)]
    return any(annotation(live, HELM) for live in there) if there else None


def _change(objects: Objects, item: Data, live: Data | None) -> Change:
    found = ask(objects, item, partial(preview, objects, live))
    if isinstance(found, Problem):
        return _refused(item, found)
    namespace = text(found.after, ("metadata", "namespace"))
    if found.before is None:
        note = "" if found.has_namespace else _AS_RENDERED
        return Change("new", item, namespace, after=found.after, note=note)
    state: State = "same" if found.before == found.after else "changed"
    return Change(state, item, namespace, found.before, found.after)


def _refused(item: Data, problem: Problem) -> Change:
    return Change("refused", item, text(item, ("metadata", "namespace")), problem=problem)
