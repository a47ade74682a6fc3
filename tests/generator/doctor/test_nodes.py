"""What nodes say of themselves: image volumes, and room for models."""

from typing import Any

import pytest
from kitserve.doctor.node.image_volumes import lacks

from tests.case_ids import case_id


@pytest.mark.parametrize(
    ("kubelet", "runtime", "expected"),
    [
        ("v1.37.2", "containerd://2.4.2", []),
        ("v1.35.0", "containerd://2.2.0-rc.1", []),
        ("v1.36.1-gke.100", "cri-o://1.34.1", []),
        ("v1.33.0", "containerd://2.2.0", []),
        ("v1.32.9", "containerd://2.4.2", ["Kubernetes 1.32 has no image volumes, 1.35 has them"]),
        (
            "v1.36.0",
            "containerd://2.1.4",
            ["containerd 2.1.4 doesn't mount a folder of an image, containerd 2.2 does"],
        ),
        (
            "v1.30.1+k3s1",
            "containerd://1.7.20",
            [
                "Kubernetes 1.30 has no image volumes, 1.35 has them",
                "containerd 1.7.20 doesn't mount a folder of an image, containerd 2.2 does",
            ],
        ),
        ("v1.36.0", "cri-o://1.33.0", ["cri-o 1.33.0 doesn't mount a folder of an image, cri-o 1.34 does"]),
        ("v1.36.0", "docker://28.0.0", []),
        ("", "", []),
        ("vX", "containerd://v9", []),
    ],
    ids=case_id,
)
def test_whether_a_node_mounts_images(kubelet: str, runtime: str, expected: list[str]) -> None:
    info: dict[str, Any] = {"kubeletVersion": kubelet, "containerRuntimeVersion": runtime}

    assert list(lacks(info)) == expected
