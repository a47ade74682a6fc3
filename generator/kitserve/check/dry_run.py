"""A cluster's own word on objects: a server-side dry run of each, with its admission webhooks. Nothing is changed.

The only importer of `kubernetes` (the extra `kitserve[cluster]`), once it is asked for.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import mapping, maps, text
from kitserve.errors import ClusterUnavailable
from kitserve.problems import Code, Path, Problem, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Data = dict[str, Any]
    Request = Callable[..., Data]

REFUSED = Code(
    "KS299",
    "error",
    "The cluster that was asked with `--cluster` refuses the object.",
    why="The API server answers a server-side dry run, for which it asks its admission webhooks, as it would answer "
    "`kubectl apply --server-side`.",
    example="$ kitserve validate --cluster inferenceservice.yaml",
    mend="The message is the cluster's own. Where KServe itself doesn't refuse the object, look for a policy of the "
    "cluster's, a missing namespace or CRD, or a right that the login lacks.",
)
CODES = (REFUSED,)

_SECONDS = 30
_UNAVAILABLE = {429, 502, 503, 504}
"""Answers that say nothing of the object."""

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
_HINT = "`kubectl auth whoami` tries the same login"
_STEP = re.compile(r"\[([0-9]{1,9})\]|\[([^]]*)\]|([^.\[\]]+)")
# Where a status has no causes: in the words of server-side apply.
_FIELD = re.compile(r": \.([^\s:]+): ")


class Cluster:
    """The cluster of a kubeconfig's context, by default the current one."""

    def __init__(self, context: str = "") -> None:
        """Raises ClusterUnavailable: no client, no kubeconfig, no such context."""
        self._request, self._namespace = _connect(context)
        self._resources: dict[str, list[Data]] = {}

    def refusals(self, objects: Sequence[Data]) -> Iterator[tuple[int, Problem]]:
        """What the cluster refuses, by the number of the object. Raises ClusterUnavailable."""
        for number, item in enumerate(objects):
            if problem := self._refusal(item):
                yield number, problem

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
        except _Refused as refused:
            return _problem(item, refused.status)
        return None

    def _resource(self, item: Data) -> Data | None:
        """How the API calls a kind's objects."""
        version = item["apiVersion"]
        if version not in self._resources:
            try:
                answer = self._request("get", _root(version))
                found = [each for _, each in maps(answer, ("resources",))]
            except _Refused as refused:
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


class _Refused(Exception):  # noqa: N818 - carries an answer, and ends nothing
    """The API server's answer is no: its `Status`."""

    def __init__(self, status: Data) -> None:
        super().__init__()
        self.status = status


def misleading(item: Data) -> Path | None:
    """The field that would lead a request to another path of the API server; nothing where none would.

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


def _connect(context: str) -> tuple[Request, str]:
    """What sends a request to the API server, and the context's namespace."""
    try:
        from kubernetes import config  # noqa: PLC0415 - the extra
        from kubernetes.dynamic import DynamicClient  # noqa: PLC0415
        from urllib3 import disable_warnings  # noqa: PLC0415 - the client's
    except ImportError as error:
        message = "asking a cluster takes the Kubernetes client, which isn't installed"
        raise ClusterUnavailable(message, hint="pip install 'kitserve[cluster]'") from error
    try:
        client = config.new_client_from_config(context=context or None, persist_config=False)
        namespace = _namespace(context)
    except Exception as error:  # of YAML, of files, and the client's own
        raise ClusterUnavailable(f"the kubeconfig can't be used: {_cause(error)}", hint=_HINT) from error
    disable_warnings()  # of a kubeconfig that says to skip TLS's checks
    # Its own discovery leaves a file in the common temporary folder.
    dynamic = DynamicClient(client, discoverer=lambda *_: None)
    return _request(dynamic, client.configuration.host), namespace


def _namespace(context: str) -> str:
    from kubernetes.config import kube_config  # noqa: PLC0415

    merged = kube_config.KubeConfigMerger(kube_config.KUBE_CONFIG_DEFAULT_LOCATION).config
    # What config.list_kube_config_contexts() takes too, but that one wants a current context in any case.
    loader = kube_config.KubeConfigLoader(config_dict=merged, active_context=context or None)
    return loader.current_context["context"].get("namespace") or "default"


def _request(dynamic: Any, host: str) -> Request:  # noqa: ANN401 - the client has no types
    from kubernetes.dynamic.exceptions import DynamicApiError  # noqa: PLC0415

    def request(*words: str, **options: Any) -> Data:  # noqa: ANN401 - the client's own
        try:
            answer = dynamic.request(
                *words, serializer=lambda _, data: data, _request_timeout=_SECONDS, **options
            )
        except DynamicApiError as error:
            raise _Refused(_status(host, error.status, error.body)) from error
        except Exception as error:  # transport, TLS and plugins for logins have no error in common
            raise ClusterUnavailable(f"{host} doesn't answer: {_cause(error)}", hint=_HINT) from error
        return _document(host, answer)

    return request


def _cause(error: BaseException) -> str:
    """What went wrong in the first place, in a line."""
    while isinstance(inner := getattr(error, "reason", None) or error.__cause__, BaseException):
        error = inner
    return " ".join(str(error).split()) or type(error).__name__


def _status(host: str, code: int, body: bytes | str | None) -> Data:
    """The API server's `Status`. Raises ClusterUnavailable where it says nothing of the object."""
    if code == 401:
        raise ClusterUnavailable(f"{host} doesn't take the login (401)", hint=_HINT)
    if code in _UNAVAILABLE:
        raise ClusterUnavailable(f"{host} can't answer now ({code})", hint="try again later")
    try:
        found = json.loads(body or "")
    except (ValueError, RecursionError):
        # Of a group that it doesn't have the API server says so in plain text.
        found = {"kind": "Status", "code": code} if code == 404 else None
    return _document(host, found)


def _document(host: str, answer: object) -> Data:
    if not isinstance(answer, dict) or "kind" not in answer:
        raise ClusterUnavailable(f"{host} answers what no API server does", hint=_HINT)
    return answer


def _problem(item: Data, status: Data) -> Problem:
    """The refusal at the field that it names first. What is said of a Secret could repeat it."""
    private = item["kind"] == "Secret"
    reason = f"{status.get('reason', '')} ({status.get('code', '')})"
    said = reason if private else str(status.get("message") or reason)
    return REFUSED.problem(f"the cluster refuses it: {' '.join(said.split())}", path=_field(item, status))


def _field(item: Data, status: Data) -> Path:
    """Where the fault is, as far as the object has it."""
    fields = (text(cause, ("field",)) for _, cause in maps(status, ("details", "causes")))
    named = next(filter(None, fields), "")
    if not named and (match := _FIELD.search(str(status.get("message", "")))):
        named = match[1]
    path = path_of(named)
    return path[: known(item, path)]


def path_of(field: str) -> Path:
    """A field as the API server writes it: `spec.predictor.model.env[0].name`, `metadata.labels[a.b/c]`."""
    return tuple(
        int(match[1]) if match[1] else (match[2] or match[3] or "").strip('"')
        for match in _STEP.finditer(field)
    )
