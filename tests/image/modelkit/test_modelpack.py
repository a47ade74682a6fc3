"""ModelPacks, CNCF's format: those of its own tool and those that kit packs."""

from typing import Any

import pytest

from tests.image.artifacts import LEGACY, METADATA, PATH, TITLE, Blob, push_modelpack, raw, tarred
from tests.image.initializer import Initializer, listing
from tests.image.packing import digest, file, folder, layer
from tests.parts.registry import Registry

INVALID, CORRUPT, UNSAFE, INVALID_ARCHIVE = 21, 22, 23, 24
UNPACK = "io.deis.oras.content.unpack"

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
    modelfs = {"diffIds": [digest(weights.content if with_kitfile else b"another")]}
    made = push_modelpack(registry, [weights], kitfile if with_kitfile else None, {"modelfs": modelfs})

    run = initializer(made.uri)

    assert run.exit == CORRUPT, run.stderr
    assert f"{digest(b'another')} when uncompressed and is {digest(WEIGHTS)}" in run.termination
    assert listing(initializer.folder).keys() == {"termination-log"}


FAULTS: dict[str, tuple[Blob, int, str]] = {
    "no name": (Blob("weight.v1.raw", b"x"), INVALID, "is a file without a name"),
    "a directory": (raw("weight", "a", b"", typeflag=ord("5")), INVALID, "tells of a directory"),
    "nothing of a known type": (Blob("text/plain", b"x"), INVALID, "no layer is of a type that models have"),
    "an unknown version": (Blob("weight.v2.tar", b"x", {PATH: "a"}), INVALID, "unknown type"),
    "unknown kind": (raw("shape", "a", b"x"), INVALID, "unknown type"),
    "raw and compressed": (
        Blob("weight.v1.raw+gzip", b"x", {PATH: "a"}),
        INVALID,
        "unknown type 'application/vnd.cncf.model.weight.v1.raw+gzip'",
    ),
    "another size": (
        raw("weight", "a", b"xyz", size=4),
        INVALID_ARCHIVE,
        "'a' has 3 bytes, and its metadata says 4 bytes",
    ),
    "metadata is no JSON": (
        Blob("weight.v1.raw", b"x", {PATH: "a", METADATA: "{"}),
        INVALID,
        "isn't a JSON object",
    ),
    "size is a text": (raw("weight", "a", b"x", size="1"), INVALID, "has a size that isn't a number"),
    "name is a number": (
        Blob("weight.v1.raw", b"x", {METADATA: '{"name": 1}'}),
        INVALID,
        "has a name that isn't a text",
    ),
    "mode is a text": (raw("weight", "a", b"x", mode="0644"), INVALID, "has a mode that isn't a number"),
    "outside": (raw("weight", "../a", b"x"), UNSAFE, "leaves the destination"),
    "absolute": (raw("weight", "/a", b"x"), UNSAFE, "is absolute"),
    "the destination itself": (raw("weight", ".", b"x"), UNSAFE, "is a file without a name"),
    "a title outside": (Blob("weight.v1.raw", b"x", {TITLE: "../a"}), UNSAFE, "leaves the destination"),
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
    [
        ([digest(b"x"), digest(b"y")], "2 diffIds for 1 layers"),
        (["md5:0"], "modelfs.diffIds aren't a list of digests"),
    ],
)
def test_a_config_that_doesn_t_fit(
    registry: Registry, initializer: Initializer, diff_ids: list[str], words: str
) -> None:
    run = initializer(
        push_modelpack(registry, [raw("weight", "a", b"x")], fields={"modelfs": {"diffIds": diff_ids}}).uri
    )

    assert run.exit == INVALID, run.stderr
    assert words in run.termination


def test_archives_need_no_annotations(registry: Registry, initializer: Initializer) -> None:
    """As in the specification's own example: the names are in the archives."""
    made = push_modelpack(
        registry,
        [
            Blob("weight.v1.tar", layer(file("one.bin", b"1"))),
            Blob("weight.v1.tar+gzip", layer(file("two.bin", b"2"))),
            Blob("weight.config.v1.tar+zstd", layer(file("config.json", b"{}"))),
            Blob("doc.v1.tar", layer(file("README.md", b"read"))),
        ],
    )

    run = initializer(made.uri, KITSERVE_LAYOUT="model")
    model = initializer(made.uri, initializer.folder / "model", flags="--plain-http -f model")

    assert (run.exit, model.exit) == (0, 0), run.stderr + model.stderr
    assert listing(initializer.destination).keys() == {"one.bin", "two.bin", "config.json", "README.md"}
    assert listing(initializer.folder / "model").keys() == {"one.bin", "two.bin", "config.json"}


NAMES: dict[str, tuple[dict[str, str], str]] = {
    "filepath": ({PATH: "a/b"}, "a/b"),
    "title": ({TITLE: "a/b"}, "a/b"),
    "filepath before title": ({PATH: "a", TITLE: "sha256-1"}, "a"),
    "an empty filepath": ({PATH: "", TITLE: "a"}, "a"),
    "the metadata's name": ({METADATA: '{"name": "a"}'}, "a"),
    "until 0.0.6": ({f"{LEGACY}filepath": "a"}, "a"),
    "a leading dot": ({PATH: "./a"}, "a"),
    "unknown annotations": ({PATH: "a", "org.cncf.model.newer": "?", f"{LEGACY}x": ""}, "a"),
}


@pytest.mark.parametrize(("annotations", "path"), NAMES.values(), ids=NAMES)
def test_a_file_s_name(
    registry: Registry, initializer: Initializer, annotations: dict[str, str], path: str
) -> None:
    run = initializer(push_modelpack(registry, [Blob("weight.v1.raw", b"x", annotations)]).uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / path).read_bytes() == b"x"


METADATAS: dict[str, tuple[str, str]] = {
    "none": ("", "0o644"),
    "nothing told": ("{}", "0o644"),
    "nothing at all": ("null", "0o644"),
    "a mode of 0": ('{"name": "a", "mode": 0, "size": 0, "typeflag": 0}', "0o644"),
    "null": ('{"mode": null, "size": null}', "0o644"),
    "a file's type in the mode": ('{"mode": 33256}', "0o750"),
    "a link of another tool's store": ('{"mode": 511, "size": 64, "typeflag": 50}', "0o644"),
    "unknown fields": ('{"mode": 384, "xattrs": {"user.a": "b"}}', "0o600"),
}


@pytest.mark.parametrize("key", [METADATA, f"{LEGACY}file.metadata+json", f"{LEGACY}file.metadata"])
@pytest.mark.parametrize(("metadata", "mode"), METADATAS.values(), ids=METADATAS)
def test_what_metadata_doesn_t_tell(
    registry: Registry, initializer: Initializer, metadata: str, mode: str, key: str
) -> None:
    run = initializer(
        push_modelpack(registry, [Blob("weight.v1.raw", b"xyz", {PATH: "a", key: metadata})]).uri
    )

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination)["a"]["mode"] == mode


def test_empty_files(registry: Registry, initializer: Initializer) -> None:
    made = push_modelpack(
        registry,
        [
            Blob("weight.v1.raw", b"", {PATH: "empty.bin"}),
            Blob("doc.v1.tar", layer(file("empty.md", b""))),
            Blob("code.v1.tar", bytes(1024)),
        ],
    )

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"empty.bin", "empty.md"}


def without_config(manifest: dict[str, Any]) -> None:
    """Make the config the empty one that podman and oras give to artifacts."""
    manifest["config"] = {
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": digest(b"{}"),
        "size": 2,
    }


def test_files_of_no_type_of_models(registry: Registry, initializer: Initializer) -> None:
    """As RamaLama packs them by podman, which guesses types from contents, and oras."""
    made = push_modelpack(
        registry,
        [
            Blob("application/octet-stream", b"x", {PATH: "a.gguf", TITLE: "sha256-1"}),
            Blob("text/plain; charset=utf-8", b"y", {TITLE: "template.jinja"}),
            Blob("application/vnd.oci.image.layer.v1.tar", b"z", {TITLE: "oras.bin"}),
            Blob("application/octet-stream", b"nameless"),
            Blob("application/vnd.oci.image.layer.v1.tar+gzip", b"?", {TITLE: "d", UNPACK: "true"}),
            Blob("application/vnd.kitops.modelkit.config.v1+json", b"{}", {TITLE: "Kitfile"}),
        ],
        twist=without_config,
    )

    run = initializer(made.uri, flags="--plain-http -f model")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"a.gguf", "template.jinja", "oras.bin"}
    assert "WARNING layers of type 'application/octet-stream' that no entry names are skipped" in run.stderr
    assert "'application/vnd.oci.image.layer.v1.tar+gzip' that no entry names are skipped" in run.stderr


def test_types_of_the_first_drafts_and_of_docker(registry: Registry, initializer: Initializer) -> None:
    draft = "application/vnd.cnai.model."

    def rename(manifest: dict[str, Any]) -> None:
        manifest["artifactType"] = f"{draft}manifest.v1+json"

    made = push_modelpack(
        registry,
        [
            Blob(f"{draft}weight.v1.tar", layer(file("a", b"1")), {f"{LEGACY}filepath": "a"}),
            Blob("weight.v1.gguf", b"2", {PATH: "b.gguf"}),
            Blob("weight.v1.safetensors", b"3", {PATH: "c.safetensors"}),
        ],
        twist=rename,
    )

    run = initializer(made.uri)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"a", "b.gguf", "c.safetensors"}


@pytest.mark.parametrize("modelfs", [None, {}, {"type": "layers", "diffIds": None}, {"diffIds": []}])
def test_a_config_without_digests_compares_none(
    registry: Registry, initializer: Initializer, modelfs: object
) -> None:
    weights = tarred("weight", "weights", WEIGHTS, "gzip")
    fields = {"descriptor": {}, "config": {"newer": 1}, "modelfs": modelfs, "newest": []}

    run = initializer(push_modelpack(registry, [weights], fields=fields).uri)

    assert run.exit == 0, run.stderr
    assert (initializer.destination / "weights/b").exists()


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
