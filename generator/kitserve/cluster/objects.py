"""Objects of a cluster: their paths at its API server, what it stores, and what it would store."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from kitserve.cluster.api_server import Refused, connect
from kitserve.cluster.paths import TooLong, is_segment, maps, pages, root
from kitserve.errors import ClusterUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.problems import Path

    Data = dict[str, Any]

MANAGER = "kitserve"
"""The field manager of our dry runs."""
_DRY_RUN = {"dry_run": "All", "field_manager": MANAGER}
_APPLY = {"content_type": "application/apply-patch+yaml", "force_conflicts": True, **_DRY_RUN}
_MERGE = {"content_type": "application/merge-patch+json", **_DRY_RUN}
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_DEEPEST = 150
"""Levels of an object: Kubernetes' own have twenty, and a CRD's schema may have more."""
_NOT_FOUND = 404
# `v1`, or a DNS name and a version (ValidateGroup of k8s.io/apimachinery); names as of RBAC have colons.
_VERSION = re.compile(r"(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[a-z0-9]+\Z")
_LONGEST = 317


class Objects:
    """The objects in the cluster of a kubeconfig's context, by default the current one.

    `namespace` is for objects that don't name theirs, by default the context's.
    """

    def __init__(self, context: str = "", namespace: str = "") -> None:
        """Connect. Raises ClusterUnavailable: no client, no kubeconfig, no such context."""
        self._request, contexts = connect(context)
        self.namespace = namespace or contexts
        self._resources: dict[str, list[Data]] = {}

    def path(self, item: Data) -> str | None:
        """Return the path of an object that `misleading` has nothing against; None if the cluster lacks its kind.

        Raises:
            Refused: the API server doesn't say which kinds it has.
        """
        resource = self._resource(item["apiVersion"], item["kind"])
        if resource is None:
            return None
        metadata = item["metadata"]
        namespace = metadata.get("namespace") or self.namespace
        return f"{_collection(item['apiVersion'], resource, namespace)}/{metadata['name']}"

    def stored(self, path: str) -> Data | None:
        """Return an object; None if there is none. Raises Refused."""
        try:
            return self._ask("get", path)
        except Refused as refused:
            if refused.status.get("code") != _NOT_FOUND:
                raise
            return None

    def applied(self, path: str, item: Data) -> Data:
        """Return what the API server would store if the object were applied. It changes nothing. Raises Refused."""
        return self._ask("patch", path, body=item, **_APPLY)

    def merged(self, path: str, patch: Data) -> Data:
        """Return what it would store after a JSON merge patch (RFC 7386). It changes nothing. Raises Refused."""
        return self._ask("patch", path, body=patch, **_MERGE)

    def listed(
        self, version: str, kind: str, selector: str, namespace: str = "", *, metadata_only: bool = False
    ) -> Iterator[Data]:
        """Yield the objects of a kind with these labels, of one namespace or of all; none if there is no such kind.

        Raises:
            Refused: the login may not list them.
            ClusterUnavailable: there is no end of them.
        """
        if not (resource := self._resource(version, kind)):
            return
        path = _collection(version, resource, namespace)
        try:
            for page in pages(partial(self._page, path, metadata_only), label_selector=selector):
                yield from ({"apiVersion": version, "kind": kind} | each for each in page)
        except TooLong as many:
            raise ClusterUnavailable(f"{path} has {many} objects with {selector}") from many

    def _page(self, path: str, metadata_only: bool, **options: str | None) -> Data:
        headers = {"header_params": {"Accept": _METADATA}} if metadata_only else {}
        return self._ask("get", path, **headers, **options)

    def _ask(self, method: str, path: str, **options: Any) -> Data:  # noqa: ANN401 - the client's own
        """Return an answer that can be walked through. Raises Refused and ClusterUnavailable."""
        answer = self._request(method, path, **options)
        if _is_deep(answer):
            raise ClusterUnavailable(f"what is at {path} has more than {_DEEPEST} levels", hint="look at it")
        return answer

    def _resource(self, version: str, kind: str) -> Data | None:
        """Return the API's resource for a kind, or None."""
        if version not in self._resources:
            answer = self.stored(root(version)) or {}
            # A name with a slash is of a part of another resource, such as services/proxy.
            found = [each for each in maps(answer.get("resources")) if is_segment(each.get("name"))]
            self._resources[version] = found
        return next((each for each in self._resources[version] if each.get("kind") == kind), None)


def misleading(item: Data) -> Path | None:
    """Return the field that would lead a request to another path of the API server; None if none would."""
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if not (len(item["apiVersion"]) <= _LONGEST and _VERSION.match(item["apiVersion"])):
        return ("apiVersion",)
    if not is_segment(metadata.get("name")):
        return ("metadata", "name")
    namespace = metadata.get("namespace")
    return (
        None if namespace is None or namespace == "" or is_segment(namespace) else ("metadata", "namespace")
    )


def _collection(version: str, resource: Data, namespace: str) -> str:
    within = f"namespaces/{namespace}/" if resource.get("namespaced") and namespace else ""
    return f"{root(version)}/{within}{resource['name']}"


def _is_deep(answer: Data) -> bool:
    level: list[Any] = [answer]
    for _ in range(_DEEPEST):
        below = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for part in below for each in part if isinstance(each, dict | list)]
    return bool(level)
