"""Claims that several replicas can't share."""

from typing import Any

import pytest

from tests.generator.check.manifests import SERVICE, codes, mutated
from tests.generator.command_line import CommandLine

PREDICTOR = "spec.predictor"
MOUNTED = {"name": "models", "persistentVolumeClaim": {"claimName": "models"}}
RWO, RWX, ROX, RWOP = "ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod"


def claim(*modes: str, **metadata: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "models"} | metadata,
        "spec": {"accessModes": list(modes)},
    }


def replicas(most: object = None, least: object = None, **predictor: object) -> dict[str, Any]:
    found = mutated(SERVICE, f"{PREDICTOR}.volumes", [MOUNTED])
    for field, value in {"maxReplicas": most, "minReplicas": least, **predictor}.items():
        found = mutated(found, f"{PREDICTOR}.{field}", value) if value is not None else found
    return found


def transformed(**transformer: object) -> dict[str, Any]:
    part = {"containers": [{"name": "a", "image": "a:v1"}], "volumes": [MOUNTED], **transformer}
    return mutated(SERVICE, "spec.transformer", part)


WARNED: dict[str, tuple[dict[str, Any], ...]] = {
    "several at most": (claim(RWO), replicas(most=3)),
    "several at least": (claim(RWO), replicas(least=2)),
    "one or several": (claim(RWO), replicas(most=2, least=1)),
    "none or several": (claim(RWO), replicas(most=5, least=0)),
    "one pod": (claim(RWOP), replicas(most=2)),
    "both modes": (claim(RWO, RWOP), replicas(most=2)),
    "a service before its claim": (replicas(most=2), claim(RWO)),
    "in one namespace": (
        claim(RWO, namespace="a"),
        mutated(replicas(most=2), "metadata.namespace", "a"),
    ),
    "by a URI": (
        claim(RWO),
        mutated(replicas(most=2, volumes=[]), f"{PREDICTOR}.model.storageUri", "pvc://models/a"),
    ),
    "by one of several URIs": (
        claim(RWO),
        mutated(
            SERVICE,
            PREDICTOR,
            {
                "model": {"modelFormat": {"name": "sklearn"}},
                "storageUris": [{"uri": "pvc://models/a", "mountPath": "/mnt/models/a"}],
                "maxReplicas": 2,
            },
        ),
    ),
    "a transformer": (claim(RWO), transformed(minReplicas=2)),
    "a number as JSON may have it": (claim(RWO), replicas(most=2.0)),
}


@pytest.mark.parametrize("objects", WARNED.values(), ids=WARNED)
def test_replicas_that_cannot_share_a_claim_are_told(objects: tuple[dict[str, Any], ...]) -> None:
    assert "KS187" in codes(*objects)


SILENT: dict[str, tuple[dict[str, Any], ...]] = {
    "many may write": (claim(RWX), replicas(most=3)),
    "many may read": (claim(RWO, ROX), replicas(most=3)),
    "many may write too": (claim(RWO, RWX), replicas(most=3)),
    "one replica": (claim(RWO), replicas(most=1)),
    "no number": (claim(RWO), replicas()),
    "not a number": (claim(RWO), replicas(most="many")),
    "another claim": (claim(RWO, name="other"), replicas(most=3)),
    "another namespace": (claim(RWO, namespace="a"), replicas(most=3)),
    "a claim that nobody mounts": (claim(RWO), replicas(most=3, volumes=[])),
    "a claim that isn't here": (replicas(most=3),),
    "no modes": (claim(), replicas(most=3)),
    "modes of another shape": (mutated(claim(), "spec", {"accessModes": {"a": 1}}), replicas(most=3)),
    "items of another shape": (mutated(claim(), "spec.accessModes", [{"a": 1}]), replicas(most=3)),
    "only another component has several": (claim(RWO), mutated(transformed(), f"{PREDICTOR}.minReplicas", 2)),
}


@pytest.mark.parametrize("objects", SILENT.values(), ids=SILENT)
def test_others_are_not(objects: tuple[dict[str, Any], ...]) -> None:
    assert "KS187" not in codes(*objects)


VALUES = """\
inferenceServices:
  iris:
    modelFormat: {{name: sklearn}}
    storageUri: kit://registry.example.com/iris:v1
    delivery: volume
    modelVolume: {{size: 1Gi{modes}}}
    {replicas}
"""


ABOVE_LIMIT = "resources: {requests: {cpu: 2}, limits: {cpu: 1}}"
"""What KServe's own code calls an error of the object, and no rule for values does."""


@pytest.mark.parametrize(("fault", "code"), [("maxReplicas: 2", "KS187"), (ABOVE_LIMIT, "KS139")])
def test_what_objects_show_is_told_by_validate_and_not_by_render(
    fault: str, code: str, kitserve: CommandLine
) -> None:
    text = VALUES.format(modes=", accessModes: [ReadWriteOnce]", replicas=fault)
    rendered = kitserve("render", "-f", "-", stdin=text)

    assert (rendered.exit_code, rendered.err) == (0, "")
    assert code in kitserve("validate", "-", stdin=text).err


@pytest.mark.parametrize(
    ("modes", "replicas", "path"),
    [
        (
            ", accessModes: [ReadWriteOnce]",
            "maxReplicas: 2",
            "7:5: warning[KS187] inferenceServices.iris.maxReplicas",
        ),
        (
            ", accessModes: [ReadWriteOncePod]",
            "minReplicas: 2",
            "7:5: warning[KS187] inferenceServices.iris.minReplicas",
        ),
        (
            ", accessModes: [ReadWriteOnce]",
            "predictor: {maxReplicas: 2}",
            "7:17: warning[KS187] inferenceServices.iris.predictor.maxReplicas",
        ),
        (", accessModes: [ReadWriteOnce]", "maxReplicas: 1", ""),
        (", accessModes: [ReadWriteMany]", "maxReplicas: 2", ""),
        ("", "maxReplicas: 2", ""),
    ],
)
def test_values_are_told_at_their_replicas(
    modes: str, replicas: str, path: str, kitserve: CommandLine
) -> None:
    told = kitserve("validate", "-", stdin=VALUES.format(modes=modes, replicas=replicas))

    assert told.exit_code == 0
    assert ("KS187" in told.err) == bool(path)
    assert path in told.err
