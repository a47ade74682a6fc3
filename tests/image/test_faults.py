"""Each row of docs/reference/faults.md: a registry that fails once, or all the time, and what a run makes of it."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.image.initializer import Initializer, Run, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

TABLE = Path(__file__).parents[2] / "docs/reference/faults.md"
UNREACHABLE, REGISTRY_ERROR, CORRUPT = 13, 14, 22

WEIGHTS = bytes(range(256)) * 8_000
MODEL = layer(folder("model"), file("model/weights", WEIGHTS))
CUT = 1_000_000

ALWAYS = 1_000
"""More often than any run asks."""

# Fault as the table calls it: what happens to requests for the layer, how often, and the exit code.
ROWS: dict[str, tuple[Fault, int, int]] = {
    "connection cut in a layer, once": (Fault(cut=CUT), 1, 0),
    "connection cut again and again, while bytes come": (Fault(cut=200_000), ALWAYS, 0),
    "connection cut before any byte, always": (Fault(cut=0), ALWAYS, UNREACHABLE),
    "layer stalls, once": (Fault(cut=CUT, stall=True), 1, 0),
    "429 with Retry-After, twice": (Fault(status=429, headers={"Retry-After": "1"}), 2, 0),
    "429, always": (Fault(status=429), ALWAYS, REGISTRY_ERROR),
    "500, four times": (Fault(status=500), 4, 0),
    "503, always": (Fault(status=503), ALWAYS, REGISTRY_ERROR),
    "Content-Length of other bytes": (Fault(headers={"Content-Length": "7"}), ALWAYS, CORRUPT),
    "byte flipped in a layer": (Fault(flip=500_000), 1, CORRUPT),
    "byte flipped in a layer's padding": (Fault(flip=-1), 1, CORRUPT),
}

# The stall that is waited for is a constant of the program; here nobody wants to wait so long.
IMPATIENT = """
import sys
from kitserve_initializer import __main__, transport
assert transport._STALL_SECONDS > 1
transport._STALL_SECONDS = 1
sys.exit(__main__.main())
"""


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, MODEL)


def times(count: int, part: str, fault: Fault) -> Callable[[str], Fault | None]:
    """The fault for the first `count` requests whose path holds `part`."""
    left = itertools.repeat(None, count)
    return lambda path: fault if part in path and next(left, part) is None else None


def run(initializer: Initializer, proxy: Proxy, made: Packed) -> Run:
    source = f"kit://{proxy.host}/{made.repository}:v1"
    return initializer.run_program(IMPATIENT, source, flags="--plain-http --model")


def ranges(proxy: Proxy, made: Packed) -> list[str]:
    return [seen.headers.get("Range", "") for seen in proxy.seen if made.layers[0] in seen.path]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_layer_s_fault(
    registry: Registry, initializer: Initializer, made: Packed, row: tuple[Fault, int, int]
) -> None:
    fault, count, code = row
    with Proxy(registry.url, times(count, made.layers[0], fault)) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == code, ran.stderr
    assert "Traceback" not in ran.everything
    if code:
        assert listing(initializer.folder).keys() == {"termination-log"}
    else:
        assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


def test_the_table_has_every_row() -> None:
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")][2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]

    assert {row[0]: int(row[2]) for row in rows} == {name: code for name, (*_, code) in ROWS.items()}
    assert all(row[1] for row in rows)


def test_a_broken_layer_goes_on_where_it_broke(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with Proxy(registry.url, times(1, made.layers[0], Fault(cut=CUT))) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr
    assert ranges(proxy, made) == ["", f"bytes={CUT}-"]


def test_a_registry_that_knows_no_ranges_sends_all_again(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    faults = iter([Fault(cut=CUT), Fault(drop=("Range",))])
    with Proxy(registry.url, lambda path: next(faults) if made.layers[0] in path else None) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr
    assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


def test_a_manifest_is_asked_for_again(registry: Registry, initializer: Initializer, made: Packed) -> None:
    with Proxy(registry.url, times(2, "/manifests/", Fault(status=502))) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr


def test_a_token_that_expires_in_a_layer_is_replaced(
    token_registry: Registry, initializer: Initializer
) -> None:
    assert token_registry.auth
    made = pack(token_registry, MODEL)
    faults = iter([None, Fault(cut=CUT), Fault(drop=("Authorization",)), None])

    with Proxy(token_registry.url, lambda path: next(faults) if made.layers[0] in path else None) as proxy:
        ran = initializer(
            f"kit://{proxy.host}/{made.repository}:v1",
            KIT_USER=token_registry.auth.user,
            KIT_PASSWORD=token_registry.auth.password,
        )

    assert ran.exit == 0, ran.stderr
    assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


def test_another_host_gets_no_credentials(private_registry: Registry, initializer: Initializer) -> None:
    assert private_registry.auth
    made = pack(private_registry, MODEL)
    with Registry() as storage:
        storage.push_blob(made.repository, MODEL)
        with Proxy(storage.url) as elsewhere:
            place = f"http://{elsewhere.host}/v2/{made.repository}/blobs/{made.layers[0]}"
            moved = Fault(status=307, headers={"Location": place})
            with Proxy(private_registry.url, lambda path: moved if made.layers[0] in path else None) as proxy:
                ran = initializer(
                    f"kit://{proxy.host}/{made.repository}:v1",
                    KIT_USER=private_registry.auth.user,
                    KIT_PASSWORD=private_registry.auth.password,
                )

    assert ran.exit == 0, ran.stderr
    assert any("Authorization" in seen.headers for seen in proxy.seen)
    assert elsewhere.seen
    assert not any("Authorization" in seen.headers for seen in elsewhere.seen)
