"""Writes into a copy of the commit what the repository doesn't know: its address, the registry, the image's digest."""

import json
import re
from pathlib import Path
from typing import Literal

from release.errors import ReleaseError
from release.plan import Plan
from release.source.changelog import changes, newest

DIGEST = "kitserve.io/image-digest"
"""The chart's annotation with the digest of its default image, which chart/templates/_image.tpl reads."""
_RELATIVE = re.compile(r"(!\[[^\]]*)?\]\((?!https?:|#|mailto:)([^)]+)\)")


def stamp_packages(tree: Path, plan: Plan) -> None:
    """Name the repository in both distributions, and lead the links of their README there."""
    if not plan.source:
        return
    urls = f'Source = "{plan.source}"\nChangelog = "{_page(plan, "CHANGELOG.md")}"\n'
    for name in ("pyproject.toml", "image/pyproject.toml"):
        _replace(tree / name, r"(?m)^\[project\.urls\]\n", f"[project.urls]\n{urls}")
    for folder in ("", "image/"):
        page = tree / folder / "README.md"
        page.write_text(absolute(page.read_text(), folder, plan))


def stamp_chart(chart: Path, tree: Path, plan: Plan, digest: str) -> None:
    """Name the image in the values, its digest in Chart.yaml, and there what Artifact Hub shows."""
    values = chart / "values.yaml"
    _replace(
        values,
        r"(?m)^(image:\n(?:  #.*\n)*)  registry: .*$",
        rf"\g<1>  registry: {_text(plan.destination.registry)}",
    )
    _replace(
        values,
        r"(?m)^(image:\n(?:  .*\n)*?)  repository: .*$",
        rf"\g<1>  repository: {_text(plan.destination.image_repository)}",
    )
    metadata = chart / "Chart.yaml"
    own = f"{plan.destination.image}:{plan.version}"
    _replace(
        metadata, rf"(?m)^(      image: ).*/kitserve-initializer:{re.escape(plan.version)}$", rf"\g<1>{own}"
    )
    metadata.write_text(metadata.read_text() + _annotations(tree, digest) + _addresses(plan))


def absolute(page: str, folder: str, plan: Plan) -> str:
    """Return a page with links to the repository where it has relative ones: PyPI shows it elsewhere."""

    def led(link: re.Match[str]) -> str:
        picture = link[1] or ""
        return f"{picture}]({_page(plan, folder + link[2], 'raw' if picture else 'blob')})"

    return _RELATIVE.sub(led, page)


def _annotations(tree: Path, digest: str) -> str:
    """Return lines below `annotations`, which Chart.yaml ends with."""
    listed = "".join(
        f"    - {_text(change)}\n" for change in changes(newest((tree / "CHANGELOG.md").read_text()))
    )
    return f"  {DIGEST}: {_text(digest)}\n  artifacthub.io/changes: |\n{listed}"


def _addresses(plan: Plan) -> str:
    return f"home: {_text(plan.source)}\nsources: [{_text(plan.source)}]\n" if plan.source else ""


def _page(plan: Plan, path: str, form: Literal["blob", "raw"] = "blob") -> str:
    clean = re.sub(r"[^/]+/\.\./", "", path)
    return f"{plan.source}/{form}/v{plan.version}/{clean}"


def _replace(path: Path, pattern: str, replacement: str) -> None:
    text, number = re.subn(pattern, replacement, path.read_text())
    if number != 1:
        raise ReleaseError(
            f"{path.name} has {number} places for what a release writes there, not one: {pattern}"
        )
    path.write_text(text)


def _text(value: str) -> str:
    """Return a text as YAML: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)
