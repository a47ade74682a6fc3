"""Files that kustomize alone reads: its patches are parts of objects, and aren't applied by themselves."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from kitserve.crds.lookup import items
from kitserve.helm.construct import Construction
from kitserve.helm.file_cache import FileCache, UnreadableError
from kitserve.helm.nodes import RefusedTextError

KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml"})
_FIELDS = (
    *("patches", "patchesStrategicMerge", "patchesJson6902", "replacements"),
    *("configurations", "transformers", "generators", "validators"),
)
"""Lists of a kustomization whose items name files, as text or by `path` (sigs.k8s.io/kustomize, api/types)."""


def patches(files: Sequence[str], cache: FileCache) -> frozenset[str]:
    """Return those of the files that a kustomization among them names, by something else than `resources`."""
    named = {
        path
        for file in files
        if Path(file).name in KUSTOMIZATIONS
        for path in _named(_data(file, cache), Path(file).parent)
    }
    return frozenset(file for file in files if named and os.path.normpath(file) in named)


def _data(file: str, cache: FileCache) -> object:
    """Return what a kustomization says; None for a text that isn't YAML."""
    try:
        roots = cache.composed(file).roots
        return Construction(file).build(roots[0]) if roots else None
    except (UnreadableError, RefusedTextError):
        return None


def _named(kustomization: object, folder: Path) -> Iterator[str]:
    for field in _FIELDS:
        for item in items(kustomization, (field,)):
            name = item.get("path") if isinstance(item, dict) else item
            if isinstance(name, str) and "\n" not in name:
                yield os.path.normpath(folder / name)
