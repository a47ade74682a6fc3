"""Every way gives a server the same bytes, or the bench would compare nothing."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tests.bench.cluster import artifacts
from tests.bench.cluster.content import MODELKIT, PARTS, part, push
from tests.image.initializer import Initializer
from tests.parts.registry import Registry


def test_the_modelkit_and_the_modelcar_hold_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "BUSYBOX", Path(__file__))  # which this machine needn't have
    initializer = Initializer(tmp_path)
    with Registry() as registry:
        pushed = push(registry, 1)
        assert initializer(f"kit://{registry.host}/{MODELKIT}:v1").exit == 0
        layers = [registry.storage.path(layer.digest).read_bytes() for layer in pushed.car]

    car: dict[str, bytes] = {}
    for data in layers:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            car |= {each.name: archive.extractfile(each).read() for each in archive if each.isfile()}  # type: ignore[union-attr]
    for name in map(part, range(PARTS)):
        assert (initializer.destination / name).read_bytes() == car[f"models/{name}"]
    assert len({hashlib.sha256(car[f"models/{part(number)}"]).digest() for number in range(PARTS)}) == PARTS
    assert pushed.modelkit[0].digest in pushed.chains()
    assert len(pushed.chains()) == 2 * PARTS + 1
