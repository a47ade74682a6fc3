"""Every ModelKit that a real kit packed, and every other fixture: a pod sees what the initializer unpacks."""

from pathlib import Path

import pytest
from kitserve.image.documents import Image

from tests.generator.image.comparing import compared
from tests.image.modelkit.families import packed_by_kit
from tests.parts.registry import Registry

ALL: tuple[str, ...] = ()
IMAGES = [
    ("base", "kit", ALL),
    ("base", "model", ALL),
    ("iris", "kit", ALL),
    ("iris", "model", ALL),
    ("iris", "kit", ("model",)),
    ("iris", "kit", ("datasets,docs", "code")),
    ("iris", "kit", ("kitfile",)),
    ("iris", "model", ("model,kitfile",)),
    ("iris-gzip", "kit", ALL),
    ("iris-gzip", "kit", ("docs",)),
    ("iris-nested", "kit", ALL),
    ("iris-nested", "model", ("model",)),
    ("iris-nested", "model", ("model", "kitfile")),
    ("legacy-v0.4", "kit", ("model", "kitfile")),
    ("llm-parts", "kit", ALL),
    ("llm-parts", "model", ("model:nothing",)),
    ("modelpack-tar", "kit", ALL),
    ("names", "kit", ALL),
    ("names", "model", ALL),
]
REFUSED = [
    (
        "iris-nested",
        "model",
        "README.md: lies at 'README.md' in the image, of which a pod would see the folder 'model'",
    ),
    ("legacy-v0.4", "kit", "data/iris.csv: lies at 'iris.csv' in the layer: kit before 0.5"),
    ("llm-parts", "model", "tokenizer.json: lies at 'tokenizer/tokenizer.json' in the image"),
    ("modelpack-tar", "model", "tokenizer.json: lies at 'tok/tokenizer.json' in the image"),
    ("modelpack-raw", "kit", "model.joblib: is a file without an archive"),
    ("docker-folder", "kit", "config.json: is a file without an archive"),
    ("docker-gguf", "kit", "tiny.gguf: is a file without an archive"),
    ("docker-modelpack", "kit", "config.json: is a file without an archive"),
    ("ramalama", "kit", "tiny.gguf: is a file without an archive"),
]


@pytest.mark.parametrize(("name", "layout", "filters"), IMAGES)
def test_a_pod_sees_what_the_initializer_unpacks(
    registry: Registry, tmp_path: Path, name: str, layout: str, filters: tuple[str, ...]
) -> None:
    found = compared(registry, tmp_path, f"kit://{registry.host}/golden/{name}:v1", *filters, layout=layout)

    assert isinstance(found.made, Image), found.faults


@pytest.mark.parametrize(("name", "layout", "reason"), REFUSED)
def test_what_would_be_another_tree_is_refused(
    registry: Registry, tmp_path: Path, name: str, layout: str, reason: str
) -> None:
    found = compared(registry, tmp_path, f"kit://{registry.host}/golden/{name}:v1", layout=layout)

    assert reason in found.faults


def test_parents_come_first(registry: Registry, tmp_path: Path) -> None:
    found = compared(registry, tmp_path, packed_by_kit(registry))

    assert isinstance(found.made, Image), found.faults
    assert next(mount.holder.reference.repository for mount in found.made.mounts) == "golden/base"


def test_a_parent_s_model_beside_a_folder_of_the_child_s_has_no_folder(
    registry: Registry, tmp_path: Path
) -> None:
    found = compared(registry, tmp_path, packed_by_kit(registry), layout="model")

    assert "lora.bin: lies at 'adapter/lora.bin' in the image" in found.faults
