"""The model where the server looks, and only the files that are wanted."""

import json
from pathlib import Path
from typing import Any

import joblib
import pytest

from tests.image.initializer import MARKER, Initializer, assert_failed, listing
from tests.image.packing import as_model, file, folder, layer, pack
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry

ENVIRONMENT, UNSAFE, EXISTS = 3, 23, 30
FLOWERS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]


def files(destination: Path) -> set[str]:
    return {path for path, each in listing(destination).items() if each["type"] == "file"}


def golden(registry: Registry, name: str) -> str:
    return f"kit://{registry.host}/golden/{name}:v1"


def servable(models: Path) -> list[Path]:
    """What KServe's sklearn server takes for the model: regular files at the top with these endings."""
    return [
        path for path in models.iterdir() if path.is_file() and path.suffix in {".joblib", ".pkl", ".pickle"}
    ]


@pytest.mark.parametrize("name", ["iris-nested", "legacy-v0.4"])
def test_a_model_in_a_folder_is_found_and_loaded_from_the_top(
    registry: Registry, initializer: Initializer, name: str
) -> None:
    run = initializer(golden(registry, name), KITSERVE_LAYOUT="model")

    assert run.exit == 0, run.stderr
    assert "layout: model" in run.stderr.splitlines()[1]
    (model,) = servable(initializer.destination)
    assert joblib.load(model).predict(FLOWERS).tolist() == [0, 2]
    assert not (initializer.destination / "model").exists()


def test_a_model_that_is_a_file_in_a_folder_is_found_and_loaded_from_the_top(
    registry: Registry, initializer: Initializer
) -> None:
    assert initializer(golden(registry, "iris"), initializer.folder / "iris").exit == 0
    content = (initializer.folder / "iris/model.joblib").read_bytes()
    made = pack(
        registry,
        layer(folder("a"), folder("a/b"), file("a/b/m.joblib", content)),
        claim=as_model("a/b/m.joblib"),
    )

    run = initializer(made.uri, KITSERVE_LAYOUT="model")

    assert run.exit == 0, run.stderr
    assert servable(initializer.destination) == [initializer.destination / "m.joblib"]
    assert joblib.load(initializer.destination / "m.joblib").predict(FLOWERS).tolist() == [0, 2]
    assert listing(initializer.destination).keys() == {"Kitfile", "m.joblib"}
    assert "path: a/b/m.joblib" in (initializer.destination / "Kitfile").read_text()


def test_a_snapshot_in_folders_comes_to_the_top(registry: Registry, initializer: Initializer) -> None:
    """Weights, config and tokenizer side by side, as Hugging Face's and vLLM's servers want them."""
    run = initializer(golden(registry, "llm-parts"), KITSERVE_LAYOUT="model")

    assert run.exit == 0, run.stderr
    assert files(initializer.destination) == {
        *("Kitfile", "LICENSE", "config.json", "merges.txt", "tokenizer.json"),
        *(f"model-0000{number}-of-00004.safetensors" for number in range(1, 5)),
    }


def test_only_the_model_and_its_parts_move(registry: Registry, initializer: Initializer) -> None:
    """A part in the model's folder keeps its place in it; a model of the folder's name is no obstacle."""
    made = pack(
        registry,
        layer(folder("model"), folder("model/model", 0o500), file("model/model/w"), folder("model/empty")),
        layer(folder("model"), folder("model/lora"), file("model/lora/a")),
        layer(folder("model"), file("model/README.md")),
        paths=["model", "model/lora", "model/README.md"],
        claim=with_docs,
    )

    run = initializer(made.uri, KITSERVE_LAYOUT="model")

    assert run.exit == 0, run.stderr
    found = listing(initializer.destination)
    assert found.keys() == {"Kitfile", "model", "model/w", "model/README.md", "empty", "lora", "lora/a"}
    assert found["model"]["mode"] == "0o500"


def with_docs(config: dict[str, Any]) -> None:
    model = config["model"]
    config["docs"] = [{key: text for key, text in model["parts"].pop().items() if key != "name"}]
    model |= model["parts"].pop(0)


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
def test_two_files_for_one_place_are_refused_and_nothing_is_left(
    registry: Registry, initializer: Initializer, flags: str
) -> None:
    made = pack(
        registry,
        layer(folder("a"), file("a/w", b"1"), file("a/one")),
        layer(folder("b"), file("b/w", b"2")),
        paths=["a", "b"],
    )

    run = initializer(made.uri, flags=f"--plain-http {flags}", KITSERVE_LAYOUT="model")

    if flags:
        assert run.exit == 0, run.stderr
        assert (initializer.destination / "w").read_bytes() == (b"2" if flags == "-o" else b"1")
    else:
        assert_failed(run, EXISTS, "in the layout model another layer already has 'w'")
        assert not initializer.destination.exists()


@pytest.mark.parametrize("name", ["Kitfile", ".kitserve-staging"])
def test_our_own_names_arent_a_models_to_take(
    registry: Registry, initializer: Initializer, name: str
) -> None:
    made = pack(registry, layer(folder("m"), file(f"m/{name}")), claim=as_model("m"))

    run = initializer(made.uri, KITSERVE_LAYOUT="model")

    assert_failed(
        run, EXISTS if name == "Kitfile" else UNSAFE, repr(name) if name == "Kitfile" else "reserved"
    )
    assert not initializer.destination.exists()


def test_another_layout_is_another_request(registry: Registry, initializer: Initializer) -> None:
    source = golden(registry, "iris-nested")
    assert initializer(source).exit == 0

    run = initializer(source, flags="--plain-http -o", KITSERVE_LAYOUT="model")
    again = initializer(source, flags="--plain-http -o", KITSERVE_LAYOUT="model")

    assert run.exit == again.exit == 0, run.stderr
    assert (initializer.destination / "model.joblib").exists()
    assert "already, unpacked as asked for" not in run.stderr
    assert "already, unpacked as asked for" in again.stderr
    assert json.loads((initializer.destination / MARKER).read_text())["layout"] == "model"


@pytest.mark.parametrize("variables", [{}, {"KITSERVE_LAYOUT": "kit"}])
def test_the_default_is_kits(registry: Registry, initializer: Initializer, variables: dict[str, str]) -> None:
    run = initializer(golden(registry, "iris-nested"), **variables)

    assert run.exit == 0, run.stderr
    assert "layout: kit" in run.stderr
    assert listing(initializer.destination) == modelkits()["iris-nested"].expected["runs"][0]["tree"]


@pytest.mark.parametrize(
    ("allow", "ignore", "expected"),
    [
        ("*.joblib", "", {"model/model.joblib"}),
        ('["model/*", "Kitfile"]', "*.json", {"Kitfile", "model/model.joblib"}),
        ("", "*.md, model/*.json", {"Kitfile", "model/model.joblib"}),
        ("[Km]*", "", {"Kitfile", "model/model.joblib", "model/info.json"}),
        ("*.bin", "", set()),
    ],
)
def test_kserves_patterns_say_which_files_are_written(
    registry: Registry, initializer: Initializer, allow: str, ignore: str, expected: set[str]
) -> None:
    run = initializer(
        golden(registry, "iris-nested"), STORAGE_ALLOW_PATTERNS=allow, STORAGE_IGNORE_PATTERNS=ignore
    )

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() - {"model"} == expected
    assert (", allowed: " in run.stderr) == bool(allow)
    assert (", ignored: " in run.stderr) == bool(ignore)


def test_patterns_see_the_place_in_the_destination(registry: Registry, initializer: Initializer) -> None:
    run = initializer(
        golden(registry, "iris-nested"), KITSERVE_LAYOUT="model", STORAGE_ALLOW_PATTERNS="model.*"
    )

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination).keys() == {"model.joblib"}


def test_other_patterns_are_another_request(registry: Registry, initializer: Initializer) -> None:
    source = golden(registry, "iris-nested")
    assert initializer(source, STORAGE_ALLOW_PATTERNS="*.joblib").exit == 0

    run = initializer(source, flags="--plain-http -i")

    assert run.exit == 0, run.stderr
    assert files(initializer.destination) == {"Kitfile", "README.md", "model/info.json", "model/model.joblib"}
