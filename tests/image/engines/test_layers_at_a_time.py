"""As many layers at a time as the container has cores, shown by a registry that answers only so many at once."""

import threading

import pytest

from tests.image.concurrency.fake_machine import ELSEWHERE, sixty_four
from tests.image.initializer import Initializer, visible
from tests.image.packing import file, layer, pack
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

LAYERS = 16


class Gate:
    """Lets requests for layers through in groups of `count`; `most` are those that waited at a time."""

    def __init__(self, count: int) -> None:
        self.most = 0
        self._barrier = threading.Barrier(count)
        self._lock = threading.Lock()
        self._open = 0

    def pass_through(self) -> None:
        """Wait for the others."""
        with self._lock:
            self._open += 1
            self.most = max(self.most, self._open)
        self._barrier.wait()
        with self._lock:
            self._open -= 1


@pytest.mark.parametrize(
    ("quota", "flags", "at_a_time"),
    [
        pytest.param(8, "", 8, id="a quota of eight"),
        pytest.param(1, "", 2, id="a limit of one on a node of sixty-four"),
        pytest.param(64, "", 8, id="the whole node"),
        pytest.param(8, " --concurrency 4", 4, id="four given, of eight"),
        pytest.param(1, " --concurrency 16", 16, id="sixteen given, of one"),
    ],
)
def test_layers_at_a_time(
    registry: Registry, initializer: Initializer, quota: int, flags: str, at_a_time: int
) -> None:
    made = pack(registry, *(layer(file(f"part-{index}", b"%d" % index)) for index in range(LAYERS)))
    gate = Gate(at_a_time)

    def hold(path: str) -> None:
        if any(digest in path for digest in made.layers):
            gate.pass_through()

    with Proxy(registry.url, hold) as proxy:
        run = initializer.run_program(
            ELSEWHERE,
            f"kit://{proxy.host}/{made.repository}:v1",
            f"--plain-http{flags}",
            ROOT=str(sixty_four(initializer.folder / "root", quota)),
        )

    assert run.exit == 0, run.stderr
    assert gate.most == at_a_time
    assert len(visible(initializer.destination) - {"Kitfile"}) == LAYERS
