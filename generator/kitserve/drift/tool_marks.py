"""Labels and annotations with which the tools that apply a release mark its objects; no values set them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    Data = dict[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
"""Kubernetes' own count of a DaemonSet's changes."""
HELM = "meta.helm.sh/release-name"
HELM_NAMESPACE = "meta.helm.sh/release-namespace"
ARGO_CD = "argocd.argoproj.io/tracking-id"
FLUX = ("helm.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/name")
_MANAGED_BY = "app.kubernetes.io/managed-by"
_OURS = "kitserve"
_MARKS = {
    "labels": (
        "helm.sh/chart",
        *FLUX,
        *("helm.toolkit.fluxcd.io/namespace", "kustomize.toolkit.fluxcd.io/namespace"),
    ),
    "annotations": (
        *(HELM, HELM_NAMESPACE, ARGO_CD, "argocd.argoproj.io/installation-id"),
        *(LAST_APPLIED, TEMPLATE_GENERATION),
    ),
}


_OF_ONE = frozenset({ARGO_CD, LAST_APPLIED, TEMPLATE_GENERATION})
"""Marks that are of one object."""


def shared(live: Data) -> Data:
    """Return the metadata of an object without the marks that another object of its release hasn't."""
    annotations = mapping(live, ("metadata", "annotations"))
    kept = {key: text for key, text in annotations.items() if key not in _OF_ONE}
    return {"metadata": {"labels": mapping(live, ("metadata", "labels")), "annotations": kept}}


def marked(item: Data, live: Data) -> Data:
    """Return an object as the tool that made the live one would apply it: with this tool's marks."""
    metadata = dict(item["metadata"])
    for field in _MARKS:
        own = mapping(metadata, (field,))
        if marks := dict(_marks(field, own, mapping(live, ("metadata", field)))):
            metadata[field] = own | marks
    return item | {"metadata": metadata}


def _marks(field: str, own: Data, live: Data) -> Iterator[tuple[str, Any]]:
    yield from ((key, live[key]) for key in _MARKS[field] if key in live and key not in own)
    if own.get(_MANAGED_BY, _OURS) == _OURS and live.get(_MANAGED_BY):
        yield _MANAGED_BY, live[_MANAGED_BY]
