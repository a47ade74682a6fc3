"""Versions of KServe: those that are known, and those that are newer than all."""

import json
from typing import Any

import pytest
from kitserve.check.objects import check_objects
from kitserve.crds import structures

from tests.generator.check.manifests import ABSENT, LLM, MODEL, SERVICE, STORAGE, mutated
from tests.generator.command_line import CommandLine
from tests.generator.verdicts.whole import whole

RUNTIME = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ServingRuntime",
    "metadata": {"name": "forest"},
    "spec": {
        "supportedModelFormats": [{"name": "forest"}],
        "containers": [{"name": "kserve-container", "image": "example.com/forest:1"}],
    },
}
WORKERS = {"containers": [{"name": "worker-container", "image": "example.com/forest:1"}]}
CLAIMS = [{"name": "gpu", "resourceClaimTemplateName": "large"}]
KEDA = {"maxReplicas": 2, "keda": {"triggers": [{"type": "cpu"}]}}
P, CONTAINER = "spec.predictor", "spec.container"
NEWEST = structures.versions()[-1]


def found(item: dict[str, Any], version: str) -> list[str]:
    """The code of each problem, with its place."""
    problems = [problem for _, problem in check_objects([item], version)]
    return [f"{problem.code} {problem.dotted}" for problem in problems]


@pytest.mark.parametrize(
    ("item", "path", "value"),
    [
        (SERVICE, "spec.tracing", {"exporterEndpoint": "http://traces:4317", "samplerArg": "0.1"}),
        (SERVICE, "spec.tracing", {}),
        (SERVICE, f"{P}.schedulingGroup", {"podGroupName": "a"}),
        (SERVICE, f"{P}.workerSpec.schedulingGroup", {"podGroupName": "a"}),
        (RUNTIME, "spec.resourceClaims", CLAIMS),
        (RUNTIME, "spec.workerSpec", {**WORKERS, "resourceClaims": CLAIMS}),
        (RUNTIME | {"kind": "ClusterServingRuntime"}, "spec.resourceClaims", CLAIMS),
    ],
    ids=[
        "tracing",
        "default tracing",
        "group",
        "workers' group",
        "claims",
        "workers' claims",
        "cluster's claims",
    ],
)
def test_fields_of_0_21_are_unknown_to_older_ones(item: dict[str, Any], path: str, value: object) -> None:
    asked = mutated(with_parent(item, path.rpartition(".")[0]), path, value)

    assert any(code.startswith("KS210") for code in found(asked, "0.20"))
    assert not any(code.startswith("KS210") for code in found(asked, "0.21"))


def with_parent(item: dict[str, Any], path: str) -> dict[str, Any]:
    """The object with a map at a path."""
    return mutated(item, path, {}) if path == f"{P}.workerSpec" else item


@pytest.mark.parametrize(
    ("item", "path", "value", "place"),
    [
        (SERVICE, "spec.tracing", {"endpoint": "a"}, "KS210 spec.tracing.endpoint"),
        (SERVICE, "spec.tracing", {"exporter": 1}, "KS211 spec.tracing.exporter"),
        (SERVICE, "spec.tracing", [], "KS211 spec.tracing"),
        (SERVICE, f"{P}.schedulingGroup", "a", f"KS211 {P}.schedulingGroup"),
        (RUNTIME, "spec.resourceClaims", [{"resourceClaimName": "a"}], "KS212 spec.resourceClaims[0].name"),
        (RUNTIME, "spec.resourceClaims", CLAIMS * 2, "KS216 spec.resourceClaims[1]"),
        (SERVICE, f"{P}.timeot", 1, f"KS210 {P}.timeot"),
        (SERVICE, f"{P}.scaleMetric", "gpu", f"KS213 {P}.scaleMetric"),
        (LLM, "spec.scaling", KEDA, "KS159 spec.scaling.keda"),
        (LLM, "spec.rolloutStrategy", {"maxSurge": 1}, "KS159 spec.rolloutStrategy"),
        (LLM, "spec.replicas", "2", "KS211 spec.replicas"),
        (LLM, "metadata.lables", {}, "KS210 metadata.lables"),
    ],
)
def test_what_is_wrong_with_fields_of_0_21(
    item: dict[str, Any], path: str, value: object, place: str
) -> None:
    assert found(mutated(item, path, value), "0.21") == [place]


@pytest.mark.parametrize(
    ("item", "path", "value", "expected"),
    [
        (SERVICE, f"{P}.timeot", 1, [f"KS159 {P}.timeot"]),
        (SERVICE, f"{MODEL}.storageURI", "kit://a/b:1", [f"KS159 {MODEL}.storageURI"]),
        (SERVICE, f"{P}.scaleMetric", "gpu", [f"KS159 {P}.scaleMetric"]),
        (SERVICE, "kind", "InferencePool", ["KS159 kind"]),
        (SERVICE, "apiVersion", "serving.kserve.io/v1", ["KS159 apiVersion"]),
        (SERVICE, f"{P}.minReplicas", "1", [f"KS211 {P}.minReplicas"]),
        (SERVICE, f"{P}.minReplicas", -1, [f"KS224 {P}.minReplicas"]),
        (STORAGE, f"{CONTAINER}.name", ABSENT, [f"KS212 {CONTAINER}.name"]),
        (STORAGE, f"{CONTAINER}.gpu", 1, [f"KS159 {CONTAINER}.gpu"]),
        (LLM, "spec.scaling", {"maxReplicas": 2}, ["KS159 spec.scaling"]),
        (SERVICE, P, {"llama": {"storageUri": "kit://example.com/a:1"}}, [f"KS159 {P}.llama"]),
        (SERVICE, P, {}, [f"KS226 {P}"]),
    ],
)
def test_a_version_that_isnt_known_may_allow_more(
    item: dict[str, Any], path: str, value: object, expected: list[str]
) -> None:
    assert found(mutated(item, path, value), "0.99") == expected


@pytest.mark.parametrize("version", ["0.22", "0.99", "1.0"])
def test_what_the_newest_version_admits_newer_ones_do(version: str) -> None:
    for item in whole("0.20"):
        assert found(item, version) == [
            code if not code.startswith(("KS210", "KS213", "KS215", "KS217", "KS218")) else f"KS159{code[5:]}"
            for code in found(item, NEWEST)
        ]


@pytest.mark.parametrize(
    ("asked", "exit_code"),
    [
        *(("0.20", 1), ("v0.20", 1), ("0.20.1", 1), ("v0.20.0", 1), ("0.20.0-rc1", 1), ("", 1)),
        *(("0.21", 0), ("0.21.3", 0), ("0.22", 0), ("v0.22.0", 0), ("1.0", 0)),
        *(
            ("0.18", 2),
            ("0.14", 2),
            ("0.9", 2),
            ("latest", 2),
            ("0", 2),
            ("0.20.", 2),
            ("0.20.0 ", 2),
            (" 0.20", 2),
        ),
    ],
)
def test_a_version_is_taken_by_its_minor(asked: str, exit_code: int, kitserve: CommandLine) -> None:
    option = ["--kserve-version", asked] if asked else []
    manifest = json.dumps(mutated(SERVICE, "spec.tracing", {}))

    assert kitserve("validate", *option, "-", stdin=manifest).exit_code == exit_code


@pytest.mark.parametrize(("version", "said"), [("0.21", False), ("0.22", True)])
def test_a_version_that_isnt_known_is_said_to_be_none(
    version: str, said: bool, kitserve: CommandLine
) -> None:
    manifest = json.dumps(mutated(SERVICE, "spec.speed", 2))
    checked = kitserve("validate", "--kserve-version", version, "-", stdin=manifest)

    assert ("KServe 0.22 isn't known yet: kitserve judges by 0.21" in checked.err) is said
    assert ("unknown field: KServe 0.21 refuses this, and 0.22 may allow it" in checked.err) is said


@pytest.mark.parametrize(("version", "told"), [("0.20", []), ("0.21", ["KS129"]), ("0.22", ["KS129"])])
def test_kserves_own_initializer_takes_modelscope_since_0_21(version: str, told: list[str]) -> None:
    item = mutated(STORAGE, "spec.supportedUriFormats", [{"prefix": "modelscope://"}])

    assert [code[:5] for code in found(item, version)] == told


@pytest.mark.parametrize(
    ("schemes", "version", "place"),
    [
        (("kit", "oci+fetch"), "0.20", ""),
        (("kit", "oci+fetch"), "0.21", f"{P}.storageUris[1].uri"),
        (("oci+fetch", "kit"), "0.21", f"{P}.storageUris[0].uri"),
        (("kit", "oci+native"), "0.21", ""),
        (("kit", "oci+modelcar"), "0.21", ""),
        (("kit", "oci"), "0.21", ""),
        (("oci+fetch", "pvc"), "0.21", ""),
        (("kit", "s3"), "0.21", f"{P}.storageUris[1].uri"),
    ],
)
def test_no_modelkit_is_fetched_beside_an_image_that_is(
    schemes: tuple[str, ...], version: str, place: str
) -> None:
    uris = [
        {"uri": f"{scheme}://example.com/{number}:1", "mountPath": f"/mnt/models/{number}"}
        for number, scheme in enumerate(schemes)
    ]
    item = mutated(SERVICE, P, {"model": {"modelFormat": {"name": "triton"}}, "storageUris": uris})
    told = {code.removeprefix("KS130 ") for code in found(item, version) if code.startswith("KS130")}

    assert told == ({place} if place else set())


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        pytest.param(
            f"{P}.storageUris",
            [],
            {"0.15": ["KS210"], "0.16": [], "0.17": [], "0.19": [], "0.20": ["KS215"]},
            id="an empty list, which a webhook takes away before 0.20",
        ),
        pytest.param(
            P,
            {
                "model": {"modelFormat": {"name": "triton"}},
                "storageUris": [{"uri": "kit://registry.example.com/a:v1", "mountPath": "/mnt/models/a"}],
            },
            {"0.15": ["KS210"], "0.16": ["KS130"], "0.17": [], "0.20": []},
            id="several ModelKits, for which 0.16 makes no volume",
        ),
        pytest.param(
            P,
            {
                "model": {"modelFormat": {"name": "triton"}},
                "storageUris": [
                    {"uri": "pvc://models/a", "mountPath": "/mnt/models/a"},
                    {"uri": "s3://bucket/b", "mountPath": "/mnt/models/b"},
                    {"uri": "s3://bucket/c", "mountPath": "/mnt/models/c"},
                ],
            },
            {"0.16": ["KS130"], "0.17": []},
            id="another download, beside a claim",
        ),
        pytest.param(
            P,
            {
                "model": {"modelFormat": {"name": "triton"}},
                "storageUris": [{"uri": "pvc://models/a", "mountPath": "/mnt/models/a"}],
            },
            {"0.16": [], "0.17": []},
            id="claims alone, which 0.16 mounts",
        ),
        pytest.param(
            f"{P}.logger",
            {"mode": "all", "storage": {"path": "a", "key": "b"}},
            {"0.15": ["KS210"], "0.16": ["KS230"], "0.20": ["KS230"]},
            id="a logger's storage, which 0.15 doesn't have",
        ),
    ],
)
def test_verdict_by_version(path: str, value: object, told: dict[str, list[str]]) -> None:
    asked = mutated(SERVICE, path, value)

    assert {version: [code[:5] for code in found(asked, version)] for version in told} == told
