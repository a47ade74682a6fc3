"""The engine of our own: every byte verified, layers in parallel, all or nothing."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from kitserve_initializer import filters, layout, marker, modelkit
from kitserve_initializer.credentials import first_of
from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.log import LOG, PROGRESS
from kitserve_initializer.marker import Request
from kitserve_initializer.merge import Rule
from kitserve_initializer.parallel import run
from kitserve_initializer.paths import join, split
from kitserve_initializer.publish import KITFILE
from kitserve_initializer.registry import Repository
from kitserve_initializer.staging import Staging
from kitserve_initializer.unpack import Unpacker
from kitserve_initializer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitserve_initializer.credentials import Credential, Source
    from kitserve_initializer.flags import UnpackFlags
    from kitserve_initializer.modelkit import Layer, ModelKit
    from kitserve_initializer.reference import Reference
    from kitserve_initializer.transport import Transport

_LAYERS_AT_A_TIME = 2


def deliver(
    reference: Reference,
    destination: Path,
    flags: UnpackFlags,
    sources: list[Source],
    transport: Transport,
) -> None:
    """Unpack the ModelKit `reference` into `destination`, which is made if it is missing.

    Raises:
        Failure: whatever went wrong; the destination is then as it was.
    """
    if reference.digest and _is_complete(destination, request(reference.digest, flags)):
        return
    credential = first_of(sources, reference.registry)
    threads = flags.concurrency or _LAYERS_AT_A_TIME
    repository = Repository(reference, transport, credential, plain_http=flags.plain_http)
    kit = modelkit.fetch(repository, reference.version)
    announce(reference, kit, credential, flags)
    asked = request(kit.digest, flags)
    if _is_complete(destination, asked):
        return
    _refuse_parents(kit, flags.filters)
    layers = layout.place(modelkit.select(kit, flags.filters), kit.kitfile.entries, flags.layout)
    with Staging(destination, asked) as staging:
        if staging.is_done:
            return
        kitfile = kit.kitfile.yaml if _takes_kitfile(flags) else None
        staging.foresee(_planned(layers, flags), kitfile)
        names = _stage(layers, partial(Unpacker, repository, rule(flags), flags.patterns), staging, threads)
        staging.publish(names, kitfile)
    size = sum(layer.descriptor.size for layer in layers)
    PROGRESS.info("%d layers, %d bytes, verified and unpacked to %s", len(layers), size, destination)


def check(reference: Reference, flags: UnpackFlags, sources: list[Source], transport: Transport) -> None:
    """Resolve the reference and log in, as `deliver` would, and fetch no layer.

    Raises:
        Failure: whatever `deliver` would have met so far.
    """
    credential = first_of(sources, reference.registry)
    repository = Repository(reference, transport, credential, plain_http=flags.plain_http)
    announce(reference, modelkit.fetch(repository, reference.version), credential, flags)


def request(digest: str, flags: UnpackFlags) -> Request:
    """Return what the destination's marker is compared with."""
    return Request(
        digest,
        tuple(map(str, flags.filters)),
        rule(flags).name,
        flags.layout,
        flags.patterns.allow,
        flags.patterns.ignore,
    )


def _takes_kitfile(flags: UnpackFlags) -> bool:
    return filters.takes_kitfile(flags.filters) and flags.patterns.take((KITFILE,))


def _planned(layers: list[Layer], flags: UnpackFlags) -> list[str]:
    """Return the paths that are known before the layers' content is; what patterns leave out isn't."""
    if flags.patterns:
        return []
    if flags.layout == layout.KIT:
        return [layer.entry.path for layer in layers]
    return [join(layout.lift(split(layer.entry.path), layer.root, is_file=False)) for layer in layers]


def _is_complete(destination: Path, asked: Request) -> bool:
    if not marker.is_complete(destination, asked):
        return False
    LOG.info("%s holds %s already, unpacked as asked for", destination, asked.digest)
    return True


def _stage(
    layers: list[Layer], unpacker_until: Callable[[threading.Event], Unpacker], staging: Staging, threads: int
) -> list[str]:
    """Unpack the layers side by side, and return the names of their trees in the manifest's order."""
    stop = threading.Event()
    unpacker = unpacker_until(stop)
    trees = {f"{index}-{unpacker.key(layer)}": layer for index, layer in enumerate(layers)}
    missing = staging.begin(trees)
    if len(missing) < len(trees):
        PROGRESS.info("%d layers were fetched by a run before", len(trees) - len(missing))
    # What they hold is known when they are unpacked, but compressed or not it is hardly less.
    staging.require(sum(trees[name].descriptor.size for name in missing))
    run([partial(_fill, unpacker, trees[name], name, staging) for name in missing], threads, stop)
    return list(trees)


def _fill(unpacker: Unpacker, layer: Layer, name: str, staging: Staging) -> None:
    tree = staging.tree(name)
    unpacker.unpack(layer, tree)
    staging.finish(name, tree)


def announce(reference: Reference, kit: ModelKit, credential: Credential, flags: UnpackFlags) -> None:
    """Log what is about to be unpacked, as whom."""
    LOG.info(
        "kitserve-initializer %s: %s is %s, credentials: %s, filters: %s%s%s",
        VERSION,
        reference,
        kit.digest,
        credential.source,
        " ".join(map(str, flags.filters)) or "none",
        f", layout: {flags.layout}" if flags.layout != layout.KIT else "",
        f", {flags.patterns}" if flags.patterns else "",
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
