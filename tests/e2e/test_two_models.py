"""Several ModelKits in one service: KServe's `storageUris`."""

from tests.e2e.features import needs
from tests.e2e.files import digest, service
from tests.e2e.inference import initializer
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry


@needs("`storageUris`")
def test_each_modelkit_lies_at_its_own_path(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    names = {"iris": "/mnt/models/classifier", "llm-parts": "/mnt/models/language"}
    for name in names:
        registry.push_layout(modelkits[name].archive, modelkits[name].repository, "v1")
    uris = {name: f"kit://{registry.host}/golden/{name}:v1" for name in names}
    entries = [{"uri": uris[name], "mountPath": path} for name, path in names.items()]
    files.install(inferenceServices={"both": service(storageUris=entries)})
    container = initializer(kubectl, "both")
    assert container["image"] == files.image
    assert container["args"] == [text for name, path in names.items() for text in (uris[name], path)]
    assert digest(kubectl, "both", "/classifier/Kitfile") == modelkits["iris"].digest("Kitfile")
    assert digest(kubectl, "both", "/language/Kitfile") == modelkits["llm-parts"].digest("Kitfile")
