"""The contexts in the kubeconfig, for the shell's completion."""

import os
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_MOST = 1024 * 1024
"""Bytes of a kubeconfig that are read while somebody waits for a completion."""


def contexts() -> Iterator[str]:
    """Yield the names of the contexts in the files of KUBECONFIG, or in ~/.kube/config; what can't be read has none."""
    named = os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
    for file in named.split(os.pathsep):
        yield from _contexts(Path(file))


def _contexts(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as opened:
            document = YAML(typ="safe").load(opened.read(_MOST))
    except (OSError, YAMLError, ValueError):
        return
    listed = document.get("contexts") if isinstance(document, dict) else None
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            yield each["name"]
