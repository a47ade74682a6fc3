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
PRINT_LIST = "{{ range .Values.list }}\nitem: {{ . | toYaml | b64enc }}\n{{ end }}"

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
    printed = dict(_template(helm, chart))
    read = [_decode(printed[f"t{number}"]) for number in range(len(texts))]
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
    ((_, encoded),) = _template(helm, chart, *arguments, *options)
    values: dict[str, Any] = _decode(encoded)
    return values


def items_as_yaml(helm: Path, folder: Path, items: Sequence[str]) -> list[str]:
    """What `toYaml` writes of plain scalars."""
    chart = _chart(folder, PRINT_LIST)
    (chart / "values.yaml").write_text("list:\n" + "".join(f"- {item}\n" for item in items))
    return [base64.b64decode(encoded).decode() for _, encoded in _template(helm, chart)]


def _chart(folder: Path, template: str) -> Path:
    chart = folder / "probe"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: probe\nversion: 0.1.0\n")
    (chart / "templates" / "probe.yaml").write_text(template)
    return chart


def _template(helm: Path, chart: Path, *arguments: str) -> list[tuple[str, str]]:
    """The lines `name: text` of what the chart prints."""
    command = [str(helm), "template", "probe", str(chart), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise HelmError(run.stderr)
    lines = (line for line in run.stdout.splitlines() if not line.startswith("#"))
    return [(name, text) for name, colon, text in (line.partition(": ") for line in lines) if colon]


def _decode(encoded: str) -> Any:  # noqa: ANN401
    """JSON's integers past 64 bits are floats for Helm, which writes them with an exponent elsewhere."""
    return json.loads(base64.b64decode(encoded), parse_int=_integer)


def _integer(digits: str) -> int | float:
    return int(digits) if -(2**63) <= int(digits) < 2**64 else float(digits)
