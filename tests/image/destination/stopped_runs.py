"""Runs that are stopped in the middle of their first layer, and what the next one asks for."""

import os
import random
import signal
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kitserve_initializer.destination.names import STAGING, earlier, stream

from tests.image.initializer import Initializer
from tests.image.packing import Packed
from tests.image.proxy import Fault, Proxy

MIB = 1024 * 1024
LOST = 3 * MIB
"""Bytes before the stop that may be fetched again: a step of the journal, and what was on its way to the disk."""
ALONE = "--plain-http --concurrency 1"


def noise(size: int, seed: int = 0) -> bytes:
    """The same bytes each time, which nothing compresses."""
    return random.Random(seed).randbytes(size)  # noqa: S311


@dataclass(frozen=True)
class Stopped:
    """How a run that will be stopped is started; of what it gets `unwritten` bytes are in no file."""

    initializer: Initializer
    flags: str = ALONE
    variables: Mapping[str, str] = field(default_factory=dict)
    unwritten: int = 0


def uri(proxy: Proxy, packed: Packed) -> str:
    """The ModelKit's reference behind the proxy."""
    return f"kit://{proxy.host}/{packed.repository}:v1"


def stop(
    run: Stopped, packed: Packed, proxy: Proxy, cut: int, number: signal.Signals = signal.SIGKILL
) -> int:
    """Stop a run by a signal when it has written what comes of the first layer's first `cut` bytes.

    A run that takes up an earlier one gets as many more. Return from where on it asked for them.
    """
    proxy.fault = lambda path: Fault(cut=cut, stall=True) if packed.layers[0] in path else None
    with run.initializer.start(uri(proxy, packed), flags=run.flags, **run.variables) as process:
        while not (proxy.stalled.is_set() and written(run.initializer) >= cut - LOST // 2 - run.unwritten):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate()
    begin = begins(proxy, packed)[0]
    proxy.fault = lambda _: None
    proxy.seen.clear()
    proxy.stalled.clear()
    return begin


def begins(proxy: Proxy, packed: Packed) -> list[int]:
    """Where the first layer's bytes were asked for from on."""
    asked = [seen.headers.get("Range", "bytes=0-") for seen in proxy.seen if packed.layers[0] in seen.path]
    return [int(each.removeprefix("bytes=").partition("-")[0]) for each in asked]


def draft(initializer: Initializer) -> Path:
    """The half-filled tree."""
    return left(initializer, stream("")).with_suffix("")


def journal(initializer: Initializer) -> Path:
    """Its journal."""
    return left(initializer, stream(""))


def aside(initializer: Initializer) -> Path:
    """What was put aside of it."""
    return left(initializer, earlier(""))


def left(initializer: Initializer, ending: str) -> Path:
    (found,) = (path for path in staged(initializer) if path.name.endswith(ending))
    return found


def staged(initializer: Initializer) -> Iterable[Path]:
    """What lies in the staging folder."""
    folder = initializer.destination / STAGING
    return folder.iterdir() if folder.exists() else ()


def written(initializer: Initializer) -> int:
    """Bytes of all files in the staging folder."""
    total = 0
    for folder, _, names in os.walk(initializer.destination / STAGING):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(folder, name).stat().st_size
    return total
