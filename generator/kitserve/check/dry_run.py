"""A cluster's verdict on objects: a server-side dry run of each, with admission webhooks, which changes nothing.

Beside it, what the cluster's settings do to them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.check.cluster_settings import SWITCHED_OFF, unmounted
from kitserve.cluster.api_server import Refused, connect
from kitserve.crds.lookup import mapping, maps, text
from kitserve.problems import Code, Path, Problem, known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Data = dict[str, Any]

REFUSED = Code(
    "KS299",
    "error",
    "The cluster that `--cluster` asks refuses the object.",
    why="The API server answers a server-side dry run, with its admission webhooks, as it answers "
    "`kubectl apply --server-side`.",
    example="$ kitserve validate --cluster inferenceservice.yaml",
    remedy="The message is the cluster's own. If KServe itself doesn't refuse the object, look for a "
    "policy of the cluster, a missing namespace or CRD, or a permission that the login lacks.",
)
CODES = (REFUSED, SWITCHED_OFF)


_DRY_RUN = {
    "content_type": "application/apply-patch+yaml",
    "dry_run": "All",
    "field_manager": "kitserve",
    "force_conflicts": True,
}
# `v1`, or a DNS name and a version (ValidateGroup of k8s.io/apimachinery); names as of RBAC have colons.
_VERSION = re.compile(r"(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[a-z0-9]+\Z")
_LONGEST = 317
_SEGMENT = re.compile(r"[-._~:A-Za-z0-9]{1,253}\Z")
_STEP = re.compile(r"\[([0-9]{1,9})\]|\[([^]]*)\]|([^.\[\]]+)")
# The field in the message of server-side apply, for a status without causes.
_FIELD = re.compile(r": \.([^\s:]+): ")


class Cluster:
    """The cluster of a kubeconfig's context, by default the current one."""

    def __init__(self, context: str = "") -> None:
        """Connect. Raises ClusterUnavailable: no client, no kubeconfig, no such context."""
        self._request, self._namespace = connect(context)
        self._resources: dict[str, list[Data]] = {}

    def refusals(self, objects: Sequence[Data]) -> Iterator[tuple[int, Problem]]:
        """Yield each refusal with the index of its object. Raises ClusterUnavailable."""
        for number, item in enumerate(objects):
            if problem := self._refusal(item):
                yield number, problem
        yield from unmounted(objects, self._get)

    def _get(self, path: str) -> Data | None:
        try:
            return self._request("get", path)
        except Refused:
            return None

    def _refusal(self, item: Data) -> Problem | None:
        if place := misleading(item):
            message = "isn't asked about: this can't be a part of a path at the API server"
            return REFUSED.problem(message, path=place)
        try:
            resource = self._resource(item)
            if resource is None:
                return REFUSED.problem(
                    f"the cluster has no {item['kind']} of {item['apiVersion']}", path=("kind",)
                )
            self._request("patch", self._path(item, resource), body=item, **_DRY_RUN)
        except Refused as refused:
            return _problem(item, refused.status)
        return None

    def _resource(self, item: Data) -> Data | None:
        """Return the API's resource for an object's kind, or None."""
        version = item["apiVersion"]
        if version not in self._resources:
            try:
                answer = self._request("get", _root(version))
                found = [each for _, each in maps(answer, ("resources",))]
            except Refused as refused:
                if refused.status.get("code") != 404:
                    raise
                found = []
            self._resources[version] = found
        # A name with a slash is of a part of another resource, such as services/proxy.
        named = (each for each in self._resources[version] if _is_segment(each.get("name")))
        return next((each for each in named if each.get("kind") == item["kind"]), None)

    def _path(self, item: Data, resource: Data) -> str:
        metadata = item["metadata"]
        parts = [resource["name"], metadata["name"]]
        if resource.get("namespaced"):
            parts = ["namespaces", metadata.get("namespace") or self._namespace, *parts]
        return "/".join([_root(item["apiVersion"]), *parts])


def misleading(item: Data) -> Path | None:
    """Return the field that would lead a request to another path of the API server; None if none would.

    Servers, proxies and clients differ on what they decode in a path, so that only what needs no code is sent.
    """
    metadata = mapping(item, ("metadata",))
    if not (len(item["apiVersion"]) <= _LONGEST and _VERSION.match(item["apiVersion"])):
        return ("apiVersion",)
    if not _is_segment(metadata.get("name")):
        return ("metadata", "name")
    namespace = metadata.get("namespace")
    return (
        None if namespace is None or namespace == "" or _is_segment(namespace) else ("metadata", "namespace")
    )


def _is_segment(name: object) -> bool:
    return isinstance(name, str) and bool(_SEGMENT.match(name)) and name not in {".", ".."}


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _problem(item: Data, status: Data) -> Problem:
    """Return the refusal at the first field that it names. A Secret's has no message, which could repeat the Secret."""
    private = item["kind"] == "Secret"
    reason = f"{status.get('reason', '')} ({status.get('code', '')})"
    said = reason if private else str(status.get("message") or reason)
    return REFUSED.problem(f"the cluster refuses it: {' '.join(said.split())}", path=_field(item, status))


def _field(item: Data, status: Data) -> Path:
    """Return the path of the fault, as far as the object has it."""
    fields = (text(cause, ("field",)) for _, cause in maps(status, ("details", "causes")))
    named = next(filter(None, fields), "")
    if not named and (match := _FIELD.search(str(status.get("message", "")))):
        named = match[1]
    path = path_of(named)
    return path[: known(item, path)]


def path_of(field: str) -> Path:
    """Parse a field as the API server writes it: `spec.predictor.model.env[0].name`, `metadata.labels[a.b/c]`."""
    return tuple(
        int(match[1]) if match[1] else (match[2] or match[3] or "").strip('"')
        for match in _STEP.finditer(field)
    )
