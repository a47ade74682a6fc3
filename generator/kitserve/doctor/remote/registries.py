"""The registries, asked from here: each host, each ModelKit, and each image."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.log.amounts import size

from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.intent import KIT, env_references
from kitserve.errors import KitserveError
from kitserve.registry import survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.registry.survey import Seen

GROUP = "Registries"
NATIVE = "oci+native://"
_UNREACHABLE = "RegistryUnreachable"
_OF_HOST = {_UNREACHABLE, "UntrustedRegistry"}
_OF_LOGIN = {"Unauthorized", "Forbidden", "CredentialSourceFailed"}
_INSIDE = (".svc", ".cluster.local")
_WAY = ("--plain-http", "--tls-")
_NAMED = re.compile(
    r"([^@]+):(?:sha256-([0-9a-f]{64})|([A-Za-z0-9_][A-Za-z0-9_.-]*?))\.image(?:-[0-9a-f]{10})?"
)
_THERE = "--from-cluster asks from a pod, with the cluster's own logins"


@dataclass(frozen=True)
class Asked:
    """What registries say: of ModelKits by namespace and URI, of images, and of the ModelKits that these are made of.

    `has_login` are the namespaces where the release brings a login; `fault` is why nobody could be asked.
    """

    kits: Mapping[tuple[str, str], Seen]
    images: Mapping[str, Seen]
    sources: Mapping[str, Seen]
    has_login: frozenset[str] = frozenset()
    fault: str = ""

    def needs_login(self, namespace: str) -> bool | None:
        """Return whether a ModelKit of a namespace needs a login; None if that isn't known."""
        found = [seen.needs_login for (place, _), seen in self.kits.items() if place == namespace]
        return True if True in found else None if None in found or not found else False

    @property
    def largest(self) -> int:
        """The bytes of the largest ModelKit."""
        return max((seen.size for seen in self.kits.values()), default=0)


def ask(cluster: Inquiry, intent: Intent, flags: tuple[str, ...]) -> Asked:
    """Ask about all ModelKits and images of what is to run; `flags` are the command's, beside the release's own.

    The release's flags are for its models: the initializer's own image comes by the nodes' way.
    """
    kits: dict[tuple[str, str], Seen] = {}
    has_login = set()
    try:
        for (place, chosen), uris in _asked(intent).items():
            given = intent.given_variables(place) | _authorities(cluster, intent, place)
            has_login |= {place} if given.keys() & {"KIT_PASSWORD", "KITSERVE_DOCKER_CONFIG_JSON"} else set()
            found = survey.modelkits(uris, (*intent.flags, *chosen, *flags), given)
            kits |= {(place, uri): seen for uri, seen in found.items()}
        way = tuple(flag for flag in (*intent.flags, *flags) if flag.startswith(_WAY))
        models = model_names(intent)
        sources = survey.modelkits([uri for image in models if (uri := modelkit_of(image))], way, {})
        seen = survey.images(models, way, {}) | survey.images(
            list(filter(None, [initializer(intent)])), flags, {}
        )
        return Asked(kits, seen, sources, frozenset(has_login))
    except KitserveError as error:
        return Asked(kits, {}, {}, frozenset(has_login), str(error))


def _authorities(cluster: Inquiry, intent: Intent, namespace: str) -> dict[str, str]:
    """Return the variables that the initializer gets by ConfigMaps, the cluster's or the release's."""
    found = {}
    for name, kind, object_name, key in env_references(intent.container):
        if kind == "ConfigMap":
            with suppress(NotKnown):
                path = path_to("v1", "configmaps", object_name, namespace)
                config = intent.makes(kind, object_name, namespace) or cluster.get(path)
                found[name] = text(config, ("data", key))
    return {name: value for name, value in found.items() if value}


def _asked(intent: Intent) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Return the URIs by namespace and by what chooses from them: a question has one of each."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in intent.workloads:
        found.setdefault((each.namespace, each.flags), []).extend(each.kits)
    for cache in intent.caches:
        found.setdefault((intent.namespace, ()), []).append(text(cache, ("spec", "sourceModelUri")))
    return {key: uris for key, uris in found.items() if uris}


def model_names(intent: Intent) -> list[str]:
    """Return the names of the images that are mounted."""
    return list(dict.fromkeys(image for each in intent.workloads for image in each.images))


def modelkit_of(image: str) -> str:
    """Return the ModelKit that an image is named after, as `kitserve image` names it; empty if the name doesn't say."""
    found = _NAMED.fullmatch(image)
    return f"{KIT}{found[1]}{f'@sha256:{found[2]}' if found[2] else f':{found[3]}'}" if found else ""


def initializer(intent: Intent) -> str:
    """Return the initializer's image; empty if no pod needs it."""
    return text(intent.container, ("image",)) if intent.has_initializers else ""


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
