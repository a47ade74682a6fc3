"""What registries say of all that is to run, asked once."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import text
from kitserve.doctor.environment import references
from kitserve.doctor.workload import KIT
from kitserve.errors import KitserveError
from kitserve.registry import survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.registry.survey import Seen

_WAY = ("--plain-http", "--tls-")
_NAMED = re.compile(
    r"([^@]+):(?:sha256-([0-9a-f]{64})|([A-Za-z0-9_][A-Za-z0-9_.-]*?))\.image(?:-[0-9a-f]{10})?"
)


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


def ask(cluster: Inquiry, intent: Intent, flags: tuple[str, ...], own: str = "") -> Asked:
    """Ask about all ModelKits and images of what is to run; `flags` are the command's, beside the release's own.

    `own` is the initializer's image. The release's flags are for its models: this one comes by the nodes' way.
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
        seen = survey.images(models, way, {}) | survey.images([own] if own else [], flags, {})
        return Asked(kits, seen, sources, frozenset(has_login))
    except KitserveError as error:
        return Asked(kits, {}, {}, frozenset(has_login), str(error))


def _authorities(cluster: Inquiry, intent: Intent, namespace: str) -> dict[str, str]:
    """Return the variables that the initializer gets by ConfigMaps, the cluster's or the release's."""
    found = {}
    for name, kind, object_name, key in references(intent.container):
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
