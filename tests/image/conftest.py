"""Fixtures of the initializer's tests."""

from pathlib import Path

import pytest

from tests.image.initializer import Initializer


@pytest.fixture
def initializer(tmp_path: Path) -> Initializer:
    return Initializer(tmp_path)
