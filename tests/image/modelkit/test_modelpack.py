"""ModelPacks, CNCF's format: those of its own tool and those that kit packs."""

import pytest

from tests.image.artifacts import METADATA, PATH, Blob, push_modelpack, raw, tarred
from tests.image.initializer import Initializer, listing
from tests.image.packing import digest, file, folder, layer
from tests.parts.registry import Registry

INVALID, CORRUPT, UNSAFE, INVALID_ARCHIVE = 21, 22, 23, 24

WEIGHTS = layer(folder("weights"), file("weights/a", b"w" * 70_000), file("weights/b", b"v"))


@pytest.mark.parametrize("compression", ["", "gzip", "zstd"])
def test_archives_are_unpacked(registry: Registry, initializer: Initializer, compression: str) -> None:
    made = push_modelpack(
        registry,
        [
            tarred("weight", "weights", WEIGHTS, compression),
            tarred("weight.config", "config.json", layer(file("config.json", b"{}")), compression),
            tarred("doc", "docs/README.md", layer(file("docs/README.md", b"read")), compression),
        ],
    )

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {
        *("weights", "weights/a", "weights/b", "config.json", "docs", "docs/README.md")
    }
    assert "holds no Kitfile, and none is written" in run.stderr


def test_raw_files_get_the_rights_they_are_to_have(registry: Registry, initializer: Initializer) -> None:
    made = push_modelpack(
        registry,
        [
            raw("weight", "deep/model.bin", b"weights", mode=0o600, size=7),
            raw("code", "run.sh", b"#!", mode=0o4755, size=2),
            raw("doc", "README.md", b"read"),
        ],
    )

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert {path: found["mode"] for path, found in listing(initializer.destination).items()} == {
        "deep": "0o755",
        "deep/model.bin": "0o600",
        "run.sh": "0o755",
        "README.md": "0o644",
    }


def test_files_of_the_same_content_all_get_their_places(registry: Registry, initializer: Initializer) -> None:
    """The manifest's order isn't the filters' order, and the digest is one: only the paths tell them apart."""
    paths = {"docs/empty": "doc", "b/__init__.py": "code", "empty.bin": "weight", "a/__init__.py": "code"}
    made = push_modelpack(
        registry, [raw(kind, path, b"", mode=0o644, size=0) for path, kind in paths.items()]
    )

    everything = initializer(made.uri)
    code = initializer(made.uri, initializer.folder / "code", flags="--plain-http -f code")

    assert (everything.exit, code.exit) == (0, 0), everything.stderr + code.stderr
    assert listing(initializer.destination).keys() == {*paths, "a", "b", "docs"}
    assert listing(initializer.folder / "code").keys() == {"a", "a/__init__.py", "b", "b/__init__.py"}


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("-f model", {"one.bin", "two.bin", "config.json"}),
        ("-f model:two.bin", {"two.bin"}),
        ("-f datasets,docs", {"data.csv", "README.md"}),
        ("-f code", {"run.py"}),
        ("-f kitfile", set()),
    ],
)
def test_filters_know_the_kinds(
    registry: Registry, initializer: Initializer, flags: str, expected: set[str]
) -> None:
    layers = {
        "one.bin": "weight",
        "config.json": "weight.config",
        "two.bin": "weight",
        "data.csv": "dataset",
        "run.py": "code",
        "README.md": "doc",
    }
    made = push_modelpack(registry, [raw(kind, path, path.encode()) for path, kind in layers.items()])

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == expected


def test_kit_s_own_have_their_kitfile(registry: Registry, initializer: Initializer) -> None:
    weights, docs = tarred("weight", "weights", WEIGHTS, "gzip"), raw("doc", "README.md", b"read")
    kitfile = {
        "manifestVersion": "1.0.0",
        "package": {"name": "made"},
        "model": weights.entry(name="net", path="weights"),
        "docs": [docs.entry(path="README.md")],
    }
    made = push_modelpack(registry, [weights, docs], kitfile)

    run = initializer(made.uri)
    named = initializer(made.uri, initializer.folder / "net", flags="--plain-http -f model:net")

    assert (run.exit, named.exit) == (0, 0), run.stderr
    assert (initializer.destination / "Kitfile").read_text() == (
        "manifestVersion: 1.0.0\npackage:\n  name: made\n"
        "model:\n  name: net\n  path: weights\ndocs:\n  - path: README.md\n"
    )
    assert (initializer.destination / "README.md").exists()
    assert listing(initializer.folder / "net").keys() == {"weights", "weights/a", "weights/b"}


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
@pytest.mark.parametrize("with_kitfile", [False, True], ids=["config", "kitfile"])
def test_a_diff_id_that_is_another_s(
    registry: Registry, initializer: Initializer, compression: str, with_kitfile: bool
) -> None:
    weights = tarred("weight", "weights", WEIGHTS, compression)
    kitfile = {"model": weights.entry(path="weights") | {"diffId": digest(b"another")}}
    diff_ids = [digest(weights.content if with_kitfile else b"another")]
    made = push_modelpack(registry, [weights], kitfile if with_kitfile else None, diff_ids)

    run = initializer(made.uri)

    assert run.exit == CORRUPT, run.stderr
    assert f"{digest(b'another')} when uncompressed and is {digest(WEIGHTS)}" in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


FAULTS: dict[str, tuple[Blob, int, str]] = {
    "no path": (Blob("weight.v1.raw", b"x"), INVALID, f"has no annotation {PATH}"),
    "unknown kind": (raw("shape", "a", b"x"), INVALID, "unknown type"),
    "raw and compressed": (
        Blob("weight.v1.raw+gzip", b"x", {PATH: "a"}),
        INVALID,
        "unknown type 'application/vnd.cncf.model.weight.v1.raw+gzip'",
    ),
    "another size": (
        raw("weight", "a", b"xyz", size=4),
        INVALID_ARCHIVE,
        "'a' has 3 bytes, and its metadata says 4",
    ),
    "metadata is no JSON": (
        Blob("weight.v1.raw", b"x", {PATH: "a", METADATA: "{"}),
        INVALID,
        "isn't a JSON object",
    ),
    "mode is a text": (raw("weight", "a", b"x", mode="0644"), INVALID, "mode or size that isn't a number"),
    "outside": (raw("weight", "../a", b"x"), UNSAFE, "leaves the destination"),
    "absolute": (raw("weight", "/a", b"x"), UNSAFE, "is absolute"),
    "no name": (raw("weight", ".", b"x"), UNSAFE, "is a file without a name"),
    "our own": (raw("weight", ".kitserve-staging", b"x"), UNSAFE, "is the initializer's own"),
}


@pytest.mark.parametrize(("blob", "code", "words"), FAULTS.values(), ids=FAULTS)
def test_a_layer_that_can_t_be_right(
    registry: Registry, initializer: Initializer, blob: Blob, code: int, words: str
) -> None:
    run = initializer(push_modelpack(registry, [blob]).uri)

    assert run.exit == code, run.stderr
    assert words in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


@pytest.mark.parametrize(
    ("diff_ids", "words"),
    [([], "0 diffIds for 1 layers"), (["md5:0"], "modelfs.diffIds aren't a list of digests")],
)
def test_a_config_that_doesn_t_fit(
    registry: Registry, initializer: Initializer, diff_ids: list[str], words: str
) -> None:
    run = initializer(push_modelpack(registry, [raw("weight", "a", b"x")], diff_ids=diff_ids).uri)

    assert run.exit == INVALID, run.stderr
    assert words in run.termination


def test_a_layer_of_somebody_else_s_is_skipped(registry: Registry, initializer: Initializer) -> None:
    made = push_modelpack(registry, [raw("weight", "a", b"x"), Blob("text/plain", b"?", {PATH: "b"})])

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"a"}
    assert "WARNING layers of type 'text/plain' that no entry names are skipped" in run.stderr


def test_a_config_without_artifact_type_will_do(registry: Registry, initializer: Initializer) -> None:
    made = push_modelpack(registry, [raw("weight", "a", b"x")], twist=lambda found: found.pop("artifactType"))

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"a"}


def test_the_layout_of_the_model_and_patterns_know_raw_files(
    registry: Registry, initializer: Initializer
) -> None:
    made = push_modelpack(
        registry,
        [
            raw("weight", "deep/model.bin", b"weights", size=7),
            raw("weight.config", "deep/config.json", b"{}", size=2),
            raw("doc", "docs/README.md", b"read"),
        ],
    )

    run = initializer(made.uri, KITSERVE_LAYOUT="model", STORAGE_IGNORE_PATTERNS="*.md")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"model.bin", "config.json"}
