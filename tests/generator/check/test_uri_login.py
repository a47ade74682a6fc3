"""A login in a model's URI is refused wherever one stands, and never repeated."""

import json
from typing import Any

import pytest
from kitserve.check.initializer import has_login

from tests.generator.command_line import CommandLine

DIGEST = f"sha256:{'0' * 64}"
LOGINS = (
    *("kit://me:s3cr3t@r.example.com/a:v1", "kit://me@r.example.com/a:v1", "kit://:s3cr3t@r.example.com/a"),
    *("kit://me:s3/cr3t@r.example.com/a:v1", "kit://me:s3@cr3t@r.example.com/a", "kit://me:@r.example.com/a"),
    *(
        f"kit://me:s3cr3t@r.example.com/a@{DIGEST}",
        "kit://me:s3cr3t@localhost:5000/a@sha256:x",
        "KIT://me:s3cr3t@r/a",
    ),
    *("https://me:s3cr3t@example.com/a.zip", "s3://key:s3cr3t@bucket/a", "hf://me:s3cr3t@example.com/a"),
    *("kit://r.example.com/a:v1@s3cr3t", "kit://me%40a:s3cr3t@r.example.com/a"),
    *("kit://me:s3cr3t%40r.example.com/a:v1", "kit://me:s3cr3t\uff20r.example.com/a:v1"),
    f"kit://me:s3cr3t@{DIGEST}",
)
OTHERS = (
    *(
        "kit://r.example.com/a:v1",
        f"kit://r.example.com/a@{DIGEST}",
        f"kit://r.example.com:5000/a/b:v1@{DIGEST}",
    ),
    *("s3://bucket/a:b@c", "https://example.com:8080/a@b", "pvc://claim/a", "hf://org/a@rev", ""),
    *(f"kit://r.example.com/a@{DIGEST.upper()}", "kit://r.example.com/a@sha256:x", "kit://r@sha256:00"),
    *("abfss://container@account.dfs.core.windows.net/a", "oci://r.example.com/a@sha256:00"),
)
_V1BETA1, _V1ALPHA1 = "serving.kserve.io/v1beta1", "serving.kserve.io/v1alpha1"


@pytest.mark.parametrize("uri", LOGINS)
def test_is_a_login(uri: str) -> None:
    assert has_login(uri)


@pytest.mark.parametrize("uri", OTHERS)
def test_is_none(uri: str) -> None:
    assert not has_login(uri)


def manifests(uri: str) -> dict[str, dict[str, Any]]:
    """Every object that names a model, by where it does."""
    form = {"modelFormat": {"name": "sklearn"}}
    good = {"model": form | {"storageUri": "kit://r.example.com/a:v1"}}

    def service(predictor: dict[str, Any], **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        return _made(_V1BETA1, "InferenceService", {"predictor": predictor} | spec)

    return {
        "spec.predictor.model.storageUri": service({"model": form | {"storageUri": uri}}),
        "spec.predictor.sklearn.storageUri": service({"sklearn": {"storageUri": uri}}),
        "spec.predictor.storageUris[0].uri": service({"model": form, "storageUris": [{"uri": uri}]}),
        "spec.predictor.containers[0].env[0].value": service(
            {"containers": [{"name": "a", "image": "a:1", "env": [{"name": "STORAGE_URI", "value": uri}]}]}
        ),
        "spec.explainer.art.storageUri": service(good, explainer={"art": {"storageUri": uri}}),
        "spec.canary[0].predictor.model.storageUri": service(
            good, canary=[{"predictor": {"name": "b", "model": form | {"storageUri": uri}}}]
        ),
        "spec.sourceModelUri": _made(
            _V1ALPHA1, "LocalModelCache", {"sourceModelUri": uri, "modelSize": "1Gi", "nodeGroups": ["a"]}
        ),
        "spec.model.uri": _made(_V1ALPHA1, "LLMInferenceService", {"model": {"uri": uri}}),
        "spec.model.lora.adapters[0].uri": _made(
            _V1ALPHA1,
            "LLMInferenceService",
            {"model": {"uri": "hf://a/b", "lora": {"adapters": [{"name": "a", "uri": uri}]}}},
        ),
        "spec.model.storageUri": _made(
            _V1ALPHA1, "TrainedModel", {"inferenceService": "a", "model": {"storageUri": uri}}
        ),
        "spec.supportedUriFormats[0].prefix": _made(
            _V1ALPHA1, "ClusterStorageContainer", {"supportedUriFormats": [{"prefix": uri}]}
        ),
    }


def _made(version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}


@pytest.mark.parametrize("place", manifests(""))
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_manifest_with_one_is_refused(place: str, form: str, kitserve: CommandLine) -> None:
    for uri in LOGINS[:4]:
        item = manifests(uri)[place]
        for text in (json.dumps(item), json.dumps(item, indent=1)):
            ran = kitserve("validate", "--format", form, "-", stdin=text)

            assert ran.exit_code == 1
            assert "KS153" in ran.out + ran.err
            assert f"{place}: " in ran.out + ran.err or f'"{place}"' in ran.out
            assert "cr3t" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("inferenceServices.a.storageUri", {"inferenceServices": {"a": {"storageUri": "URI"}}}),
        ("inferenceServices.a.storageUris", {"inferenceServices": {"a": {"storageUris": [{"uri": "URI"}]}}}),
        (
            "inferenceServices.a.storageUri",
            {"inferenceServiceDefaults": {"storageUri": "URI"}, "inferenceServices": {"a": {}}},
        ),
        (
            "localModels.caches.a.uri",
            {"localModels": {"caches": {"a": {"uri": "URI", "size": "1Gi", "nodeGroups": ["a"]}}}},
        ),
        ("test.uris", {"test": {"uris": ["kit://r.example.com/a:v1", "URI"]}}),
    ],
)
@pytest.mark.parametrize("command", [["validate", "-"], ["render", "-f", "-"]], ids=" ".join)
def test_values_with_one_are_refused(
    path: str, values: dict[str, Any], command: list[str], kitserve: CommandLine
) -> None:
    values.setdefault("inferenceServiceDefaults", {})["modelFormat"] = {"name": "sklearn"}
    for uri in (login for login in LOGINS if login.islower()):
        ran = kitserve(*command, stdin=json.dumps(values).replace("URI", uri))

        assert (ran.exit_code, ran.out) == (1, "")
        assert f"error[KS118] {path}: this may hold a login" in ran.err
        assert "cr3t" not in ran.err


def test_an_open_map_of_values_is_judged_as_the_object_that_it_gives(kitserve: CommandLine) -> None:
    service = {"modelFormat": {"name": "sklearn"}, "predictor": {"model": {"storageUri": LOGINS[0]}}}
    ran = kitserve("validate", "-", stdin=json.dumps({"inferenceServices": {"a": service}}))

    assert ran.exit_code == 1
    assert "error[KS153] inferenceServices.a.predictor.model.storageUri: " in ran.err
    assert "cr3t" not in ran.err
