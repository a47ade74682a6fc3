"""A registry over TLS whose certificate nobody vouches for."""

from pathlib import Path

import pytest

from tests.image.certificates import self_signed
from tests.image.initializer import Initializer
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

UNTRUSTED = 15


def test_an_unknown_certificate_is_not_trusted(
    registry: Registry, initializer: Initializer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Proxy(registry.url, tls=self_signed(tmp_path_factory.mktemp("tls"))) as proxy:
        run = initializer(f"kit://{proxy.host}/golden/iris:v1", flags="")

    assert run.exit == UNTRUSTED, run.stderr
    assert f"TLS with {proxy.host} failed: self-signed certificate; make its CA trusted" in run.last_line
    assert not proxy.seen


def test_verification_can_be_switched_off_and_is_warned_about(
    registry: Registry, initializer: Initializer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Proxy(registry.url, tls=self_signed(tmp_path_factory.mktemp("tls"))) as proxy:
        run = initializer(f"kit://{proxy.host}/golden/iris:v1", flags="--tls-verify=false")

    assert run.exit == 0, run.stderr
    assert (tmp_path / "models/model.joblib").exists()
    assert "WARNING TLS certificates are not verified (--tls-verify=false)" in run.stderr
