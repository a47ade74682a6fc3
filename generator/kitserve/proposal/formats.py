"""The formats of KServe's serving runtimes, and how a ModelKit shows that it has one.

Source: KServe 0.20's charts/kserve-runtime-configs/files/runtimes, and MODEL_EXTENSIONS in its servers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Format:
    """A format by KServe's name.

    `frameworks` are the Kitfile's words for it, `endings` those of its files, and `files` names that only it has. With
    `flat` its server looks for the model at the top of /mnt/models alone. `note` is what else the server wants.
    """

    name: str
    frameworks: tuple[str, ...]
    endings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    flat: bool = False
    note: str = ""


FORMATS = (
    Format("mlflow", ("mlflow",), files=("MLmodel",)),
    Format(
        "huggingface",
        ("huggingface", "transformers", "vllm", "sentence-transformers"),
        (".safetensors",),
        ("tokenizer.json", "tokenizer_config.json", "model.safetensors.index.json"),
        flat=True,
        note="The server needs config.json and the tokenizer beside the weights, and mostly a GPU.",
    ),
    Format("sklearn", ("sklearn", "scikit-learn", "scikitlearn"), (".joblib", ".pkl", ".pickle"), flat=True),
    Format("xgboost", ("xgboost", "xgb"), (".ubj",), flat=True),
    Format(
        "lightgbm",
        ("lightgbm", "lgbm"),
        flat=True,
        note="KServe's own server looks for a file that ends in .bst.",
    ),
    Format("pmml", ("pmml",), (".pmml",), flat=True),
    Format("paddle", ("paddle", "paddlepaddle"), (".pdmodel", ".pdiparams"), flat=True),
    Format("autogluon", ("autogluon",), files=("predictor.pkl",), flat=True),
    Format(
        "tensorflow",
        ("tensorflow", "tf", "keras"),
        files=("saved_model.pb",),
        note="The server looks for the saved model in a folder with a number, as in /mnt/models/1/saved_model.pb.",
    ),
    Format(
        "onnx",
        ("onnx", "onnxruntime"),
        (".onnx",),
        note="Triton looks for a model repository, as in /mnt/models/NAME/1/model.onnx.",
    ),
    Format("triton", ("triton", "tensorrt"), (".plan",), ("config.pbtxt",)),
    Format(
        "pytorch",
        ("torchserve",),
        (".mar",),
        note="TorchServe looks for model-store/ and config/config.properties.",
    ),
)
UNSERVED = {
    ".gguf": "GGUF, which llama.cpp reads, and no serving runtime that comes with KServe",
    ".pt": "weights of PyTorch, which KServe's TorchServe takes as a .mar archive only",
    ".pth": "weights of PyTorch, which KServe's TorchServe takes as a .mar archive only",
    ".bin": "weights whose ending doesn't say what reads them",
    ".h5": "weights of Keras, which TensorFlow's server takes as a saved model only",
    ".keras": "weights of Keras, which TensorFlow's server takes as a saved model only",
}
"""Endings of files that no serving runtime of KServe reads, and what they are."""
_MAGIC = {b"GGUF": ".gguf", b"\x89HDF": ".h5", b"<PMML": ".pmml", b"<?xml": ".pmml"}


@dataclass(frozen=True)
class Guess:
    """A format, and what says so: it ends a sentence."""

    format: Format
    because: str


def guesses(framework: str, heads: Mapping[str, bytes]) -> list[Guess]:
    """Return the formats that a ModelKit may have, the surest first: by its files, then by its Kitfile's framework.

    `heads` are the first bytes of its model's files, by their paths.
    """
    found = [*_by_files(heads), *_by_framework(framework)]
    return list({guess.format.name: guess for guess in reversed(found)}.values())[::-1]


def unserved(heads: Mapping[str, bytes]) -> str:
    """Return what a file is that no server of KServe's reads, as `model.gguf is GGUF, which ...`; empty without one."""
    for path, ending in _endings(heads):
        if ending in UNSERVED:
            return f"{path} is {UNSERVED[ending]}"
    return ""


def _by_files(heads: Mapping[str, bytes]) -> Iterator[Guess]:
    for form in FORMATS:
        for path in heads:
            if PurePosixPath(path).name in form.files:
                yield Guess(form, f"it has {path}")
    for form in FORMATS:
        for path, ending in _endings(heads):
            if ending in form.endings:
                yield Guess(form, f"it has {path}")


def _by_framework(framework: str) -> Iterator[Guess]:
    word = framework.strip().lower()
    return (
        Guess(form, f"its Kitfile names the framework {framework}")
        for form in FORMATS
        if word in form.frameworks
    )


def _endings(heads: Mapping[str, bytes]) -> Iterable[tuple[str, str]]:
    """Yield each file with its ending, or with that of the kind that its first bytes show."""
    for path, head in heads.items():
        kind = next((ending for magic, ending in _MAGIC.items() if head.startswith(magic)), "")
        if head[8:9] == b"{" and head[3:8] == bytes(5):
            kind = ".safetensors"
        yield path, kind or PurePosixPath(path).suffix.lower()
