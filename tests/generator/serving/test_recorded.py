"""What a real cluster (Kubernetes 1.37, KServe 0.20) said of planted faults, as tests/e2e/record.py kept it."""

import pytest

from tests.generator.serving.recording import look, recorded

DIGEST = "sha256:77fcec93129d3c7aa9c1d6ced62c28d133c5c89a95d47504a6280d3cb545816c"
FAULTS = {
    "account": (
        "failed",
        'no pod can be made: error looking up service account e2e-4d425cff/absent: serviceaccount "',
    ),
    "crash": ("failed", "the container kserve-container ended with exit code 1: ValueError: no model here"),
    "disk": (
        "failed",
        "the initializer ended (exit code 32, DiskFull): '/mnt/models' needs 16.5 KiB, and 4.0 KiB",
    ),
    "model-image": ("failed", "the node can't pull the model's image 192.0.2.10:44795/made/"),
    "nowhere": ("retrying", "no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu"),
    "runtime": (
        "failed",
        "KServe refuses the service: No ServingRuntimes or ClusterServingRuntimes with the name: a",
    ),
    "server-image": (
        "failed",
        "the node can't pull the image of kserve-container 192.0.2.10:44795/absent:v1: not f",
    ),
    "tag": (
        "retrying",
        "the initializer ended (exit code 12, NotFound): 192.0.2.10:44795/golden/iris has no 'absent'",
    ),
    "variable": ("failed", 'the container kserve-container can\'t start: secret "absent" not found'),
    "volume": ("failed", "a volume of the pod can't be mounted: MountVolume.SetUp failed for volume"),
}


@pytest.mark.parametrize(
    ("name", "state", "cause"), [(name, *found) for name, found in FAULTS.items()], ids=FAULTS
)
def test_a_fault_that_was_planted(name: str, state: str, cause: str) -> None:
    found = look(recorded("faults"))[name]

    assert found.state == state
    assert found.cause.startswith(cause)
    assert found.hint


@pytest.mark.parametrize(
    ("file", "cause"),
    [
        (
            "shadowed",
            "KServe gave kit://192.0.2.10:43683/golden/iris:v1 to an initializer that doesn't know kit://",
        ),
        (
            "unsigned",
            "the initializer ended (exit code 50, Unsigned): kit://192.0.2.10:33269/golden/iris:v1 is sha256",
        ),
    ],
)
def test_a_fault_of_the_whole_release(file: str, cause: str) -> None:
    found = look(recorded(file))["iris"]

    assert (found.state, found.final) == ("failed", True)
    assert found.cause.startswith(cause)


def test_one_that_is_ready_has_its_digest() -> None:
    found = look(recorded("ready"))["iris"]

    assert (found.state, found.serving, found.cause) == ("ready", True, "")
    assert [each.digest for each in found.models] == [DIGEST]
