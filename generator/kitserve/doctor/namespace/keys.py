"""Whether an object of a namespace is there, with its keys: in the cluster, or made by the release.

Of a Secret only the metadata is asked for. The names of the keys stand in its `managedFields`; no value is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import mapping, maps
from kitserve.doctor.check import Subject

if TYPE_CHECKING:
    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

GROUP = "Secrets and accounts"
_MEMBERS = ("f:data", "f:stringData", "f:binaryData")


class Wanted(NamedTuple):
    """An object that something refers to."""

    kind: str
    name: str
    namespace: str

    @property
    def subject(self) -> Subject:
        """What checks of it have in common."""
        return Subject(GROUP, f"{self.namespace}: {self.kind} {self.name}")


def lacking(ask: Inquiry, intent: Intent, wanted: Wanted, keys: set[str]) -> set[str] | None:
    """Return those of the keys that an object lacks; None if it isn't there. Raises NotKnown."""
    if made := intent.makes(*wanted):
        return keys - (mapping(made, ("data",)) | mapping(made, ("stringData",))).keys()
    found = ask.metadata(path_to("v1", f"{wanted.kind.lower()}s", wanted.name, wanted.namespace))
    return None if found is None else keys - keys_of(found) if keys else set()


def keys_of(metadata: Data) -> set[str]:
    """Return the names of the keys of a Secret or ConfigMap by who manages which field. Raises NotKnown."""
    fields = [mapping(each, ("fieldsV1",)) for _, each in maps(metadata, ("metadata", "managedFields"))]
    if not any(fields):
        raise NotKnown(
            "its managedFields were cleared, so that nothing but its values says which keys it has"
        )
    names = (name for each in fields for member in _MEMBERS for name in mapping(each, (member,)))
    return {name.removeprefix("f:") for name in names if name != "."}
