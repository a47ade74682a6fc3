"""Helm's record of a release, which says what `helm upgrade` removes: objects of any kind, with labels or without.

Helm keeps one for each revision, in a Secret or (HELM_DRIVER=configmap) a ConfigMap of the release's namespace
(pkg/storage/driver of helm/helm).
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

from kitserve.check.reading.manifest_reader import read
from kitserve.cluster.api_server import Refused
from kitserve.cluster.objects import misleading
from kitserve.crds.lookup import mapping, text
from kitserve.helm.document import compose_text
from kitserve.helm.files import MOST

if TYPE_CHECKING:
    from kitserve.cluster.objects import Objects
    from kitserve.render.release import Release

    Data = dict[str, Any]

_KINDS = ("Secret", "ConfigMap")
_CHART = "kitserve"
_GZIP = b"\x1f\x8b\x08"
_MOST_BYTES = 2 * MOST
"""Bytes of a record: it has the chart, the values and the manifest."""
_HAD = frozenset({"failed", "superseded"})
"""What the last revision may be, if none is deployed: Helm then takes its objects for the release's."""


class NoRecordError(Exception):
    """The objects that Helm installed aren't known; the message is why."""


def recorded(objects: Objects, release: Release) -> list[Data]:
    """Return the objects of a release as its manifest has them, without hooks.

    Raises:
        NoRecordError: there is no record that can be read, or it is of a chart that ours is a part of.
        ClusterUnavailable: the cluster can't be asked.
    """
    for kind in _KINDS:
        try:
            record = _record(objects, release, kind)
        except Refused as refused:
            message = f"the login may not read {kind}s in {release.namespace}"
            raise NoRecordError(message) from refused
        if record:
            return _objects(record, kind)
    raise NoRecordError(f"there is none in {release.namespace}")


def _record(objects: Objects, release: Release, kind: str) -> Data | None:
    """Return the record of the revision that an upgrade begins with (prepareUpgrade of pkg/action). Raises Refused."""
    selector = f"owner=helm,name={release.name}"
    heads = [*objects.listed("v1", kind, selector, release.namespace, metadata_only=True)]
    deployed = [each for each in heads if _status(each) == "deployed"]
    found = max(deployed or heads, key=_revision, default=None)
    if found is None or not (deployed or _status(found) in _HAD):
        return None
    head = found | {"apiVersion": "v1", "kind": kind}
    path = None if misleading(head) else objects.path(head)
    return objects.stored(path) if path else None


def _status(head: Data) -> str:
    return text(head, ("metadata", "labels", "status"))


def _revision(head: Data) -> int:
    number = text(head, ("metadata", "labels", "version"))
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def _objects(record: Data, kind: str) -> list[Data]:
    """Return the objects of a record's manifest. Raises NoRecordError."""
    place = f"{kind} {text(record, ('metadata', 'name'))}"
    try:
        release = json.loads(
            _inflated(text(record, ("data", "release")), layers=2 if kind == "Secret" else 1)
        )
    except (ValueError, RecursionError, zlib.error) as error:
        raise NoRecordError(f"the {place} can't be read") from error
    chart = text(mapping(release, ("chart", "metadata")), ("name",))
    if chart != _CHART:
        raise NoRecordError(f"it is of the chart {chart or 'without a name'}, which has other objects too")
    manifest = text(release, ("manifest",))
    composed = compose_text(place, manifest) if len(manifest) <= MOST else None
    if composed is None or composed.refused:
        raise NoRecordError(f"the manifest in the {place} can't be read")
    return [each.data for each in read(composed).objects]


def _inflated(encoded: str, layers: int) -> bytes:
    """Return the JSON of a record in base64, twice in a Secret. Raises ValueError and zlib.error."""
    content = encoded.encode()
    for _ in range(layers):
        content = base64.b64decode(content, validate=True)
    if not content.startswith(_GZIP):
        return content
    inflater = zlib.decompressobj(wbits=31)
    found = inflater.decompress(content, _MOST_BYTES)
    if not inflater.eof:
        raise ValueError("too large")
    return found
