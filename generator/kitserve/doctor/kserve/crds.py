"""KServe's CRDs: which are there, full or minimal, and what they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import at, mapping, maps, text
from kitserve.doctor.check import Check, Subject, counted
from kitserve.doctor.kserve.installation import DOMAIN, GROUP, INSTALL, definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

_ALWAYS = ("inferenceservices", "clusterstoragecontainers", "servingruntimes", "clusterservingruntimes")
_OF_KINDS = {
    "LLMInferenceService": ("llminferenceservices",),
    "LocalModelCache": ("localmodelcaches",),
    "LocalModelNodeGroup": ("localmodelnodegroups",),
}
_SPEC = ("schema", "openAPIV3Schema", "properties", "spec")
_KEEPS = "x-kubernetes-preserve-unknown-fields"
_STORAGE = "clusterstoragecontainers"
_MISSING = {
    _STORAGE: "apply KServe's CRDs, then this release again: a Helm upgrade of kserve-crd 0.17 deletes this CRD "
    "and all its objects (kserve/kserve#5534)",
}
_APPLY = "apply KServe's CRDs: the charts kserve-crd, kserve-localmodel-crd and kserve-llmisvc-crd"


def definitions(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield which CRDs are missing or on their way, and of the others that they are there."""
    wanted = [
        *_ALWAYS,
        *(name for kind, names in _OF_KINDS.items() if any(intent.of_kind(kind)) for name in names),
    ]
    found = {name: definition(ask, name) for name in wanted}
    if not any(found.values()):
        yield Subject(GROUP, "CRDs").error(
            "the cluster has none of KServe's CRDs: KServe isn't installed", INSTALL
        )
        return
    for name, crd in found.items():
        subject = Subject(GROUP, f"CRD {name}")
        if crd is None:
            yield subject.error(f"the cluster has no CRD {name}.{DOMAIN}", _MISSING.get(name, _APPLY))
        elif text(crd, ("metadata", "deletionTimestamp")):
            yield subject.error(
                "the CRD is being deleted, with all objects of its kind", _MISSING.get(name, _APPLY)
            )
    there = {name: crd for name, crd in found.items() if crd is not None}
    if there:
        yield _summary(there)
    if storage := found[_STORAGE]:
        yield from _workload_type(storage)


def _summary(there: dict[str, Data]) -> Check:
    subject, minimal = Subject(GROUP, "CRDs"), [name for name, crd in there.items() if is_minimal(crd)]
    served = ", ".join(f"{name} {'/'.join(_served(crd))}" for name, crd in there.items())
    if not minimal:
        return subject.ok(f"full: {served}")
    message = f"{counted(minimal)} are KServe's minimal ones: the cluster checks no field and sets no default"
    return subject.warning(message, "`kitserve validate` checks what the cluster doesn't")


def _served(crd: Data) -> Iterator[str]:
    for _, each in maps(crd, ("spec", "versions")):
        if each.get("served") is True:
            yield text(each, ("name",))


def is_minimal(crd: Data) -> bool:
    """Return whether a CRD keeps whatever stands in a `spec`, as those of the chart kserve-crd-minimal."""
    specs = [mapping(each, _SPEC) for _, each in maps(crd, ("spec", "versions"))]
    return any(spec.get(_KEEPS) is True and not spec.get("properties") for spec in specs)


def _workload_type(crd: Data) -> Iterator[Check]:
    known = (at(each, (*_SPEC, "properties", "workloadType")) for _, each in maps(crd, ("spec", "versions")))
    if not is_minimal(crd) and not any(known):
        subject = Subject(GROUP, f"CRD {_STORAGE}")
        message = "the CRD doesn't know workloadType, so that KServe is older than 0.14"
        yield subject.error(message, "upgrade KServe and its CRDs")
