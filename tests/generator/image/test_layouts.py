"""The layout `model`: the image shows one folder, where that is what the initializer unpacks."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from kitserve.image.differences import Refusal
from kitserve.image.documents import Image

from tests.generator.image.comparing import compared, image_of, model
from tests.generator.image.container_runtime import names
from tests.image.artifacts import Blob, push_modelkit, push_modelpack, tarred
from tests.image.packing import file, folder, layer, pack
from tests.parts.registry import Registry

MARKER = ".kitserve.json"
M = layer(folder("m"), file("m/w"), file("m/d/x"))

# Layers, paths of the model and its parts, and the names in our own layer.
SHOWN: dict[str, tuple[Sequence[bytes], Sequence[str], set[str]]] = {
    "the model's folder": ([M], ["m"], {"m/Kitfile", "models"}),
    "a folder in a folder": ([layer(file("a/b/x"))], ["a/b"], {"a/b/Kitfile", "models"}),
    "the folder that KServe mounts": (
        [layer(folder("models"), file("models/x"))],
        ["models"],
        {"models/Kitfile"},
    ),
    "the top": ([layer(file("x"))], ["."], {"Kitfile", "models"}),
    "a file at the top": ([layer(file("x"))], ["x"], {"Kitfile", "models"}),
    "a file in a folder": ([layer(folder("a"), file("a/x"))], ["a/x"], {"a/Kitfile", "models"}),
    "files in one folder": (
        [layer(file("a/x")), layer(file("a/y"))],
        ["a/x", "a/y"],
        {"a/Kitfile", "models"},
    ),
    "a part in the model's folder": (
        [M, layer(file("m/lora/a"))],
        ["m", "m/lora"],
        {"m/Kitfile", "models"},
    ),
    "a folder of the model's own name in it": (
        [layer(folder("m"), file("m/m/w"))],
        ["m"],
        {"m/Kitfile", "models"},
    ),
    "a folder that not everybody may enter": (
        [layer(folder("m", 0o700), file("m/w"))],
        ["m"],
        {"m", "m/Kitfile", "models"},
    ),
    "a narrow folder above": (
        [layer(folder("a", 0o700), folder("a/m"), file("a/m/w"))],
        ["a/m"],
        {"a", "a/m/Kitfile", "models"},
    ),
    "an empty folder beside it": (
        [layer(folder("m"), file("m/w"), folder("n", 0o555))],
        ["m"],
        {"m/Kitfile", "m/n", "models"},
    ),
    "a marker in it": (
        [layer(folder("m"), file("m/w"), file(f"m/{MARKER}"))],
        ["m"],
        {"m/.wh..kitserve.json", "m/Kitfile", "models"},
    ),
    "a marker beside it": (
        [layer(folder("m"), file("m/w"), file(MARKER))],
        ["m"],
        {"m/Kitfile", "models"},
    ),
    "no files": ([layer(folder("m"))], ["m"], {".wh.m", "Kitfile", "models"}),
}
HIDDEN: dict[str, tuple[Sequence[bytes], Sequence[str], str]] = {
    "a folder in the folder that KServe mounts": (
        [layer(file("models/m/x"))],
        ["models/m"],
        "models/m: is where KServe mounts",
    ),
    "a part in another folder": (
        [M, layer(file("n/x"))],
        ["m", "n"],
        "x: lies at 'n/x' in the image, of which a pod would see the folder 'm'",
    ),
    "a file beside the model's folder": (
        [M, layer(file("y"))],
        ["m", "y"],
        "y: lies at 'y' in the image, of which a pod would see the folder 'm'",
    ),
    "a layer with files of another folder": (
        [layer(file("m/x"), file("n/y"))],
        ["m"],
        "lies at 'n/y' in the image",
    ),
}


@pytest.mark.parametrize(("layers", "places", "own"), SHOWN.values(), ids=SHOWN)
def test_a_folder_that_is_shown(
    registry: Registry, tmp_path: Path, layers: Sequence[bytes], places: Sequence[str], own: set[str]
) -> None:
    made = pack(registry, *layers, paths=places, claim=model)

    found = compared(registry, tmp_path, made.uri, layout="model")

    assert isinstance(found.made, Image), found.faults
    assert {*names(found.made)} == own


@pytest.mark.parametrize(("layers", "places", "reason"), HIDDEN.values(), ids=HIDDEN)
def test_what_one_folder_cannot_show(
    registry: Registry, tmp_path: Path, layers: Sequence[bytes], places: Sequence[str], reason: str
) -> None:
    made = pack(registry, *layers, paths=places, claim=model)

    found = compared(registry, tmp_path, made.uri, layout="model")

    assert reason in found.faults


def test_code_beside_the_model_is_left_out_by_a_filter(registry: Registry, tmp_path: Path) -> None:
    weights, code = Blob("model.v1.tar", M), Blob("code.v1.tar", layer(file("m.py")))
    kitfile = {"model": weights.entry(name="m", path="m"), "code": [code.entry(path="m.py")]}
    made = push_modelkit(registry, kitfile, [weights, code])

    whole = compared(registry, tmp_path / "whole", made.uri, layout="model")
    alone = compared(registry, tmp_path / "alone", made.uri, "model", layout="model")

    assert "m.py: lies at 'm.py' in the image, of which a pod would see the folder 'm'" in whole.faults
    assert "--filter model takes the model alone" in whole.faults
    assert isinstance(alone.made, Image), alone.faults
    assert {*names(alone.made)} == {"models"}


def test_code_in_the_model_s_folder_is_another_place_for_one_path(registry: Registry, tmp_path: Path) -> None:
    """The initializer has m/w of the code beside the model's w; in an image both are m/w."""
    weights, code = Blob("model.v1.tar", M), Blob("code.v1.tar", layer(file("m/w", b"code")))
    kitfile = {"model": weights.entry(name="m", path="m"), "code": [code.entry(path="m/w")]}

    found = compared(
        registry, tmp_path, push_modelkit(registry, kitfile, [weights, code]).uri, layout="model"
    )

    assert "m/w: is in two layers, and an image shows the later one's" in found.faults


def test_one_layer_in_two_places(registry: Registry) -> None:
    both = layer(file("a/x"), file("b/y"))
    made = push_modelpack(registry, [tarred("weight", "a", both), tarred("weight", "b", both)])

    found = image_of(made.uri, layout="model")

    assert isinstance(found, Refusal)
    assert (
        f"is one of several places that the ModelKit gives the layer {made.layers[0]}"
        in found.differences[0].reason
    )
