"""What a login may read of a cluster: lists by page, and ends of logs. What it may not read is told, and left out."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from kitserve.cluster.api_server import Refused, connect
from kitserve.cluster.paths import TooLong, pages
from kitserve.errors import ClusterUnavailable

Data = dict[str, Any]

_MOST_BYTES = 64 * 1024
"""Bytes of a log that are read at most."""
_FORBIDDEN = 403
_NOT_FOUND = 404
_ABSENT = (_NOT_FOUND, 410)
"""No such kind or object, or a list that changed while it was read."""
_UNREADABLE = (400, 500)
"""No log: the container hasn't started, its node doesn't answer."""
_GONE = "unable to retrieve container logs for "
"""What a kubelet answers in the place of a log that it has removed."""


class Reader:
    """Reads from the cluster of a kubeconfig's context, by default the current one."""

    def __init__(self, context: str = "") -> None:
        """Connect. Raises ClusterUnavailable: no client, no kubeconfig, no such context."""
        self._request, self.namespace = connect(context)
        self._denied: dict[str, str] = {}
        self._closed: set[tuple[str, str]] = set()
        self.absent: set[str] = set()
        """Kinds that the cluster doesn't have."""

    @property
    def denied(self) -> tuple[str, ...]:
        """What the API server says of the reads that the login has no right to, each kind of them once."""
        return tuple(self._denied.values())

    def may_list(self, kind: str, namespace: str) -> bool:
        """Return whether no list of a kind (its plural) was refused in a namespace, or in all, for want of a right."""
        return (kind, namespace) not in self._closed

    def items(
        self, api: str, kind: str, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[Data]:
        """Return the objects of a kind (its plural), of one namespace or of all; `api` is `/api/v1` or `/apis/GROUP/V`.

        Raises:
            ClusterUnavailable: no answer.
        """
        place = f"{api}/namespaces/{namespace}/{kind}" if namespace else f"{api}/{kind}"
        selectors = {"label_selector": labels or None, "field_selector": fields or None}
        try:
            return self._listed(place, selectors)
        except Refused as refused:
            code = refused.status.get("code")
            if code == _NOT_FOUND:
                self.absent.add(kind)
            elif code == _FORBIDDEN:
                self._closed.add((kind, namespace))
            self._refused(f"list {kind}", refused)
            return []

    def log(self, namespace: str, pod: str, container: str, **options: str | int | bool) -> str:
        """Return a part of a container's log, empty without one; the options are those of the API, as `tailLines`.

        Raises:
            ClusterUnavailable: no answer.
        """
        query = {"container": container, "limitBytes": _MOST_BYTES, **options}
        words = [(key, str(value).lower() if value is True else str(value)) for key, value in query.items()]
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
        try:
            said = str(self._request("get", path, query_params=words, serialize=False)["text"])
            return "" if said.startswith(_GONE) else said
        except Refused as refused:
            self._refused("get pods/log", refused)
            return ""

    def _listed(self, place: str, selectors: Data) -> list[Data]:
        found: list[Data] = []
        with suppress(TooLong):
            for page in pages(partial(self._request, "get", place), **selectors):
                found += page
        return found

    def _refused(self, asked: str, refused: Refused) -> None:
        """Keep what is said of a refusal. Raises ClusterUnavailable for one that isn't about a right or an absence."""
        code = refused.status.get("code")
        message = str(refused.status.get("message") or f"the API server refuses to {asked} ({code})")
        if code == _FORBIDDEN:
            self._denied.setdefault(asked, message)
        elif code not in _ABSENT and not (code in _UNREADABLE and asked.endswith("/log")):
            raise ClusterUnavailable(message) from refused
