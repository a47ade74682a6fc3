"""Who gets which secret: logins by namespace, and no token for the pods of `helm test`."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine
from tests.parity.objects import strictly_read
from tests.parity.renderers import Helm

LOGINS = """
credentials:
  create: true
  username: shared
  password: x
  namespaces: [shared, fraud]
  dockerConfigSecretName: logins
  registries:
    one.example.com: {username: one, password: a, namespaces: [fraud, search]}
    two.example.com: {username: two, password: b, namespaces: [search]}
    three.example.com: {username: three, password: c}
localModels: {create: true, jobNamespace: jobs}
test: {enabled: true, uris: ["kit://registry.example.com/a:v1"]}
inferenceServices:
  iris: {modelFormat: {name: sklearn}, storageUri: "kit://registry.example.com/b:v1", serviceAccountName: other}
"""


@pytest.fixture
def values(tmp_path: Path) -> Path:
    file = tmp_path / "values.yaml"
    file.write_text(LOGINS)
    return file


@pytest.fixture(params=["helm3", "helm4", "kitserve"])
def rendered(request: pytest.FixtureRequest, kitserve: CommandLine, values: Path) -> list[dict[str, Any]]:
    if request.param == "kitserve":
        return strictly_read(kitserve("render", "-n", "models", "-f", values).out)
    return strictly_read(
        Helm(request.getfixturevalue(request.param), REPOSITORY / "chart").render([values]).manifests or ""
    )


def test_a_login_is_in_the_namespaces_that_it_names_and_in_no_other(rendered: list[dict[str, Any]]) -> None:
    found = {
        each["metadata"]["namespace"]: sorted(
            json.loads(base64.b64decode(each["data"][".dockerconfigjson"]))["auths"]
        )
        for each in rendered
        if each["kind"] == "Secret" and each["metadata"]["name"] == "logins"
    }

    assert found == {
        "fraud": ["one.example.com"],
        "search": ["one.example.com", "two.example.com"],
        "models": ["three.example.com"],
    }


def test_the_shared_login_is_in_its_own_namespaces(rendered: list[dict[str, Any]]) -> None:
    named = [each["metadata"] for each in rendered if each["kind"] == "Secret"]

    assert {each["namespace"] for each in named if each["name"] == "kit-secret"} == {
        "shared",
        "fraud",
        "jobs",
    }


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_pods_of_helm_test_mount_no_token(helm: str, request: pytest.FixtureRequest, values: Path) -> None:
    found = Helm(request.getfixturevalue(helm), REPOSITORY / "chart", tests=True).render([values]).manifests
    pods = [each["spec"] for each in strictly_read(found or "") if each["kind"] == "Pod"]

    assert len(pods) == 2
    assert all(each["automountServiceAccountToken"] is False for each in pods)
