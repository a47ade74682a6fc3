"""The registries, asked from here: each host, each ModelKit, and each image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.log.amounts import size

from kitserve.doctor.check import Check, Subject
from kitserve.doctor.remote.asked import Asked, model_names, modelkit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.doctor.intent import Intent
    from kitserve.registry.survey import Seen

GROUP = "Registries"
NATIVE = "oci+native://"
_UNREACHABLE = "RegistryUnreachable"
_OF_HOST = {_UNREACHABLE, "UntrustedRegistry"}
_OF_LOGIN = {"Unauthorized", "Forbidden", "CredentialSourceFailed"}
_INSIDE = (".svc", ".cluster.local")
_THERE = "--from-cluster asks from a pod, with the cluster's own logins"


def hosts(intent: Intent, asked: Asked, *, is_judged_there: bool) -> Iterator[Check]:
    """Yield whether each registry of models answers; `is_judged_there`: a pod asks too, and knows better."""
    found: dict[str, list[Seen]] = {}
    models = set(model_names(intent))
    for seen in (*asked.kits.values(), *(seen for name, seen in asked.images.items() if name in models)):
        if seen.host:
            found.setdefault(seen.host, []).append(seen)
    for host, several in sorted(found.items()):
        subject = Subject(GROUP, host)
        faults = [each.fault for each in several if each.fault and each.fault.name in _OF_HOST]
        if len(faults) < len(several):
            logins = sorted({each.login for each in several if each.login})
            yield subject.ok("answers from here" + (f"; login: {', '.join(logins)}" if logins else ""))
        elif is_judged_there or host.partition(":")[0].endswith(_INSIDE):
            yield subject.unknown(f"not from here: {faults[0].cause}", _THERE)
        else:
            yield subject.error(
                f"from here: {faults[0].cause}",
                f"check its name, and that it runs; {_THERE}"
                if faults[0].name == _UNREACHABLE
                else f"{faults[0].hint}; {_THERE}",
            )


def modelkits(asked: Asked) -> Iterator[Check]:
    """Yield whether each ModelKit is there."""
    if asked.fault:
        yield Subject(GROUP, "from here").unknown(f"registries can't be asked: {asked.fault}")
    for (place, uri), seen in asked.kits.items():
        subject = Subject(GROUP, seen.reference or uri)
        if not seen.fault:
            yield subject.ok(f"is {seen.digest}, {size(seen.size)} to unpack")
        elif seen.fault.name in _OF_LOGIN and place not in asked.has_login:
            message = f"from here, without the cluster's login: {seen.fault.cause}"
            yield subject.warning(message, f"log in here too (`docker login {seen.host}`), or {_THERE}")
        elif seen.fault.name in _OF_LOGIN:
            yield subject.error(
                f"with the login of these values: {seen.fault.cause}", "correct `credentials` in them"
            )
        elif seen.fault.name not in _OF_HOST:
            yield subject.error(seen.fault.cause, seen.fault.hint)


def model_images(intent: Intent, asked: Asked) -> Iterator[Check]:
    """Yield whether the images of ModelKits are there, and made of what the tag says now."""
    for image in model_names(intent):
        subject, seen = Subject(GROUP, f"{NATIVE}{image}"), asked.images.get(image)
        if seen is None or (seen.fault and seen.fault.name in _OF_HOST):
            continue
        if not seen.fault:
            yield _present(subject, seen, asked.sources.get(modelkit_of(image)))
        elif seen.fault.name in _OF_LOGIN:
            yield subject.warning(
                f"from here: {seen.fault.cause}", "nodes use the services' imagePullSecrets"
            )
        elif seen.fault.name == "NotFound":
            yield subject.error(f"the image isn't there: {seen.fault.cause}", "make it: `kitserve image`")
        else:
            yield subject.error(seen.fault.cause, seen.fault.hint)


def _present(subject: Subject, seen: Seen, source: Seen | None) -> Check:
    """Return what an image is made of; `source` is the ModelKit of its name as the registry has it now."""
    if not seen.made_of:
        return subject.ok(f"is {seen.digest}, which `kitserve image` didn't make")
    if source and not source.fault and seen.made_of not in {source.digest, source.manifest}:
        message = f"is made of {seen.made_of}, and {source.reference} is {source.digest} by now"
        return subject.warning(message, f"make it again: `kitserve image {source.reference}`")
    return subject.ok(f"is {seen.digest}, made of {seen.made_of}")
