"""Fixtures of the command's tests."""

from pathlib import Path

import pytest

from tests.generator.cli.verifying import Verifying, of, unsigned
from tests.generator.command_line import CommandLine
from tests.image.packing import Packed
from tests.image.trust.judging import sign
from tests.parts.registry import Registry
from tests.parts.signing.keys import SigningKey


@pytest.fixture
def verifying(kitserve: CommandLine, home: Path) -> Verifying:
    return Verifying(kitserve, home)


@pytest.fixture
def signed(registry: Registry, alice: SigningKey) -> Packed:
    made = unsigned(registry)
    sign(of(registry, made), alice)
    return made
