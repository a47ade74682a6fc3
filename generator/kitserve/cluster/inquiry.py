"""Reads of a cluster: what is there, what isn't, and what isn't known. No read is made twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.cluster.api_server import Refused
from kitserve.cluster.paths import TooLong, is_segment, pages, root
from kitserve.errors import ClusterUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitserve.cluster.api_server import Request

    Data = dict[str, Any]

_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


class NotKnown(Exception):  # noqa: N818 - says what isn't known, and ends nothing
    """The API server doesn't tell; the message is why, in one sentence."""


class Inquiry:
    """Reads objects by their paths. An API server that is lost on the way isn't waited for again."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._known: dict[tuple[str, ...], Data | NotKnown | None] = {}
        self._lost = ""

    def begin(self, path: str) -> None:
        """Read what is at a path, which shows that the cluster can be asked. Raises ClusterUnavailable."""
        try:
            self._known[path,] = self._request("get", path)
        except Refused as refused:
            self._known[path,] = NotKnown(_why(path, refused.status))

    def get(self, path: str) -> Data | None:
        """Return what is at a path; None if there is nothing. Raises NotKnown."""
        return self._kept((path,))

    def metadata(self, path: str) -> Data | None:
        """Return an object without all but its metadata; None if there is none. Raises NotKnown."""
        return self._kept((path, _METADATA), header_params={"Accept": _METADATA})

    def items(self, path: str, selector: str = "") -> list[Data]:
        """Return the objects of a list, none if the API server doesn't know the list. Raises NotKnown."""

        def ask(**options: Any) -> Data:  # noqa: ANN401 - the client's own
            return self._kept((path, selector, options["_continue"] or ""), **options) or {}

        found: list[Data] = []
        try:
            for page in pages(ask, label_selector=selector or None):
                found += page
        except TooLong as many:
            raise NotKnown(f"there are {many} {path.rpartition('/')[2]}") from many
        return found

    def node_answer(self, path: str) -> Data:
        """Return what a node answers behind the API server; a node may be lost alone. Raises NotKnown."""
        try:
            return self._request("get", path)
        except (Refused, ClusterUnavailable) as error:
            raise NotKnown(f"{path} doesn't answer") from error

    def admits(self, path: str, item: Data) -> Data | None:
        """Return the refusal of an object that would be made, as a `Status`; None if it would be admitted.

        Nothing is made: this is a dry run. Raises NotKnown.
        """
        try:
            self._sent("post", path, body=item, dry_run="All", field_manager="kitserve")
        except Refused as refused:
            return refused.status
        return None

    def _kept(self, key: tuple[str, ...], **options: Any) -> Data | None:  # noqa: ANN401 - the client's own
        if key not in self._known:
            self._known[key] = self._read(key[0], options)
        found = self._known[key]
        if isinstance(found, NotKnown):
            raise found
        return found

    def _read(self, path: str, options: Mapping[str, Any]) -> Data | NotKnown | None:
        try:
            return self._sent("get", path, **options)
        except Refused as refused:
            return None if refused.status.get("code") == 404 else NotKnown(_why(path, refused.status))
        except NotKnown as unknown:
            return unknown

    def _sent(self, *words: str, **options: Any) -> Data:  # noqa: ANN401 - the client's own
        if self._lost:
            raise NotKnown(self._lost)
        try:
            return self._request(*words, **options)
        except ClusterUnavailable as error:
            self._lost = str(error)
            raise NotKnown(self._lost) from error


def path_to(version: str, resource: str, name: str = "", namespace: str = "") -> str:
    """Return the path of an object, or of a list without a name. Raises NotKnown for what can't be a part of one."""
    parts = [*(("namespaces", namespace) if namespace else ()), resource, *((name,) if name else ())]
    for part in parts:
        if not is_segment(part):
            raise NotKnown(f"no object can have the name {part!r}")
    return "/".join([root(version), *parts])


def _why(path: str, status: Data) -> str:
    resource = path.partition("?")[0]
    if status.get("code") == 403:
        return f"this login may not read {resource}"
    said = " ".join(str(status.get("message") or status.get("reason") or status.get("code")).split())
    return f"the API server doesn't hand out {resource}: {said}"
