"""Fixtures of the tests of images."""

from pathlib import Path

import pytest

from tests.generator.command_line import CommandLine
from tests.generator.image.imaging import Imaging
from tests.image.packing import Packed, file, folder, layer, pack
from tests.parts.registry import Registry


@pytest.fixture
def imaging(kitserve: CommandLine, home: Path) -> Imaging:
    return Imaging(kitserve, home)


@pytest.fixture
def packed(registry: Registry) -> Packed:
    """A ModelKit of two layers, in a repository of its own."""
    return pack(
        registry,
        layer(folder("model"), file("model/weights", b"w" * 100_000)),
        layer(file("README.md", b"read me")),
        compress=True,
    )
