"""Models of Docker Model Runner; those of its own packages are in tests/fixtures/modelkits."""

import pytest

from tests.image.artifacts import PATH, TITLE, Blob, push_artifact
from tests.image.initializer import Initializer, assert_failed, listing
from tests.image.packing import file, layer
from tests.parts.registry import Registry

DOCKER = "application/vnd.docker.ai."
NOT_A_MODELKIT, INVALID, UNSAFE = 20, 21, 23


def docker(kind: str, content: bytes, path: str = "") -> Blob:
    return Blob(DOCKER + kind, content, {PATH: path} if path else {})


def push(registry: Registry, *blobs: Blob, version: str = "v0.1") -> str:
    return push_artifact(registry, Blob(f"{DOCKER}model.config.{version}+json", b"{}"), blobs).uri


UNNAMED = {
    "one file of each kind": (
        ["gguf.v3", "mmproj", "chat.template.jinja", "license"],
        {"model.gguf", "model.mmproj", "template.jinja", "LICENSE"},
    ),
    "shards": (
        ["safetensors", "safetensors", "license", "license"],
        {
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "LICENSE-00001-of-00002",
            "LICENSE-00002-of-00002",
        },
    ),
    "DDUF": (["dduf"], {"model.dduf"}),
}


@pytest.mark.parametrize(("kinds", "names"), UNNAMED.values(), ids=UNNAMED)
def test_files_without_a_name_get_the_runner_s(
    registry: Registry, initializer: Initializer, kinds: list[str], names: set[str]
) -> None:
    blobs = [docker(kind, f"{kind} {number}".encode()) for number, kind in enumerate(kinds)]

    run = initializer(push(registry, *blobs))

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == names
    assert "holds no Kitfile, and none is written" in run.stderr


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("-f model", {"a.gguf", "b.gguf", "t.jinja", "config.json", "sub", "sub/x.json"}),
        ("-f model:b.gguf", {"b.gguf"}),
        ("-f docs", {"LICENSE"}),
        ("-f code", set()),
    ],
)
def test_filters_know_the_kinds(
    registry: Registry, initializer: Initializer, flags: str, expected: set[str]
) -> None:
    uri = push(
        registry,
        docker("gguf.v3", b"1", "a.gguf"),
        docker("gguf.v3", b"2", "b.gguf"),
        docker("chat.template.jinja", b"3", "t.jinja"),
        docker("vllm.config.tar", layer(file("config.json", b"{}"))),
        docker("dir.tar", layer(file("sub/x.json", b"{}"))),
        docker("license", b"4", "LICENSE"),
        version="v0.2",
    )

    run = initializer(uri, flags=f"--plain-http {flags}")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == expected


FAULTS = {
    "a newer type": (docker("adapter.v9", b"x", "a"), INVALID, "is of the unknown type"),
    "somebody else's type": (Blob("text/plain", b"x", {TITLE: "a"}), INVALID, "is of the unknown type"),
    "a path outside": (docker("gguf.v3", b"x", "../a"), UNSAFE, "leaves the destination"),
}


@pytest.mark.parametrize(("blob", "code", "words"), FAULTS.values(), ids=FAULTS)
def test_what_is_refused(
    registry: Registry, initializer: Initializer, blob: Blob, code: int, words: str
) -> None:
    run = initializer(push(registry, blob))

    assert_failed(run, code, words)
    assert listing(initializer.folder).keys() == {"termination-log"}


OTHERS = {
    "an image, as RamaLama's car and raw": ("application/vnd.oci.image.config.v1+json", "a container image"),
    "an image of Docker's, as Ollama's": (
        "application/vnd.docker.container.image.v1+json",
        "a container image",
    ),
    "a chart": (
        "application/vnd.cncf.helm.config.v1+json",
        "of type 'application/vnd.cncf.helm.config.v1+json'",
    ),
}


@pytest.mark.parametrize(("config", "words"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_model_is_called_what_it_is(
    registry: Registry, initializer: Initializer, config: str, words: str
) -> None:
    blob = Blob("application/vnd.oci.image.layer.v1.tar", layer(file("a", b"x")), {TITLE: "a"})

    run = initializer(push_artifact(registry, Blob(config, b"{}"), [blob]).uri)

    assert_failed(run, NOT_A_MODELKIT, words)
    assert ("serve an image by KServe's oci://" in run.termination) == ("image" in words)
