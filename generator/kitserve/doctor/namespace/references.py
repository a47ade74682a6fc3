"""What services refer to by name in their namespaces: accounts, pull secrets, claims, keys of `storage-config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import maps, text
from kitserve.doctor.check import Check, counted
from kitserve.doctor.kserve.installation import settings
from kitserve.doctor.namespace.keys import Wanted, lacking
from kitserve.doctor.workload import claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.workload import Workload

_PULL_KEY = ".dockerconfigjson"
_STORAGE_SECRET = "storage-config"  # noqa: S105 - a name
_OWN = "default"
"""The account that Kubernetes makes in each namespace."""


def accounts(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield whether service accounts are there, and the Secrets that KServe reads of them."""
    named = {(each.account or _OWN, each.namespace) for each in intent.workloads}
    for name, namespace in sorted(named):
        wanted = Wanted("ServiceAccount", name, namespace)
        yield from wanted.subject.tell(_account, ask, intent, wanted)


def _account(ask: Inquiry, intent: Intent, wanted: Wanted) -> Iterator[Check]:
    made, subject = intent.makes(*wanted), wanted.subject
    found = made or ask.get(path_to("v1", "serviceaccounts", wanted.name, wanted.namespace))
    if found is None:
        if wanted.name != _OWN:
            hint = "create it, or let the values make it (`serviceAccounts`)"
            yield subject.error("the account isn't there: no pod is made", hint)
        return
    # A Secret that is listed and missing fails a pod's admission (pkg/credentials/service_account_credentials.go).
    listed = [text(each, ("name",)) for _, each in maps(found, ("secrets",))]
    secrets = (Wanted("Secret", name, wanted.namespace) for name in filter(None, listed))
    missing = [each.name for each in secrets if lacking(ask, intent, each, set()) is None]
    if missing:
        message = (
            f"it lists Secrets that aren't there ({counted(missing)}): KServe's webhook refuses its pods"
        )
        yield subject.error(message, "create them, or take them out of `secrets`")
    elif wanted.name != _OWN:
        yield subject.ok("is made with these values" if made else "is there")


def named(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield whether pull secrets, keys of `storage-config`, and claims are there, each once for all services."""
    users: dict[tuple[Wanted, str], Workload] = {}
    for service in intent.workloads:
        for each in _named(ask, service):
            users.setdefault(each, service)
    for (wanted, key), service in users.items():
        yield from wanted.subject.tell(_needed, ask, intent, wanted, key, service)


def _named(ask: Inquiry, service: Workload) -> Iterator[tuple[Wanted, str]]:
    place = service.namespace
    yield from ((Wanted("Secret", name, place), _PULL_KEY) for name in service.pull_secrets)
    if key := text(service.item, ("spec", "predictor", "model", "storage", "key")):
        yield Wanted("Secret", _storage_secret(ask), place), key
    yield from ((Wanted("PersistentVolumeClaim", name, place), "") for name in claims(service))


def _storage_secret(ask: Inquiry) -> str:
    try:
        said = (settings(ask, "credentials") or {}).get("storagespecsecretname")
    except NotKnown:
        said = None
    return said if isinstance(said, str) and said else _STORAGE_SECRET


def _needed(ask: Inquiry, intent: Intent, wanted: Wanted, key: str, service: Workload) -> Iterator[Check]:
    missing = lacking(ask, intent, wanted, {key} if key else set())
    if missing is None:
        yield wanted.subject.error(
            f"{service.place} needs it, and it isn't there", "create it before you apply"
        )
    elif missing:
        yield wanted.subject.error(
            f"{service.place} needs its key {key}, which it doesn't have", "add the key"
        )
    else:
        made = "is made with these values" if intent.makes(*wanted) else "is there"
        yield wanted.subject.ok(f"{made}, for {service.name}")
