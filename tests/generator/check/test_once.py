"""A run opens each file once and parses it at most once, whatever it is: counts, not times."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kitserve.helm import compose
from kitserve.helm.parsing.events import parse_events
from ruamel.yaml.events import Event

from tests.bench.repositories import services, write_repositories
from tests.generator.command_line import CommandLine

FILES = 40
"""Two repositories: each kind of file is there twice."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The files that are opened, by path."""
    counted: Counter[str] = Counter()
    plain = Path.open

    def count(path: Path, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as Path.open
        counted[str(path)] += 1
        return plain(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", count)
    return counted


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The texts that are parsed."""
    counted: Counter[str] = Counter()
    plain = parse_events

    def count(text: str, *, fast: bool) -> Iterator[Event]:
        counted[text] += 1
        return plain(text, fast=fast)

    compose._composed.cache_clear()
    monkeypatch.setattr(compose, "parse_events", count)
    return counted


def texts_of(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def within(folder: Path, opened: Counter[str]) -> dict[str, int]:
    return {path: count for path, count in opened.items() if path.startswith(str(folder))}


def test_a_folder_is_read_once(
    kitserve: CommandLine, opened: Counter[str], parsed: Counter[str], tmp_path: Path
) -> None:
    write_repositories(tmp_path, FILES)
    (tmp_path / "values.yaml").write_text("inferenceServices: {}\n")
    opened.clear()

    assert kitserve("validate", tmp_path).exit_code == 0
    counts = within(tmp_path, opened)
    texts = texts_of(tmp_path)
    assert counts == dict.fromkeys(map(str, texts), 1)
    assert parsed
    assert parsed <= Counter(texts.values())


def test_what_another_program_renders_or_reads_is_not_parsed(
    kitserve: CommandLine, parsed: Counter[str], tmp_path: Path
) -> None:
    write_repositories(tmp_path, FILES)

    assert kitserve("validate", tmp_path).exit_code == 0
    left = [text for path, text in texts_of(tmp_path).items() if path.parent.name == "templates"]
    assert left
    assert not set(left) & set(parsed)


def test_a_file_that_is_named_twice_is_read_once(
    kitserve: CommandLine, opened: Counter[str], parsed: Counter[str], tmp_path: Path
) -> None:
    manifest = tmp_path / "services.yaml"
    manifest.write_text(services(2))
    opened.clear()

    assert kitserve("validate", manifest, tmp_path, manifest).exit_code == 0
    assert within(tmp_path, opened) == {str(manifest): 1}
    assert parsed == {services(2): 1}
