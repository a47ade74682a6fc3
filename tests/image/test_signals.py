"""A pod that is deleted, or a user who has seen enough: out at once, and nothing partial is visible."""

import signal

import pytest

from tests.image.initializer import Initializer, visible
from tests.image.packing import file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

MODEL = layer(file("weights", b"w" * 2_000_000))


WAITS = {
    "for the manifest": ("/manifests/", 0),
    "for a layer": ("/blobs/", 0),
    "in a layer": ("/blobs/", 1_000_000),
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("wait", WAITS)
def test_a_signal_ends_a_run_that_waits(
    registry: Registry, initializer: Initializer, number: signal.Signals, wait: str
) -> None:
    made = pack(registry, MODEL, layer(file("other")))
    part, cut = WAITS[wait]

    def stall(path: str) -> Fault | None:
        return Fault(cut=cut, stall=True) if part in path and made.config not in path else None

    with Proxy(registry.url, stall) as proxy:
        with initializer.start(f"kit://{proxy.host}/{made.repository}:v1") as process:
            proxy.stalled.wait()
            process.send_signal(number)
            stdout, stderr = process.communicate()
        run = initializer.finished(process.returncode, stdout, stderr)

    assert run.exit == 128 + number, run.stderr
    assert f"stopped by {number.name}" in run.last_line
    assert run.last_line == f"ERROR {run.termination.strip()}"
    assert visible(initializer.destination) == set()
