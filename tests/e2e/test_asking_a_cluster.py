"""`kitserve validate --cluster`: what the cluster refuses, told at the line; and nothing is changed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.kubectl import Kubectl
from tests.generator.check.manifests import SERVICE, mutated

SECONDS = 60
POLICY: list[dict[str, Any]] = [
    {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "models-by-digest"},
        "spec": {
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["serving.kserve.io"],
                        "apiVersions": ["*"],
                        "resources": ["inferenceservices"],
                        "operations": ["CREATE"],
                    }
                ]
            },
            "validations": [
                {
                    "expression": "object.spec.predictor.model.storageUri.contains('@sha256:')",
                    "message": "models are served by digest here",
                }
            ],
        },
    },
    {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "models-by-digest"},
        "spec": {"policyName": "models-by-digest", "validationActions": ["Deny"]},
    },
]


def ask(kubectl: Kubectl, *objects: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What the command says of objects in a List on standard input."""
    return subprocess.run(
        [Path(sys.executable).with_name("kitserve"), "validate", "--cluster", "--format", "json", "-"],
        env={**os.environ, "KUBECONFIG": str(kubectl.kubeconfig)},
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def service(kubectl: Kubectl) -> dict[str, Any]:
    """One that nobody has anything against, in the test's namespace."""
    return mutated(SERVICE, "metadata.namespace", kubectl.namespace)


@pytest.fixture
def policy(kubectl: Kubectl) -> Iterator[None]:
    """A rule of this cluster's own, for the test's namespace."""
    namespace = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": kubectl.namespace}}}
    rule, binding = POLICY
    kubectl.apply(rule, mutated(binding, "spec.matchResources", namespace))
    yield
    kubectl.run("delete", *(f"{item['kind']}/{item['metadata']['name']}" for item in POLICY))


def test_what_the_cluster_takes_has_no_problem_and_is_not_made(
    kubectl: Kubectl, service: dict[str, Any]
) -> None:
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": kubectl.namespace},
    }

    asked = ask(kubectl, service, settings)

    assert (asked.returncode, json.loads(asked.stdout)) == (0, []), asked.stderr
    assert kubectl.items("inferenceservice") == []


def test_what_only_the_cluster_knows(kubectl: Kubectl, service: dict[str, Any]) -> None:
    nowhere = mutated(service, "metadata.namespace", "nowhere")
    unknown = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}
    wrong = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": 1}}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a"},
        "stringData": {"a": {"b": "s3cr3t"}},
    }

    asked = ask(kubectl, nowhere, unknown, wrong, mutated(secret, "metadata.namespace", "nowhere"))

    found = {
        problem["path"]: problem["message"]
        for problem in json.loads(asked.stdout)
        if problem["code"] == "KS299"
    }
    assert asked.returncode == 1
    assert 'the cluster refuses it: namespaces "nowhere" not found' in found.values()
    assert found["kind"] == "the cluster has no Thing of example.com/v1"
    assert "expected string" in found["data.a"]
    assert "s3cr3t" not in asked.stdout + asked.stderr


@pytest.mark.usefixtures("policy")
def test_a_policy_of_the_cluster_refuses(kubectl: Kubectl, service: dict[str, Any]) -> None:
    pinned = "kit://registry.example.com/iris@sha256:" + "0" * 64
    deadline = time.monotonic() + SECONDS
    while (asked := ask(kubectl, service)).returncode == 0 and time.monotonic() < deadline:
        time.sleep(1)  # a policy takes a moment to count

    assert "models are served by digest here" in asked.stdout
    assert ask(kubectl, mutated(service, "spec.predictor.model.storageUri", pinned)).returncode == 0
