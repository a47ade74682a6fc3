"""`kitserve doctor`: faults that are planted in a cluster, and the sentence that names each."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Cluster
from tests.e2e.features import needs
from tests.e2e.files import SECURITY, service
from tests.e2e.image_volumes import images_off, make_image, pack_words
from tests.e2e.inference import RESOURCES
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.parts.registry import Basic, Registry
from tests.parts.signing.keys import new_key

Check = dict[str, str]
WRONG = "wr0ng-b4sic-for-the-doctor"
STORAGE = "clusterstoragecontainers"


def examine(
    release: Release,
    *options: str,
    env: Mapping[str, str] | None = None,
    **values: Any,  # noqa: ANN401 - any value of the chart
) -> list[Check]:
    """All checks of values that aren't applied."""
    command = [Path(sys.executable).with_name("kitserve"), "doctor", "-f", "-", "-o", "json"]
    ran = subprocess.run(
        [str(each) for each in (*command, "-n", release.kubectl.namespace, *options)],
        env={**os.environ, "KUBECONFIG": str(release.kubectl.kubeconfig), **(env or {})},
        input=json.dumps(release.values(**values)),
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[Check] = json.loads(ran.stdout or "[]")
    errors = [each for each in found if each["result"] == "error"]
    assert ran.returncode == bool(errors), ran.stderr
    return found


def faults(checks: list[Check], *results: str) -> dict[str, str]:
    """What was looked at and isn't as it should be, and the sentence."""
    return {each["about"]: each["message"] for each in checks if each["result"] in (results or ("error",))}


def iris(registry: Registry, **keys: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of a service
    return {"iris": service(storageUri=f"kit://{registry.host}/golden/iris:v1", **keys)}


def login(release: Release, registry: Registry, password: str = "") -> dict[str, Any]:
    assert isinstance(registry.auth, Basic)
    user = {"username": registry.auth.user, "password": password or registry.auth.password}
    return {"create": True, "namespaces": [release.kubectl.namespace], **user}


def secret(kubectl: Kubectl, registry: Registry) -> dict[str, str]:
    """Make the Secret with the registry's login; the same login as variables."""
    assert isinstance(registry.auth, Basic)
    own = {"KIT_USER": registry.auth.user, "KIT_PASSWORD": registry.auth.password}
    pairs = (f"--from-literal={name}={value}" for name, value in own.items())
    kubectl.run("create", "secret", "generic", "kit-secret", *pairs)
    return own


@contextmanager
def changed(kubectl: Kubectl, item: dict[str, Any]) -> Iterator[None]:
    """An object of the whole cluster for as long as a test needs it."""
    kubectl.apply(item)
    try:
        yield
    finally:
        kubectl.run("delete", item["kind"], item["metadata"]["name"])


def pods(kubectl: Kubectl) -> list[str]:
    return [each["metadata"]["name"] for each in kubectl.items("pods")]


def test_nothing_stands_in_the_way(files: Release, kubectl: Kubectl, private_registry: Registry) -> None:
    own = secret(kubectl, private_registry)

    checks = examine(files, "--from-cluster", env=own, inferenceServices=iris(private_registry))

    assert faults(checks, "error", "warning", "unknown") == {}
    said = {each["about"]: each["message"] for each in checks}
    uri = f"kit://{private_registry.host}/golden/iris:v1"
    assert said["for pods"] == f"kitops alone takes kit://, with {files.image}"
    assert said[private_registry.host] == "answers from here; login: KIT_USER"
    assert "to unpack" in next(each["message"] for each in checks if each["about"] == uri)
    assert [each["message"] for each in checks if each["group"] == "From the cluster"] == [
        f"from a pod in {kubectl.namespace}: ok: {uri} has 4 layers of 16.5 KiB to unpack"
    ]
    assert pods(kubectl) == []


def test_a_pod_has_no_login_that_isnt_applied_yet(files: Release, private_registry: Registry) -> None:
    values = {"credentials": login(files, private_registry), "inferenceServices": iris(private_registry)}

    checks = examine(files, "--from-cluster", **values)

    assert faults(checks) == {}
    (said,) = faults(checks, "unknown").values()
    assert said.endswith("these values make the Secret kit-secret, which isn't there yet")


def test_another_container_takes_kit_too(files: Release, registry: Registry) -> None:
    other = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": "another"},
        "spec": {
            "container": {"name": "storage-initializer", "image": "registry.example.com/other:1"},
            "supportedUriFormats": [{"regex": "^kit:.+"}],
            "workloadType": "initContainer",
        },
    }
    with changed(files.kubectl, other):
        checks = examine(files, inferenceServices=iris(registry))
        off = examine(files, inferenceServices=iris(registry), clusterStorageContainer={"create": False})

    uri = f"kit://{registry.host}/golden/iris:v1"
    assert faults(checks)["for pods"] == (
        f"another, kitops all take {uri}, and KServe uses whichever comes first"
    )
    assert "another alone takes kit://" in {each["about"]: each["message"] for each in off}["for pods"]


def test_a_container_that_was_deleted_under_services(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    files.install(inferenceServices=iris(registry))
    assert "kitops" not in faults(examine(files, inferenceServices=iris(registry)), "error", "warning")

    kubectl.run("delete", STORAGE, "kitops")
    found = faults(examine(files, inferenceServices=iris(registry)))

    assert (
        found["kitops"]
        == "it was deleted, and services of this release are there: their next pods don't start"
    )


def test_a_container_that_is_disabled_or_old(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    files.install(inferenceServices=iris(registry))
    kubectl.run("patch", STORAGE, "kitops", "--type=merge", '--patch={"disabled": true}')
    assert faults(examine(files, inferenceServices=iris(registry)))["kitops"] == (
        "it is disabled, and applying these values doesn't enable it"
    )
    image = '{"disabled": false, "spec": {"container": {"name": "storage-initializer", "image": "old:1"}}}'
    kubectl.run("patch", STORAGE, "kitops", "--type=merge", f"--patch={image}")

    assert faults(examine(files, inferenceServices=iris(registry)), "warning")["kitops"] == (
        f"the cluster's isn't the one of these values: its image is old:1 instead of {files.image}"
    )


@pytest.mark.parametrize(
    ("planted", "said"),
    [(False, "isn't there"), (True, "has no key KIT_USER")],
    ids=["no Secret", "another key"],
)
def test_a_login_that_isnt_there(
    files: Release, kubectl: Kubectl, private_registry: Registry, planted: bool, said: str
) -> None:
    auth = private_registry.auth
    assert isinstance(auth, Basic)
    own = {"KIT_USER": auth.user, "KIT_PASSWORD": auth.password}
    if planted:
        pairs = [f"--from-literal=username={auth.user}", f"--from-literal=KIT_PASSWORD={auth.password}"]
        kubectl.run("create", "secret", "generic", "kit-secret", *pairs)

    checks = examine(files, "--from-cluster", env=own, inferenceServices=iris(private_registry))

    found = faults(checks)
    assert found.pop(f"{kubectl.namespace}: Secret kit-secret") == (
        f"{said}, and a registry asks for a login: pods start, and the pull fails"
    )
    (there,) = found.values()
    assert there.startswith(f"from a pod in {kubectl.namespace}: ")
    assert auth.password not in json.dumps(checks)


def test_a_wrong_password(files: Release, private_registry: Registry) -> None:
    values = {
        "credentials": login(files, private_registry, WRONG),
        "inferenceServices": iris(private_registry),
    }

    checks = examine(files, **values)

    uri = f"kit://{private_registry.host}/golden/iris:v1"
    assert faults(checks) == {
        uri: f"with the login of these values: {private_registry.host} refuses the user 'reader' (401)"
    }
    assert WRONG not in json.dumps(checks)


def test_a_wrong_password_in_the_cluster(
    files: Release, kubectl: Kubectl, private_registry: Registry
) -> None:
    pairs = ["--from-literal=KIT_USER=reader", f"--from-literal=KIT_PASSWORD={WRONG}"]
    kubectl.run("create", "secret", "generic", "kit-secret", *pairs)

    checks = examine(files, "--from-cluster", inferenceServices=iris(private_registry))

    (said,) = faults(checks).values()
    assert said.startswith(f"from a pod in {kubectl.namespace}: ")
    assert f"{private_registry.host} refuses the user 'reader' (401" in said
    assert said.endswith("(exit code 10)")
    assert WRONG not in json.dumps(checks)
    assert pods(kubectl) == []


def test_a_tag_that_nobody_pushed(files: Release, registry: Registry) -> None:
    services = {"iris": service(storageUri=f"kit://{registry.host}/golden/iris:nowhere")}

    found = faults(examine(files, "--from-cluster", inferenceServices=services))

    assert list(found) == [f"kit://{registry.host}/golden/iris:nowhere"]
    assert found[f"kit://{registry.host}/golden/iris:nowhere"].endswith("(exit code 12)")


def test_a_quota_without_room(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    kubectl.run("create", "quota", "small", "--hard=requests.memory=64Mi,pods=5")
    kubectl.wait("quota/small", "jsonpath={.status.hard.pods}=5")

    found = faults(examine(files, inferenceServices=iris(registry)))

    assert found[f"{kubectl.namespace}: quota"] == (
        "the quota small leaves 64Mi of requests.memory, and the pods need 100Mi"
    )
    assert "exceeded quota: small" in found[f"{kubectl.namespace}: pod of iris"]


def test_pod_security_and_a_pod_that_wants_more(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    kubectl.run("label", "namespace", kubectl.namespace, "pod-security.kubernetes.io/enforce=restricted")
    helper = {"name": "helper", "image": files.image, "resources": RESOURCES}
    wanting = iris(registry, predictor={"containers": [helper]})

    found = faults(examine(files, inferenceServices=wanting))
    fitting = iris(registry, predictor={"containers": [helper | {"securityContext": SECURITY}]})

    assert found[f"{kubectl.namespace}: pod of iris"].startswith(
        'the cluster refuses such a pod: violates PodSecurity "restricted:latest"'
    )
    assert faults(examine(files, "--from-cluster", inferenceServices=fitting)) == {}


@needs("`oci+native://`")
def test_images_that_kserve_doesnt_mount(cluster: Cluster, files: Release, registry: Registry) -> None:
    packed = pack_words(registry, uuid.uuid4().hex)
    make_image(registry, packed.pinned)
    words = {"words": service(storageUri=packed.pinned, delivery="imageVolume")}
    assert faults(examine(files, inferenceServices=words)) == {}
    with images_off(cluster.kubectl):
        found = faults(examine(files, inferenceServices=words))

    assert found == {
        f"image of {files.kubectl.namespace}/words": "this cluster's KServe mounts no images here"
    }


def test_an_image_that_nobody_made(files: Release, registry: Registry) -> None:
    packed = pack_words(registry, uuid.uuid4().hex)
    words = {"words": service(storageUri=packed.pinned, delivery="imageVolume")}

    (said,) = faults(examine(files, inferenceServices=words)).values()

    assert said.startswith("the image isn't there: ")


def test_a_model_that_nobody_signed(files: Release, registry: Registry) -> None:
    rules = [{"references": [f"{registry.host}/**"], "keys": [new_key().public]}]

    found = faults(examine(files, verification={"rules": rules}, inferenceServices=iris(registry)))

    uri = f"kit://{registry.host}/golden/iris:v1"
    assert list(found) == [f"signatures of {uri}"]
    assert "which nobody has signed" in found[f"signatures of {uri}"]


def test_an_image_of_the_initializer_that_nobody_has(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    image = {"registry": registry.host, "repository": "nobody/kitserve-initializer", "tag": "none"}

    checks = examine(files, "--from-cluster", "--plain-http", image=image, inferenceServices=iris(registry))

    found = faults(checks)
    assert found["initializer's image"].startswith(
        f"{registry.host}/nobody/kitserve-initializer:none can't be pulled: "
    )
    assert any(each["message"].startswith("the initializer's image can't be pulled: ") for each in checks)
    assert pods(kubectl) == []


def test_what_a_namespace_lacks(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    wanting = iris(
        registry, serviceAccountName="nobody", predictor={"imagePullSecrets": [{"name": "pulling"}]}
    )
    wanting["iris"]["runtime"] = "fils"
    elsewhere = iris(registry, namespace="nowhere")

    found = faults(examine(files, inferenceServices=wanting | {"other": elsewhere["iris"]}))

    assert found[f"{kubectl.namespace}: ServiceAccount nobody"] == "the account isn't there: no pod is made"
    assert found[f"{kubectl.namespace}: Secret pulling"] == (
        f"InferenceService {kubectl.namespace}/iris needs it, and it isn't there"
    )
    assert found[f"{kubectl.namespace}/iris: runtime"] == "the cluster has no runtime fils"
    assert found["nowhere"] == "the namespace isn't there"


def test_a_login_with_few_rights(
    files: Release, kubectl: Kubectl, registry: Registry, tmp_path: Path
) -> None:
    """A service account that may do nothing but what everybody may."""
    kubectl.run("create", "serviceaccount", "reader")
    token = kubectl.run("create", "token", "reader").strip()
    config = json.loads(kubectl.run("config", "view", "--raw", "--output=json"))
    config["users"] = [{"name": each["name"], "user": {"token": token}} for each in config["users"]]
    (tmp_path / "config").write_text(json.dumps(config))

    checks = examine(files, env={"KUBECONFIG": str(tmp_path / "config")}, inferenceServices=iris(registry))

    results = {each["result"] for each in checks}
    assert faults(checks) == {}
    assert "unknown" in results
    assert all(
        "this login may not" in each["message"] or each["group"] in {"Nodes", "Registries"}
        for each in checks
        if each["result"] == "unknown"
    )
    assert f"kit://{registry.host}/golden/iris:v1" in {
        each["about"] for each in checks if each["result"] == "ok"
    }


def test_without_values_the_services_of_the_namespace(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    files.install(inferenceServices=iris(registry))
    command = [sys.executable, "-m", "kitserve", "doctor", "-n", kubectl.namespace]
    ran = subprocess.run(
        command,
        env={**os.environ, "KUBECONFIG": str(kubectl.kubeconfig)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"ok         kit://{registry.host}/golden/iris:v1" in ran.stdout
    assert "kitops alone takes kit://" in ran.stdout
