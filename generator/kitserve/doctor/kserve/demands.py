"""What services demand of the initializer by annotations, and whether it gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.crds.lookup import annotation, maps, text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.kserve.own_container import GROUP
from kitserve.render.manifests.inferenceservice import UNPACKING
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent


def demands(_: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield the annotations that the initializer ignores: its container has no variable for them."""
    if not intent.container:
        return
    there = {text(each, ("name",)) for _, each in maps(intent.container, ("env",))}
    heard = {each.key for each in variables() if each.kind == "annotation" and each.name in there}
    for service in intent.services:
        demanded = [name for name in UNPACKING.values() if annotation(service.item, f"{DOMAIN}/{name}")]
        ignored = [each for each in demanded if each not in heard]
        if service.kits and ignored and not service.container_name:
            named = " and ".join(f"{DOMAIN}/{each}" for each in ignored)
            yield Subject(GROUP, f"for {service.namespace}/{service.name}").error(
                f"the initializer ignores {named} of the service: its ClusterStorageContainer has no variable for it",
                f"add {', '.join(ignored)} to `serviceAnnotations` of the release that makes it",
            )
