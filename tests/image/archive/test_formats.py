"""What newer kits pack: raw files, zstd, prompts, MCP bundles, datasets that lie elsewhere."""

import random
import tarfile

import pytest
from backports import zstd

from tests.bench.throttle import Throttle
from tests.image.artifacts import KIT, PATH, Blob, push_modelkit, raw, tarred
from tests.image.initializer import MARKER, Initializer, listing
from tests.image.packing import digest, file, folder, layer, pack
from tests.image.peak_memory import FRUGAL, MIB, PEAK_MIB
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

NOT_A_MODELKIT, INVALID, CORRUPT, INVALID_ARCHIVE = 20, 21, 22, 24

MODEL = layer(folder("model"), file("model/weights", bytes(range(256)) * 300))
FORMS = ["model.v1.raw", "model.v1.raw+gzip", "model.v1.raw+zstd", "model.v1.tar+gzip", "model.v1.tar+zstd"]


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_of_a_layer(registry: Registry, initializer: Initializer, kind: str) -> None:
    content = b"w" * 70_000
    model = Blob(
        kind, content if "raw" in kind else layer(file("model/weights", content)), {PATH: "model/weights"}
    )
    made = push_modelkit(registry, {"model": model.entry(name="net", path="model/weights")}, [model])

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "model/weights").read_bytes() == content
    assert listing(initializer.destination).keys() == {"Kitfile", "model", "model/weights"}


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("", {"Kitfile", "run.py", "ask.md", "servers", "servers/files.mcpb"}),
        ("-f prompts", {"ask.md"}),
        ("-f code", {"run.py"}),
        ("-f mcpservers:files", {"servers", "servers/files.mcpb"}),
    ],
)
def test_prompts_and_mcp_servers(
    registry: Registry, initializer: Initializer, flags: str, expected: set[str]
) -> None:
    code = tarred("code", "run.py", layer(file("run.py")))
    prompt = Blob(
        "code.v1.tar",
        layer(file("ask.md")),
        {PATH: "ask.md", "ml.kitops.modelkit.layer-subtype": "prompt"},
    )
    server = raw("mcpb", "servers/files.mcpb", b"PK\x03\x04", mode=0o644, size=4)
    kitfile = {
        "code": [code.entry(path="run.py")],
        "prompts": [prompt.entry(path="ask.md")],
        "mcpServers": [server.entry(name="files", path="servers/files.mcpb")],
    }
    made = push_modelkit(registry, kitfile, [code, prompt, server])

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == expected


def test_what_no_entry_names_is_skipped_and_told(registry: Registry, initializer: Initializer) -> None:
    model = tarred("model", "model", MODEL)
    others = [Blob("text/plain", b"?"), Blob("hologram.v1.tar", b"?")]
    made = push_modelkit(registry, {"model": model.entry(path="model")}, [model, *others])

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"Kitfile", "model", "model/weights"}
    for media_type in ("text/plain", f"{KIT}hologram.v1.tar"):
        assert f"WARNING layers of type {media_type!r} that no entry names are skipped" in run.stderr


def test_a_dataset_that_lies_elsewhere_is_told(registry: Registry, initializer: Initializer) -> None:
    model = tarred("model", "model", MODEL)
    datasets = [{"name": "far", "path": "far.csv", "remotePath": "s3://bucket/far.csv", "remoteHash": "1"}]
    made = push_modelkit(registry, {"model": model.entry(path="model"), "datasets": datasets}, [model])

    run = initializer(made.uri)
    filtered = initializer(made.uri, initializer.folder / "model", flags="--plain-http -f model")

    assert (run.exit, filtered.exit) == (0, 0), run.stderr
    assert "WARNING datasets 'far.csv' lies at 's3://bucket/far.csv', in no layer" in run.stderr
    assert "far.csv" not in filtered.stderr
    assert listing(initializer.destination).keys() == {"Kitfile", "model", "model/weights"}


@pytest.mark.parametrize("kind", ["modelpart.v1.tar+gzip", "modelpart.v1.tar+zstd", "modelpart.v1.raw+zstd"])
def test_a_diff_id_that_is_another_s(registry: Registry, initializer: Initializer, kind: str) -> None:
    part = Blob(kind, MODEL, {PATH: "model"})
    entry = part.entry(path="model") | {"diffId": digest(b"another")}
    made = push_modelkit(registry, {"model": {"parts": [entry]}}, [part])

    run = initializer(made.uri)

    assert run.exit == CORRUPT, run.stderr
    assert f"{digest(b'another')} when uncompressed and is {digest(MODEL)}" in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_a_diff_id_that_is_none(registry: Registry, initializer: Initializer) -> None:
    model = tarred("model", "model", MODEL)
    made = push_modelkit(registry, {"model": model.entry(path="model") | {"diffId": "md5:1"}}, [model])

    run = initializer(made.uri)

    assert run.exit == INVALID, run.stderr
    assert "has a diffId that isn't a digest" in run.termination


def test_a_layer_that_gnu_tar_packed(registry: Registry, initializer: Initializer) -> None:
    """Its long names are members of their own."""
    long = "/".join(["n" * 200] * 3)
    made = pack(
        registry, layer(folder(long), file(f"{long}/weights", b"w"), file("short"), form=tarfile.GNU_FORMAT)
    )

    run = initializer(made.uri, flags="--plain-http --model")

    assert run.exit == 0, run.stderr
    assert (initializer.destination / long / "weights").read_bytes() == b"w"
    assert {path.name for path in initializer.destination.iterdir()} == {MARKER, "n" * 200, "short"}


def frames(*contents: bytes, window_log: int = 20) -> bytes:
    """zstd frames that don't say how long they are, as a stream is compressed."""
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: window_log,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    found = b""
    for content in contents:
        compressor = zstd.ZstdCompressor(options=options)
        found += compressor.compress(content) + compressor.flush()
    return found


def push_zstd(registry: Registry, data: bytes) -> str:
    """A model whose layer is said to be tar+zstd; returns its reference."""
    blob = Blob(f"{KIT}model.v1.tar+zstd", data)
    stored = Blob("model.v1.tar", data)
    entry = {"path": "model", "digest": digest(data)}
    made = pack(
        registry,
        stored.content,
        claim=lambda config: config.update(model=entry),
        twist=lambda manifest: manifest["layers"][0].update(mediaType=blob.kind),
    )
    return made.uri


STREAMS = {
    "several frames": (frames(MODEL[:1000], MODEL[1000:]), 0, ""),
    "a skippable frame": (b"\x50\x2a\x4d\x18\x04\0\0\0skip" + frames(MODEL), 0, ""),
    "8 MiB of window": (frames(MODEL, window_log=23), 0, ""),
    "16 MiB of window": (frames(MODEL, window_log=24), INVALID_ARCHIVE, "a zstd window of more than 8 MiB"),
    "--long": (
        frames(MODEL, window_log=27),
        INVALID_ARCHIVE,
        "a zstd window of more than 8 MiB; pack it with",
    ),
    "cut": (frames(MODEL)[:-5], INVALID_ARCHIVE, "in the middle of its zstd stream"),
    "cut between blocks": (frames(MODEL)[:6], INVALID_ARCHIVE, "in the middle of its zstd stream"),
    "empty": (b"", INVALID_ARCHIVE, "in the middle of its zstd stream"),
    "no zstd": (b"not zstd at all", INVALID_ARCHIVE, "isn't valid zstd"),
    "rubbish behind": (frames(MODEL) + b"rubbish", INVALID_ARCHIVE, "isn't valid zstd"),
    "checksum": (frames(MODEL)[:-1] + b"?", INVALID_ARCHIVE, "isn't valid zstd"),
}


@pytest.mark.parametrize(("data", "code", "words"), STREAMS.values(), ids=STREAMS)
def test_streams_of_zstd(
    registry: Registry, initializer: Initializer, data: bytes, code: int, words: str
) -> None:
    run = initializer(push_zstd(registry, data))

    assert run.exit == code, run.stderr
    assert words in run.termination
    if code:
        assert listing(initializer.folder).keys() == {"termination-log"}
    else:
        assert (initializer.destination / "model/weights").stat().st_size == 76_800


# Stages as on a machine with cores to spare, which is what takes the most memory.
ROOMY = f"from kitserve_initializer.engines import native\nnative.pays = lambda _: True\n{FRUGAL}"


def test_two_layers_of_zstd_that_come_by_ranges_stay_small(
    registry: Registry, initializer: Initializer
) -> None:
    """Both with the largest window, and over a network where ranges pay."""
    parts = [
        Blob(
            "modelpart.v1.tar+zstd",
            layer(file(name, random.Random(name).randbytes(40 * MIB))),  # noqa: S311
            squeezed=lambda content: frames(content, window_log=23),
        )
        for name in "ab"
    ]
    made = push_modelkit(registry, {"model": {"parts": [part.entry(path="x") for part in parts]}}, parts)

    with Proxy(registry.url) as proxy, Throttle(f"http://{proxy.host}", 10_000_000) as slow:
        run = initializer.run_program(ROOMY, f"kit://{slow.host}/{made.repository}:v1", "--plain-http")

    assert run.exit == 0, run.stderr
    assert sum("Range" in seen.headers for seen in proxy.seen) > 4
    assert int(run.stdout) < PEAK_MIB * 1024
