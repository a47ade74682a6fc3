"""A chart that prints what a real Helm made of values."""

import base64
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import Phase

# Helm reads with one function what -f names and what `fromYaml` is given: many texts fit into one run.
READ_FILES = """{{ range $name, $content := .Files.Glob "texts/*" }}
{{ $name | base }}: {{ $.Files.Get $name | fromYaml | toJson | b64enc }}
{{ end }}"""
PRINT_VALUES = "values: {{ .Values | toJson | b64enc }}"

# For properties of many texts at once: each step of shrinking them would run Helm, and the assertion names the few.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


class HelmError(Exception):
    """Helm refused; the message is its own."""


def exact(value: object) -> str:
    """Text by which true, 1 and 1.0 differ."""
    return json.dumps(value, sort_keys=True)


def read_texts(helm: Path, texts: Sequence[str], folder: Path) -> list[Any]:
    """What Helm reads in each text: its map, or None if Helm refuses it."""
    chart = _chart(folder, READ_FILES)
    (chart / "texts").mkdir()
    for number, text in enumerate(texts):
        (chart / "texts" / f"t{number}").write_bytes(text.encode())
    printed = _template(helm, chart)
    read = [printed[f"t{number}"] for number in range(len(texts))]
    return [None if isinstance(values, dict) and values.keys() == {"Error"} else values for values in read]


def merged_values(
    helm: Path, folder: Path, files: Sequence[str], options: Sequence[str] = (), defaults: str = ""
) -> dict[str, Any]:
    """The values that templates see: files and options over the chart's defaults. Raises HelmError."""
    chart = _chart(folder, PRINT_VALUES)
    (chart / "values.yaml").write_text(defaults)
    arguments = []
    for number, file in enumerate(files):
        path = folder / f"values-{number}.yaml"
        path.write_bytes(file.encode())
        arguments += ["--values", str(path)]
    values: dict[str, Any] = _template(helm, chart, *arguments, *options)["values"]
    return values


def _chart(folder: Path, template: str) -> Path:
    chart = folder / "probe"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: probe\nversion: 0.1.0\n")
    (chart / "templates" / "probe.yaml").write_text(template)
    return chart


def _template(helm: Path, chart: Path, *arguments: str) -> dict[str, Any]:
    command = [str(helm), "template", "probe", str(chart), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise HelmError(run.stderr)
    entries = (
        line.split(": ") for line in run.stdout.splitlines() if ": " in line and not line.startswith("#")
    )
    return {name: json.loads(base64.b64decode(encoded)) for name, encoded in entries}
