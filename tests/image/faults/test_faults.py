"""What a run makes of a registry that fails once or always: rows of docs/reference/faults.md."""

import itertools
import socket
import ssl
from collections.abc import Callable
from typing import Literal

import pytest

from tests.image.answering import Answering
from tests.image.certificates import Company
from tests.image.faults.fault_table import row, rows
from tests.image.initializer import Initializer, Run, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry
from tests.parts.token_server import SERVICE, TokenServer

UNREACHABLE, REGISTRY_ERROR, CORRUPT = 13, 14, 22

WEIGHTS = bytes(range(256)) * 8_000
MODEL = layer(folder("model"), file("model/weights", WEIGHTS))
CUT = 1_000_000

ALWAYS = 1_000
"""More often than any run asks."""

# What happens to requests for the layer, how often, and the exit code.
LAYER_FAULTS: dict[str, tuple[Fault, int, int]] = {
    "connection cut in a layer, once": (Fault(cut=CUT), 1, 0),
    "connection cut again and again, while bytes come": (Fault(cut=200_000), ALWAYS, 0),
    "connection cut before any byte, always": (Fault(cut=0), ALWAYS, UNREACHABLE),
    "connection reset in a layer, once": (Fault(cut=CUT, reset=True), 1, 0),
    "layer stalls, once": (Fault(cut=CUT, stall=True), 1, 0),
    "layer stalls, always": (Fault(cut=0, stall=True), ALWAYS, UNREACHABLE),
    "429 with Retry-After, twice": (Fault(status=429, headers={"Retry-After": "1"}), 2, 0),
    "429, always": (Fault(status=429), ALWAYS, REGISTRY_ERROR),
    "500, four times": (Fault(status=500), 4, 0),
    "503, always": (Fault(status=503), ALWAYS, REGISTRY_ERROR),
    "Content-Length of other bytes": (Fault(headers={"Content-Length": "7"}), ALWAYS, CORRUPT),
    "cut in a layer whose length isn't told, again and again": (
        Fault(cut=200_000, framing="chunked"),
        ALWAYS,
        0,
    ),
    "cut behind the last byte of a layer whose length isn't told": (
        Fault(cut=len(MODEL), framing="chunked"),
        ALWAYS,
        0,
    ),
    "layer without a length whose connection just ends, once": (Fault(cut=CUT, framing="close"), 1, 0),
    "byte flipped in a layer": (Fault(flip=500_000), 1, CORRUPT),
    "byte flipped in a layer's padding": (Fault(flip=-1), 1, CORRUPT),
}

# How long a stall is waited for is a constant of the program; here nobody wants to wait so long.
IMPATIENT = """
import sys
from kitserve_initializer import __main__
from kitserve_initializer.wire import pace
assert pace.STALL_SECONDS > 1
pace.STALL_SECONDS = 1
sys.exit(__main__.main())
"""


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, MODEL)


def times(count: int, part: str, fault: Fault) -> Callable[[str], Fault | None]:
    """The fault for the first `count` requests whose path holds `part`."""
    left = itertools.repeat(None, count)
    return lambda path: fault if part in path and next(left, part) is None else None


def run(initializer: Initializer, proxy: Proxy, made: Packed, *, stalls: bool = False) -> Run:
    """Run the initializer; a slow machine isn't taken for a stall where none is meant."""
    program, given = (IMPATIENT, {"KITSERVE_FIRST_BYTE_SECONDS": "1"}) if stalls else ("", {})
    source = f"kit://{proxy.host}/{made.repository}:v1"
    return initializer.run_program(program, source, "--plain-http --model", **given)


def ranges(proxy: Proxy, made: Packed) -> list[str]:
    return [seen.headers.get("Range", "") for seen in proxy.seen if made.layers[0] in seen.path]


@rows({name: code for name, (*_, code) in LAYER_FAULTS.items()})
def test_a_layer_s_fault(
    registry: Registry, initializer: Initializer, made: Packed, fault: str, code: int
) -> None:
    answer, count, _ = LAYER_FAULTS[fault]
    with Proxy(registry.url, times(count, made.layers[0], answer)) as proxy:
        ran = run(initializer, proxy, made, stalls=answer.stall)

    assert ran.exit == code, ran.stderr
    assert "Traceback" not in ran.everything
    assert "Error: trying again" not in ran.stderr
    if code:
        assert listing(initializer.folder).keys() == {"termination-log"}
    else:
        assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


@row("connection refused, always", UNREACHABLE)
def test_nobody_listens(initializer: Initializer, code: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        ran = initializer(f"kit://127.0.0.1:{port}/a/b:v1")

    assert ran.exit == code, ran.stderr
    assert f"the connection to 127.0.0.1:{port} failed: Connection refused" in ran.termination
    assert ran.stderr.count("trying again") == 1, "a line for each try"


def test_a_broken_layer_goes_on_where_it_broke(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with Proxy(registry.url, times(1, made.layers[0], Fault(cut=CUT))) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr
    assert ranges(proxy, made) == ["", f"bytes={CUT}-"]


@row("Range ignored: 200 instead of 206", 0)
def test_a_registry_that_knows_no_ranges_sends_all_again(
    registry: Registry, initializer: Initializer, made: Packed, code: int
) -> None:
    faults = iter([Fault(cut=CUT), Fault(drop=("Range",))])
    with Proxy(registry.url, lambda path: next(faults) if made.layers[0] in path else None) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == code, ran.stderr
    assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


REFUSED: dict[str, Fault] = {
    "Range refused with 400, 405 or 416": Fault(status=416),
    "Range answered with another range": Fault(
        headers={"Content-Range": f"bytes 0-{len(MODEL)}/{len(MODEL)}"}
    ),
}


@rows(dict.fromkeys(REFUSED, 0))
def test_a_registry_that_can_t_do_ranges_is_asked_for_all(
    registry: Registry, initializer: Initializer, made: Packed, fault: str, code: int
) -> None:
    """go-containerregistry's own registry refuses a Range without an end (anchore/stereoscope#695)."""
    faults = iter([Fault(cut=CUT), REFUSED[fault]])
    with Proxy(registry.url, lambda path: next(faults, None) if made.layers[0] in path else None) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == code, ran.stderr
    assert ranges(proxy, made) == ["", f"bytes={CUT}-", ""]
    assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


@pytest.mark.parametrize("told", ["", f"Bytes={CUT}-{len(MODEL) - 1}/*"], ids=["not at all", "otherwise"])
def test_a_part_that_is_told_in_another_way(
    registry: Registry, initializer: Initializer, made: Packed, told: str
) -> None:
    faults = iter([Fault(cut=CUT), Fault(headers={"Content-Range": told})])
    with Proxy(registry.url, lambda path: next(faults, None) if made.layers[0] in path else None) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr
    assert ranges(proxy, made) == ["", f"bytes={CUT}-"]


def test_a_layer_that_broke_behind_its_last_byte_is_whole(
    registry: Registry, initializer: Initializer, made: Packed
) -> None:
    with Proxy(registry.url, times(1, made.layers[0], Fault(cut=len(MODEL), framing="chunked"))) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr
    assert ranges(proxy, made) == [""]


@row("registry holds fewer bytes, and tells no length", CORRUPT)
@pytest.mark.parametrize("framing", ["chunked", "close"])
def test_a_layer_that_is_short_in_the_registry(
    initializer: Initializer, framing: Literal["chunked", "close"], code: int
) -> None:
    with Registry() as damaged:
        made = pack(damaged, MODEL)
        damaged.storage.truncate(made.layers[0], CUT)
        with Proxy(damaged.url, times(ALWAYS, made.layers[0], Fault(framing=framing))) as proxy:
            ran = run(initializer, proxy, made)

    assert ran.exit == code, ran.stderr
    assert "has fewer bytes in the registry than its manifest says (416)" in ran.termination
    assert ranges(proxy, made) == ["", f"bytes={CUT}-", ""]
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_manifest_is_asked_for_again(registry: Registry, initializer: Initializer, made: Packed) -> None:
    with Proxy(registry.url, times(2, "/manifests/", Fault(status=502))) as proxy:
        ran = run(initializer, proxy, made)

    assert ran.exit == 0, ran.stderr


@row("token expires half way", 0)
def test_a_token_that_expires_in_a_layer_is_replaced(
    token_registry: Registry, initializer: Initializer, code: int
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

    assert ran.exit == code, ran.stderr
    assert (initializer.destination / "model/weights").read_bytes() == WEIGHTS


@rows({"token server answers 503, twice": 0, "token server answers 503, always": REGISTRY_ERROR})
def test_a_token_server_s_fault(
    token_registry: Registry, initializer: Initializer, fault: str, code: int
) -> None:
    assert isinstance(token_registry.auth, TokenServer)
    made = pack(token_registry, MODEL)
    count = 2 if fault.endswith("twice") else ALWAYS
    realm = token_registry.auth.realm
    with Proxy(realm.removesuffix("/token"), times(count, "/token", Fault(status=503))) as tokens:
        challenge = f'Bearer realm="http://{tokens.host}/token",service="{SERVICE}"'
        moved = Fault(headers={"Www-Authenticate": challenge})
        with Proxy(token_registry.url, lambda _: moved) as proxy:
            ran = initializer(
                f"kit://{proxy.host}/{made.repository}:v1",
                KIT_USER=token_registry.auth.user,
                KIT_PASSWORD=token_registry.auth.password,
            )

    assert ran.exit == code, ran.stderr
    assert len(tokens.seen) == (3 if code == 0 else 5)


@row("storage behind a redirect answers 403, once", 0)
def test_a_signature_that_has_expired_is_made_anew(
    registry: Registry, initializer: Initializer, made: Packed, code: int
) -> None:
    faults = iter([Fault(cut=CUT), Fault(status=403)])
    with Proxy(registry.url, lambda _: next(faults, None)) as storage:
        place = f"http://{storage.host}/v2/{made.repository}/blobs/{made.layers[0]}"
        moved = Fault(status=307, headers={"Location": place})
        with Proxy(registry.url, lambda path: moved if made.layers[0] in path else None) as proxy:
            ran = run(initializer, proxy, made)

    assert ran.exit == code, ran.stderr
    assert ranges(storage, made) == ["", f"bytes={CUT}-", f"bytes={CUT}-"]
    assert ranges(proxy, made) == ranges(storage, made)


@row("redirect to another host", 0)
def test_another_host_gets_no_credentials(
    private_registry: Registry, initializer: Initializer, code: int
) -> None:
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

    assert ran.exit == code, ran.stderr
    assert any("Authorization" in seen.headers for seen in proxy.seen)
    assert elsewhere.seen
    assert not any("Authorization" in seen.headers for seen in elsewhere.seen)


# The floor of speed is one as well.
HURRIED = """
import sys
from kitserve_initializer import __main__
from kitserve_initializer.wire import pace
assert pace.FLOOR_SECONDS > 1
pace.FLOOR_SECONDS = 0.2
sys.exit(__main__.main())
"""


@rows({"layer comes byte by byte, always": UNREACHABLE, "layer brings one byte with each try": UNREACHABLE})
def test_a_layer_that_hardly_comes(
    registry: Registry, initializer: Initializer, made: Packed, fault: str, code: int
) -> None:
    answer = Fault(drip=True) if "byte by byte" in fault else Fault(cut=1)
    with Proxy(registry.url, times(ALWAYS, made.layers[0], answer)) as proxy:
        ran = initializer.run_program(
            HURRIED, f"kit://{proxy.host}/{made.repository}:v1", flags="--plain-http --model"
        )

    assert ran.exit == code, ran.stderr
    assert ("answers too slowly" if "byte by byte" in fault else "it ended early") in ran.termination
    assert len(ranges(proxy, made)) == 5
    assert listing(initializer.folder).keys() == {"termination-log"}


@row("answers 1xx without end", REGISTRY_ERROR)
def test_interim_answers_without_end(initializer: Initializer, code: int) -> None:
    with Answering(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000) as host:
        ran = initializer(f"kit://{host}/a/b:v1")

    assert ran.exit == code, ran.stderr
    assert "answers with more than 32 answers 1xx" in ran.termination


@row("redirect from https to http", REGISTRY_ERROR)
def test_a_registry_that_redirects_to_http(
    registry: Registry, company: Company, initializer: Initializer, code: int
) -> None:
    moved = Fault(status=307, headers={"Location": f"{registry.url}/v2/"})
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*company.pair("localhost"))
    with Proxy(registry.url, lambda _: moved, tls) as proxy:
        ran = initializer(f"kit://{proxy.host}/golden/iris:v1", flags=f"--tls-cert {company.file}")

    assert ran.exit == code, ran.stderr
    assert f"{proxy.host} redirects from https to http, which is refused" in ran.termination
