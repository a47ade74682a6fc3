"""The engine `native`: every byte verified, layers in parallel, all or nothing."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from kitserve_initializer.concurrency.read_ahead import pays
from kitserve_initializer.concurrency.worker_pool import run
from kitserve_initializer.config import filters
from kitserve_initializer.destination import marker
from kitserve_initializer.destination.kitfile import KITFILE
from kitserve_initializer.destination.staging import Staging
from kitserve_initializer.engines.prepare import announce, conflict_policy, parents_of, request
from kitserve_initializer.engines.progress import Progress
from kitserve_initializer.engines.unpack_layer import Unpacker
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.paths import join, split
from kitserve_initializer.log import LOG, PROGRESS
from kitserve_initializer.modelkit import layers, placement

if TYPE_CHECKING:
    from pathlib import Path

    from kitserve_initializer.config.options import Options
    from kitserve_initializer.destination.request import Request
    from kitserve_initializer.engines.progress import Counter
    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.client import Repository

    Piece = tuple[Repository, Layer]
    """A layer, and where it is fetched from."""

_LAYERS_AT_A_TIME = 2


def deliver(reference: Reference, destination: Path, options: Options, resolver: Resolver) -> None:
    """Unpack the ModelKit `reference` into `destination`, which is created if it is missing.

    Raises:
        Failure: for any cause. The destination is then unchanged.
    """
    known = reference.digest if options.expect(reference.digest) else ""
    if known and _is_complete(destination, request(known, options)):
        return
    found = resolver.resolve(reference)
    announce(found, options)
    if _is_complete(destination, request(found.kit.digest, options)):
        return
    parents = parents_of(found, options, resolver)
    pieces = _pieces(found, parents, options)
    with Staging(destination, request(found.kit.digest, options, parents)) as staging:
        if staging.is_done:
            return
        kitfile = _kitfile(found, options)
        staging.check_planned(_planned([layer for _, layer in pieces], options), kitfile)
        names = _stage(pieces, options, staging)
        staging.publish(names, kitfile)
    size = sum(layer.descriptor.size for _, layer in pieces)
    PROGRESS.info("%d layers, %d bytes, verified and unpacked to %s", len(pieces), size, destination)


def _planned(layers: list[Layer], options: Options) -> list[str]:
    """Return the paths that are known before the layers' content, without those that patterns may leave out."""
    if options.patterns:
        return []
    return [_path(layer) for layer in layers]


def _path(layer: Layer) -> str:
    if layer.file:
        return join(placement.lift(layer.file.parts, layer.root, is_file=True))
    if not layer.root:
        return layer.entry.path
    return join(placement.lift(split(layer.entry.path), layer.root, is_file=False))


def _is_complete(destination: Path, asked: Request) -> bool:
    with destination_errors(str(destination)):
        complete = marker.is_complete(destination, asked)
    if not complete:
        return False
    LOG.info("%s holds %s already, unpacked as asked for", destination, asked.digest)
    return True


def _pieces(found: ResolvedModelKit, parents: list[ResolvedModelKit], options: Options) -> list[Piece]:
    """Return the layers to unpack, parents first. Only filters for models and parts select a parent's layers."""
    wanted = [(parent, filters.for_parents(options.filters)) for parent in parents] + [
        (found, options.filters)
    ]
    pieces = [(each.repository, layer) for each, taken in wanted for layer in layers.select(each.kit, taken)]
    entries = [entry for each, _ in wanted for entry in each.kit.entries]
    placed = placement.place([layer for _, layer in pieces], entries, options.layout)
    return [(repository, layer) for (repository, _), layer in zip(pieces, placed, strict=True)]


def _kitfile(found: ResolvedModelKit, options: Options) -> bytes | None:
    """Return the Kitfile if it is wanted and there is one."""
    if not (filters.takes_kitfile(options.filters) and options.patterns.take((KITFILE,))):
        return None
    if not found.kit.has_kitfile:
        LOG.info("%s holds no Kitfile, and none is written", found.reference)
        return None
    return found.kit.kitfile.yaml


def _stage(pieces: list[Piece], options: Options, staging: Staging) -> list[str]:
    """Unpack the layers in parallel, and return the names of their trees in the layers' order."""
    stop = threading.Event()
    at_a_time = options.concurrency or _LAYERS_AT_A_TIME
    unpacker = partial(
        Unpacker,
        policy=conflict_policy(options),
        patterns=options.patterns,
        stop=stop,
        stages=pays(min(at_a_time, len(pieces))),
    )
    works = [(unpacker(repository), layer) for repository, layer in pieces]
    trees = {
        f"{index}-{unpacker.key(layer)}": (unpacker, layer) for index, (unpacker, layer) in enumerate(works)
    }
    missing = staging.begin(trees)
    if len(missing) < len(trees):
        PROGRESS.info("%d layers were fetched by a run before", len(trees) - len(missing))
    # What they hold is known when they are unpacked, but compressed or not it is hardly less.
    progress = Progress(sum(trees[name][1].descriptor.size for name in missing))
    staging.require(progress.total)
    tasks = [partial(_fill, *trees[name], name, staging, progress.counter()) for name in missing]
    with progress:
        run(tasks, at_a_time, stop)
    return list(trees)


def _fill(unpacker: Unpacker, layer: Layer, name: str, staging: Staging, counter: Counter) -> None:
    tree = staging.tree(name)
    unpacker.unpack(layer, tree, counter)
    staging.finish(name, tree)
