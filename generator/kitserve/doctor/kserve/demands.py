"""What services demand of the initializer by annotations, and whether it gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.crds.lookup import annotation, maps, text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.kserve.own_container import GROUP
from kitserve.render.manifests.inferenceservice import UNPACKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

_DOMAIN, _VARIABLE = "kitserve.io", "KITSERVE_SERVICE_"


def demands(_: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield the annotations that the initializer ignores: its container has no variable for them."""
    variables = {text(each, ("name",)) for _, each in maps(intent.container, ("env",))}
    if not intent.container:
        return
    for service in intent.services:
        demanded = [name for name in UNPACKING.values() if annotation(service.item, f"{_DOMAIN}/{name}")]
        ignored = [
            each for each in demanded if f"{_VARIABLE}{each.upper().replace('-', '_')}" not in variables
        ]
        if service.kits and ignored and not service.container_name:
            named = " and ".join(f"{_DOMAIN}/{each}" for each in ignored)
            yield Subject(GROUP, f"for {service.namespace}/{service.name}").error(
                f"the initializer ignores {named} of the service: its ClusterStorageContainer has no variable for it",
                f"add {', '.join(ignored)} to `serviceAnnotations` of the release that makes it",
            )
