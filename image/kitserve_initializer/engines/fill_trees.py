"""Layers into the trees of a staging folder, side by side: each digest is fetched once, however many places it gets."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.concurrency.worker_pool import run
from kitserve_initializer.engines.prepare import conflict_policy
from kitserve_initializer.engines.progress import Progress
from kitserve_initializer.engines.unpack_layer import Unpacker
from kitserve_initializer.errors import Failure, InvalidModelKit, RegistryFailure
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve_initializer.config.options import Options
    from kitserve_initializer.destination.draft import Draft
    from kitserve_initializer.destination.staging import Staging
    from kitserve_initializer.engines.progress import Counter
    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.registry.client import Repository

    Piece = tuple[Repository, Layer]
    """A layer, and where it is fetched from."""

_PLACES_LIMIT = 20_000
"""Layers of a ModelKit, with those of its parents, that get a place: each costs a folder, and a manifest of 4 MiB,
which is what registries take, holds fewer."""


class _Work(NamedTuple):
    """A tree to fill, by its name."""

    name: str
    unpacker: Unpacker
    layer: Layer


def distinct(pieces: list[Piece], policy: ConflictPolicy) -> list[Piece]:
    """Leave out what gives the same files in the same places again; of -o the last one counts, else the first.

    Raises:
        InvalidModelKit: if too many are left.
    """
    ordered = pieces[::-1] if policy is ConflictPolicy.OVERWRITE else pieces
    by_key: dict[str, Piece] = {}
    for piece in ordered:
        by_key.setdefault(piece[1].key, piece)
    if len(by_key) > _PLACES_LIMIT:
        raise InvalidModelKit(f"the ModelKit has more than {_PLACES_LIMIT} layers to unpack")
    found = [*by_key.values()]
    return found[::-1] if policy is ConflictPolicy.OVERWRITE else found


class Filled(NamedTuple):
    """The names of trees, in the order their layers were given in, and the bytes that this run fetched for them."""

    names: list[str]
    fetched: int


def fill(pieces: list[Piece], options: Options, staging: Staging) -> Filled:
    """Unpack the layers side by side, each into a tree."""
    stop = threading.Event()
    unpacker = partial(
        Unpacker,
        policy=conflict_policy(options),
        patterns=options.patterns,
        stop=stop,
        stages=options.shares.stages(len(pieces)),
    )
    works = [_work(index, unpacker(repository), layer) for index, (repository, layer) in enumerate(pieces)]
    whole = _size(_by_digest(works))
    missing = {*staging.begin([work.name for work in works], spills=options.shares.spills(whole))}
    groups = _by_digest(work for work in works if work.name in missing)
    size = _size(groups)
    kept = whole - size
    # What they hold is known when they are unpacked, but compressed or not it is hardly less.
    held = min(staging.begun(missing), size)
    staging.require(size - held + sum(_again(group) for group in groups))
    if len(missing) < len(works):
        say(events.LAYERS_KEPT, layers=len(works) - len(missing), bytes=kept)
    if groups:
        say(events.FETCHING, layers=len(groups), bytes=size)
    repositories = {repository for repository, _ in pieces}
    progress = Progress(
        whole, kept, is_awaited=lambda: any(repository.is_awaited for repository in repositories)
    )
    tasks = [partial(_fill, group, staging, progress.counter()) for group in groups]
    with progress:
        run(tasks, options.shares.layers, stop)
    return Filled([work.name for work in works], progress.fetched)


def _work(index: int, unpacker: Unpacker, layer: Layer) -> _Work:
    return _Work(f"{index}-{unpacker.key(layer)}", unpacker, layer)


def _by_digest(works: Iterable[_Work]) -> list[list[_Work]]:
    groups: dict[tuple[str, int], list[_Work]] = {}
    for work in works:
        groups.setdefault((work.layer.descriptor.digest, work.layer.descriptor.size), []).append(work)
    return [*groups.values()]


def _size(groups: list[list[_Work]]) -> int:
    """Return the bytes of all blobs."""
    return sum(group[0].layer.descriptor.size for group in groups)


def _again(group: list[_Work]) -> int:
    """Return the bytes that a blob takes beside what is made of it."""
    return group[0].layer.descriptor.size if len(group) > 1 else 0


def _fill(group: list[_Work], staging: Staging, counter: Counter) -> None:
    """Fill the trees of one blob, which is kept for the time if there are several."""
    first = group[0]
    if len(group) > 1:
        with (
            closing(first.unpacker.fetched(first.layer, counter)) as blob,
            staging.kept(blob) as kept,
        ):
            for work in group:
                _fill_tree(work, work.unpacker.verified(first.layer, kept.chunks()), staging)
    elif first.layer.compression:
        # Its files don't give back the compressed bytes, which its digest is of.
        with closing(first.unpacker.fetched(first.layer, counter)) as blob:
            _fill_tree(first, blob, staging)
    else:
        _take_up(first, staging, counter)


def _fill_tree(work: _Work, chunks: Iterable[bytes], staging: Staging) -> None:
    tree = staging.tree(work.name)
    work.unpacker.unpack(work.layer, tree, chunks)
    staging.finish(work.name, tree)


def _take_up(work: _Work, staging: Staging, counter: Counter) -> None:
    """Fill a tree from what an earlier run left of it, and the registry.

    Whatever is wrong then may be the disk's fault: nothing is concluded before the layer came whole from the registry.
    """
    draft = staging.draft(work.name)
    try:
        _fill_draft(draft, work, staging, counter)
    except RegistryFailure:
        raise
    except Failure as failure:
        if not draft.held.count:
            raise
        say(events.LAYER_DISTRUSTED, layer=work.layer, cause=failure.cause, kept_bytes=draft.held.count)
        counter.kept = counter.fetched = 0
        staging.forget(work.name)
        _fill_draft(staging.draft(work.name), work, staging, counter)


def _fill_draft(draft: Draft, work: _Work, staging: Staging, counter: Counter) -> None:
    try:
        with closing(work.unpacker.fetched(work.layer, counter, draft.held)) as blob:
            work.unpacker.unpack(work.layer, draft.tree, blob, draft.held)
    finally:
        draft.journal.close()
    staging.finish(work.name, draft.tree)
