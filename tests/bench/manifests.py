"""The command's rows of the table: how long its start, rendering and validation take, beside helm and kubeconform."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from tests.bench.measure import cpu, fastest, modules, resident
from tests.bench.report import RUNS, Row
from tests.bench.repositories import services, write_repositories
from tests.parts.json_schemas import LOCATION, write_kserve
from tests.parts.tools import tool

REPOSITORY = Path(__file__).parents[2]
KITSERVE = (sys.executable, "-m", "kitserve")
# As where ruamel.yaml.clib, ruamel's binding of libyaml, isn't installed.
WITHOUT_LIBYAML = (
    sys.executable,
    "-c",
    "import sys; sys.modules['_ruamel_yaml'] = None; from kitserve.__main__ import main; main()",
)
_FILES, _SERVICES = 1_511, 3_000
SERVICE = {
    "namespace": "models",
    "labels": {"team": "vision"},
    "modelFormat": {"name": "sklearn", "version": "1"},
    "protocolVersion": "v2",
    "storageUri": "kit://registry.example.com/models/vision:v1",
    "serviceAccountName": "models",
    "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
    "predictor": {"minReplicas": 1},
}


@dataclass(frozen=True)
class Values:
    """Values files of one, a thousand and ten thousand services, as people write them."""

    one: Path
    thousand: Path
    ten_thousand: Path


def rows() -> Iterator[Row]:
    """Measure, row by row."""
    with tempfile.TemporaryDirectory(prefix="kitserve-bench-") as folder:
        values = Values(*(_values(Path(folder), count) for count in (1, 1_000, 10_000)))
        yield Row("`kitserve --help`", 0.12, fastest([*KITSERVE, "--help"], RUNS), "s")
        yield Row("`kitserve render`, one service", 0.2, fastest(_render(values.one), RUNS), "s")
        # A library that each start loads hides in the noise of a busy machine; the number of modules has no noise.
        yield Row("modules of others that it imports", 230, modules(_render(values.one)[1:]), "")
        yield from _many(values)
        validated = cpu([*KITSERVE, "validate", values.thousand], RUNS)
        yield Row("`kitserve validate`, values of 1,000 services, CPU", 0.7, validated, "s")
        yield from _read_once(Path(folder))
        yield _validated(Path(folder), values.thousand)


def _read_once(folder: Path) -> Iterator[Row]:
    """Measure a folder of other people's repositories, and one large file."""
    repositories, manifest = folder / "repositories", folder / "services.yaml"
    write_repositories(repositories, _FILES)
    manifest.write_text(services(_SERVICES))
    took = cpu([*KITSERVE, "validate", repositories], RUNS)
    yield Row(f"`kitserve validate`, a folder of {_FILES:,} files, CPU", 4, took, "s")
    took = cpu([*KITSERVE, "validate", manifest], RUNS)
    yield Row(f"`kitserve validate`, {_SERVICES:,} services in one file, CPU", 1.5, took, "s")


def _many(values: Values) -> Iterator[Row]:
    theirs = fastest([tool("helm4"), "template", "x", REPOSITORY / "chart", "-f", values.thousand], RUNS)
    ours = fastest(_render(values.thousand), RUNS)
    plain = fastest(_render(values.thousand, WITHOUT_LIBYAML), RUNS)
    large = fastest(_render(values.ten_thousand), 1)
    for what, took in (("", ours), (", without libyaml", plain)):
        name = f"`kitserve render`, 1,000 services, of `helm template`{what}"
        yield Row(name, 4, took / theirs, "x", f"{took:.2f} s of {theirs:.2f} s")
    name = "`kitserve render`, 10,000 services, of ten times 1,000"
    yield Row(name, 1.2, large / (10 * ours), "x", f"{large:.2f} s of {10 * ours:.2f} s")
    yield Row("its peak resident memory", 300, resident(_render(values.ten_thousand)) / 2**20, "MiB")


def _validated(folder: Path, values: Path) -> Row:
    manifests, schemas = folder / "manifests.yaml", folder / "schemas"
    manifests.write_bytes(subprocess.run(_render(values), check=True, capture_output=True).stdout)
    ours = fastest([*KITSERVE, "validate", manifests], RUNS)
    write_kserve(schemas)
    location = f"{schemas}/{LOCATION}"
    theirs = fastest([tool("kubeconform"), "-schema-location", location, manifests], RUNS)
    return Row("`kitserve validate`, 1,000 objects", 2, ours, "s", f"kubeconform: {theirs:.2f} s")


def _render(values: Path, program: Sequence[str] = KITSERVE) -> list[str | Path]:
    return [*program, "render", "-f", values]


def _values(folder: Path, count: int) -> Path:
    path = folder / f"{count}.yaml"
    services = {f"model-{number}": SERVICE for number in range(count)}
    with path.open("w") as file:
        yaml = YAML()
        yaml.representer.ignore_aliases = lambda *_: True
        yaml.dump({"inferenceServices": services}, file)
    return path
