"""The engine of our own: every byte verified, layers in parallel, all or nothing."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from kitserve_initializer import filters, modelkit
from kitserve_initializer.credentials import first_of
from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.log import LOG, PROGRESS
from kitserve_initializer.merge import Rule
from kitserve_initializer.parallel import run
from kitserve_initializer.registry import Repository
from kitserve_initializer.staging import Staging
from kitserve_initializer.transport import Transport
from kitserve_initializer.unpack import Unpacker
from kitserve_initializer.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from kitserve_initializer.credentials import Credential, Source
    from kitserve_initializer.flags import UnpackFlags
    from kitserve_initializer.modelkit import Layer, ModelKit
    from kitserve_initializer.reference import Reference

_LAYERS_AT_A_TIME = 2


def deliver(reference: Reference, destination: Path, flags: UnpackFlags, sources: list[Source]) -> None:
    """Unpack the ModelKit `reference` into `destination`, which is made if it is missing.

    Raises:
        Failure: whatever went wrong; the destination is then as it was.
    """
    credential = first_of(sources, reference.registry)
    threads = flags.concurrency or _LAYERS_AT_A_TIME
    transport = Transport(tls_verify=flags.tls_verify, connections=threads)
    repository = Repository(reference, transport, credential, plain_http=flags.plain_http)
    kit = modelkit.fetch(repository, reference.version)
    announce(reference, kit, credential, flags)
    _refuse_parents(kit, flags.filters)
    layers = modelkit.select(kit, flags.filters)
    with Staging(destination, rule(flags)) as staging:
        names = _stage(layers, repository, staging, threads)
        staging.publish(names, kit.kitfile.yaml if filters.takes_kitfile(flags.filters) else None)
    size = sum(layer.descriptor.size for layer in layers)
    PROGRESS.info("%d layers, %d bytes, verified and unpacked to %s", len(layers), size, destination)


def _stage(layers: list[Layer], repository: Repository, staging: Staging, threads: int) -> list[str]:
    """Unpack the layers side by side, and return the names of their trees in the manifest's order."""
    stop = threading.Event()
    unpacker = Unpacker(repository, staging.rule, stop)
    trees = {f"layer-{index}": layer for index, layer in enumerate(layers)}
    tasks = [partial(unpacker.unpack, layer, staging.tree(name)) for name, layer in trees.items()]
    run(tasks, threads, stop)
    return list(trees)


def announce(reference: Reference, kit: ModelKit, credential: Credential, flags: UnpackFlags) -> None:
    """Log what is about to be unpacked, as whom."""
    LOG.info(
        "kitserve-initializer %s: %s is %s, credentials: %s, filters: %s",
        VERSION,
        reference,
        kit.digest,
        credential.source,
        " ".join(map(str, flags.filters)) or "none",
    )
    if not flags.tls_verify:
        LOG.warning("TLS certificates are not verified (--tls-verify=false)")


def _refuse_parents(kit: ModelKit, wanted: tuple[filters.Filter, ...]) -> None:
    found = modelkit.parents(kit)
    if found and (not wanted or any("model" in each.types for each in wanted)):
        raise InvalidModelKit(
            f"the ModelKit builds on another one, {found[0]}, which isn't supported",
            "pack the model itself into the ModelKit",
        )


def rule(flags: UnpackFlags) -> Rule:
    """-i wins over -o, as in `kit unpack`."""
    if flags.ignore_existing:
        return Rule.IGNORE
    return Rule.OVERWRITE if flags.overwrite else Rule.REFUSE
