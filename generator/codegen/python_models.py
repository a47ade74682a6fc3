"""The models of KServe's and Kubernetes' Python packages: the fields of each class, read from the wheels.

OpenAPI Generator writes a class for each type of Go that KServe's OpenAPI document has, less what that document lacks:
the bounds, patterns, words, defaults and rules of CRDs, and the types behind an LLMInferenceService.
"""

import ast
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Model:
    """A class: the type of each field by its name in JSON, and which of them are required."""

    fields: dict[str, str]
    required: frozenset[str] = frozenset()


Models = dict[str, Model]

_CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)
_TABLE = r"^    {} = (\{{.*?\n    \}})"
_TYPES = re.compile(_TABLE.format("openapi_types"), re.MULTILINE | re.DOTALL)
_NAMES = re.compile(_TABLE.format("attribute_map"), re.MULTILINE | re.DOTALL)
_REQUIRED = re.compile(r"Invalid value for `(\w+)`, must not be `None`")
_LONG_NAME = re.compile(r"K8sIoApi[A-Z][a-z]+(?=V\d)")
_RUNTIME, _WORKER = "V1alpha1ServingRuntimePodSpec", "V1alpha1WorkerSpec"
_SIZES = {"pipelineParallelSize": "int", "tensorParallelSize": "int"}


def read(requirements: tuple[str, ...]) -> Models:
    """Return the models of some packages, such as `kserve==0.20.0`, by their class. Raises CalledProcessError.

    A runtime's workers have no class: they are a runtime's pod with two sizes (WorkerSpec in
    pkg/apis/serving/v1alpha1/servingruntime_types.go).
    """
    found: Models = {}
    with tempfile.TemporaryDirectory() as folder:
        command = ("-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder)
        subprocess.run([sys.executable, *command, *requirements], check=True, capture_output=True, text=True)
        for wheel in sorted(Path(folder).glob("*.whl")):
            found.update(_classes(wheel))
    pod = found[_RUNTIME]
    return {_WORKER: Model(pod.fields | _SIZES, pod.required), **found}


def _classes(wheel: Path) -> Iterator[tuple[str, Model]]:
    with zipfile.ZipFile(wheel) as packed:
        for name in sorted(packed.namelist()):
            if "/models/" in name and name.endswith(".py"):
                yield from _class(packed.read(name).decode())


def _class(source: str) -> Iterator[tuple[str, Model]]:
    """Yield the class of a module with its name, unless the module only imports others."""
    named, types, names = (pattern.search(source) for pattern in (_CLASS, _TYPES, _NAMES))
    if named and types and names:
        json_names: dict[str, str] = ast.literal_eval(names[1])
        fields = {json_names[field]: _short(kind) for field, kind in ast.literal_eval(types[1]).items()}
        yield named[1], Model(fields, frozenset(json_names[field] for field in _REQUIRED.findall(source)))


def _short(kind: str) -> str:
    """Return a type by Kubernetes' own name for it, and a map as Kubernetes' package writes it."""
    return _LONG_NAME.sub("", kind).replace("dict(", "dict[").replace(")", "]")


def item(kind: str) -> str:
    """Return the type of a list's items, or of a map's values; empty for other types."""
    found = re.fullmatch(r"(?:list\[|dict\[str, )(.*)\]", kind)
    return found[1] if found else ""


def is_list(kind: str) -> bool:
    """Return whether a type is a list."""
    return kind.startswith("list[")
