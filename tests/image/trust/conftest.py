"""Keys of two people."""

import pytest

from tests.parts.signing.keys import SigningKey, new_key


@pytest.fixture(scope="session")
def alice() -> SigningKey:
    return new_key()


@pytest.fixture(scope="session")
def mallory() -> SigningKey:
    return new_key()
