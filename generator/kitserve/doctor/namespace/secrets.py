"""The Secrets and ConfigMaps that the initializer's environment comes from, and whether pods fail without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.cluster.inquiry import NotKnown
from kitserve.crds.lookup import at, maps, text
from kitserve.doctor.check import Check, counted
from kitserve.doctor.environment import references
from kitserve.doctor.namespace.keys import Wanted, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.remote.asked import Asked

_LOGINS = ("KIT_USER", "KIT_PASSWORD", "KITSERVE_DOCKER_CONFIG_JSON")
_CLOUDS = ("AWS_ECR_REGION", "GCP_WIF")
_AZURE = "azure.workload.identity/client-id"


def sources(ask: Inquiry, intent: Intent, asked: Asked) -> Iterator[Check]:
    """Yield whether the objects are there that the initializer's environment comes from, with their keys."""
    for namespace in intent.namespaces:
        if any(each.kits for each in intent.workloads if each.namespace == namespace):
            yield from _sources(ask, intent, asked, namespace)


def _sources(ask: Inquiry, intent: Intent, asked: Asked, namespace: str) -> Iterator[Check]:
    wanted: dict[Wanted, set[str]] = {}
    for _, kind, name, key in references(intent.container):
        wanted.setdefault(Wanted(kind, name, namespace), set()).add(key)
    logins = _logins(intent, namespace)
    has_other = _has_cloud(intent) or any(
        _state(ask, intent, each, keys) == set() for each, keys in wanted.items() if each in logins
    )
    for each, keys in wanted.items():
        needed = True if each not in logins else False if has_other else asked.needs_login(namespace)
        yield from each.subject.tell(_source, ask, intent, each, keys, needed=needed)


def _state(ask: Inquiry, intent: Intent, wanted: Wanted, keys: set[str]) -> set[str] | None:
    """Return as `lacking` does, and None where that isn't known either."""
    try:
        return lacking(ask, intent, wanted, keys)
    except NotKnown:
        return None


def _logins(intent: Intent, namespace: str) -> set[Wanted]:
    """Return the Secrets with logins to registries: anybody's pull needs none of them."""
    variables = (each for _, each in maps(intent.container, ("env",)) if each.get("name") in _LOGINS)
    names = (text(each, ("valueFrom", "secretKeyRef", "name")) for each in variables)
    return {Wanted("Secret", name, namespace) for name in names if name}


def _has_cloud(intent: Intent) -> bool:
    """Return whether pods have the identity of a cloud, which stands for a login."""
    accounts = intent.of_kind("ServiceAccount")
    return any(intent.variable(name) for name in _CLOUDS) or any(
        at(each, ("metadata", "annotations", _AZURE)) for each in accounts
    )


def _source(
    ask: Inquiry, intent: Intent, wanted: Wanted, keys: set[str], *, needed: bool | None
) -> Iterator[Check]:
    """Yield whether an object is there; `needed`: whether pods fail without it, None if nobody knows."""
    missing, subject = lacking(ask, intent, wanted, keys), wanted.subject
    if missing == set():
        made = intent.makes(*wanted)
        yield subject.ok("is made with these values" if made else "is there, with its keys")
        return
    said = f"has no key {counted(sorted(missing))}" if missing else "isn't there"
    what = "name the right keys in the values, or add them" if missing else f"create it in {wanted.namespace}"
    if needed is False:
        yield subject.ok(f"{said}, and isn't needed")
    elif needed is None:
        yield subject.warning(f"{said}: pods start without it, and pull as nobody", what)
    elif wanted in _logins(intent, wanted.namespace):
        yield subject.error(f"{said}, and a registry asks for a login: pods start, and the pull fails", what)
    else:
        yield subject.error(
            f"{said}: pods start without it, and the registry isn't reached as it should", what
        )
