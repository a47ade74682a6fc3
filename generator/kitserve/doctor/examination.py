"""All checks, in the order of what depends on what; none stops another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from kitserve.cluster.inquiry import Inquiry, NotKnown
from kitserve.doctor import intent
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.kserve import (
    crds,
    demands,
    installation,
    own_container,
    runtimes,
    storage_containers,
    webhooks,
)
from kitserve.doctor.namespace import admission, existence, keys, quota, references, secrets
from kitserve.doctor.node import image_volumes, placement, platforms, room
from kitserve.doctor.remote import asked as asking
from kitserve.doctor.remote import probe, registries, signatures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kitserve.cluster.api_server import Request
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

_OF_CLUSTER = {
    installation.GROUP: (
        installation.api_server,
        installation.controller,
        installation.mode,
        webhooks.webhooks,
        crds.definitions,
    ),
    own_container.GROUP: (
        storage_containers.of_pods,
        storage_containers.of_jobs,
        demands.demands,
    ),
    room.GROUP: (
        room.readiness,
        placement.placement,
        image_volumes.image_volumes,
        image_volumes.local_models,
    ),
    existence.GROUP: (existence.existence, quota.quotas, admission.admission),
    runtimes.GROUP: (runtimes.matches,),
    keys.GROUP: (references.accounts, references.named),
}
"""What looks at the cluster alone, by concern."""


@dataclass(frozen=True)
class Options:
    """What to look at: the objects of a release, None for what runs in `namespace`.

    `flags` are those of `kit unpack` for the way to registries from here.
    """

    namespace: str
    objects: Sequence[Data] | None
    flags: tuple[str, ...] = ()
    from_cluster: bool = False


def examine(request: Request, options: Options) -> list[Check]:
    """Return all checks, those of one concern beside each other.

    Raises:
        ClusterUnavailable: if the cluster can't be asked.
    """
    ask = Inquiry(request)
    ask.begin(installation.VERSION)
    found = _intent(ask, options)
    checks = [
        check
        for subject, look in (*_of_cluster(ask, found), *_of_models(ask, found, options))
        for check in subject.tell(look)
    ]
    checks += _hidden(ask, options)
    if options.from_cluster:
        checks += probe.checks(request, ask, found)
    groups = list(dict.fromkeys(each.group for each in checks))
    return sorted(checks, key=lambda each: groups.index(each.group))


def _intent(ask: Inquiry, options: Options) -> Intent:
    """Return what is to run; nothing where the cluster doesn't tell."""
    try:
        there = storage_containers.taken_by(ask)
    except NotKnown:
        there = {}
    if options.objects is not None:
        return intent.of_objects(options.objects, options.namespace, there)
    try:
        return intent.of_cluster(ask, options.namespace, there)
    except NotKnown:
        return intent.Intent(options.namespace, (), of_cluster=there)


def _asked(ask: Inquiry, found: Intent, flags: tuple[str, ...]) -> asking.Asked:
    """Return what registries say, of the initializer's image only if no node has it."""
    own = asking.initializer(found)
    try:
        is_there = bool(own and platforms.holders(ask, own))
    except NotKnown:
        is_there = False
    return asking.ask(ask, found, flags, "" if is_there else own)


def _hidden(ask: Inquiry, options: Options) -> Iterator[Check]:
    """Yield that what runs in the namespace isn't known, if that is to be looked at."""
    if options.objects is None:
        subject = Subject(runtimes.GROUP, options.namespace)
        yield from subject.tell(_listing, ask, options.namespace)


def _listing(ask: Inquiry, namespace: str) -> Iterator[Check]:
    found = intent.of_cluster(ask, namespace, {})
    count = len(found.workloads)
    services = f"{count} {'service' if count == 1 else 'services'}"
    yield Subject(runtimes.GROUP, namespace).ok(
        f"{services} with ModelKits: `-f values.yaml` looks at others"
    )


def _of_cluster(ask: Inquiry, found: Intent) -> Iterator[tuple[Subject, Callable[[], Iterator[Check]]]]:
    for group, checks in _OF_CLUSTER.items():
        for each in checks:
            yield Subject(group, each.__name__.replace("_", " ")), partial(each, ask, found)


def _of_models(
    ask: Inquiry, found: Intent, options: Options
) -> Iterator[tuple[Subject, Callable[[], Iterator[Check]]]]:
    """Yield what looks at registries, and at the cluster by what they say."""
    asked, there = _asked(ask, found, options.flags), options.from_cluster
    yield Subject(keys.GROUP, "logins"), lambda: secrets.sources(ask, found, asked)
    yield Subject(room.GROUP, "disk"), lambda: room.room(ask, asked)
    yield Subject(room.GROUP, "initializer's image"), lambda: platforms.platforms(ask, found, asked)
    yield Subject(registries.GROUP, "hosts"), lambda: registries.hosts(found, asked, is_judged_there=there)
    yield Subject(registries.GROUP, "ModelKits"), lambda: registries.modelkits(asked)
    yield Subject(registries.GROUP, "images"), lambda: registries.model_images(found, asked)
    yield Subject(registries.GROUP, "signatures"), lambda: signatures.signatures(found, asked, options.flags)
