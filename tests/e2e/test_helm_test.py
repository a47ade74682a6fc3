"""`helm test`: are the services' ModelKits there, and do the credentials open the registry?"""

import pytest

from tests.e2e.files import service
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import HelmError, Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry


@pytest.mark.parametrize("tag", ["v1", "v2"], ids=["there", "missing"])
def test_it_resolves_every_services_modelkit(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit], tag: str
) -> None:
    uri = f"kit://{registry.host}/golden/iris:{tag}"
    files.install(inferenceServices={"iris": service(storageUri=uri)})

    if tag == "v1":
        said = files.run("test", files.name, "--logs")
        assert modelkits["iris"].expected["manifest_digest"] in said
    else:
        with pytest.raises(HelmError):
            files.run("test", files.name)
        (pod,) = (pod for pod in kubectl.items("pods") if "-check-" in pod["metadata"]["name"])
        assert "golden/iris has no 'v2'" in kubectl.run("logs", pod["metadata"]["name"])
    assert not [each for each in registry.accesses() if "/blobs/" in each.path and each.size > 64 * 1024]
