"""What a scenario needs of KServe, and since when KServe has it: by objects that the command itself judges."""

from functools import cache
from typing import Any

import pytest
from kitserve.check import object_rules
from kitserve.check.object_rules.rule import has as is_at_least
from kitserve.crds import structures, validate

from tests.e2e import versions
from tests.e2e.local_model_cases import CACHE, NAMESPACED
from tests.generator.check.manifests import LLM, MODEL, SERVICE, STORAGE, mutated

PREDICTOR = "spec.predictor"
NATIVE = "oci+native://registry.example.com/iris:v1"
STANDARD = "the mode `Standard` by its name"
FEATURES: dict[str, dict[str, Any]] = {
    "`storageUris`": mutated(
        SERVICE, PREDICTOR, {"model": {}, "storageUris": [{"uri": "kit://registry.example.com/iris:v1"}]}
    ),
    "`supportsMultiModelDownload`": mutated(STORAGE, "spec.supportsMultiModelDownload", True),
    STANDARD: mutated(SERVICE, "metadata.annotations", {"serving.kserve.io/deploymentMode": "Standard"}),
    "`oci+native://`": mutated(SERVICE, f"{MODEL}.storageUri", NATIVE),
    "LLMInferenceServices that mount images": LLM,
    "`oci+native://` in LLMInferenceServices": mutated(LLM, "spec.model.uri", NATIVE),
    "LocalModelCaches": CACHE,
    "LocalModelNamespaceCaches": CACHE | NAMESPACED,
    "canaries": mutated(SERVICE, "spec.canary", []),
    "`storageContainerName`": mutated(SERVICE, f"{PREDICTOR}.storageContainerName", "kitops"),
}
"""Features by what they are called in a sentence, each with an object that has it."""
OWN_VOLUME = "a volume in the place of KServe's own"
FAILURES = "a status that follows a failing initializer"
LATE_KEDA = "a KEDA that comes after KServe"
UNJUDGED = {OWN_VOLUME: "0.16", FAILURES: "0.17", LATE_KEDA: "0.17"}
"""Those that the command doesn't judge. KServe 0.15 adds its volume whatever a pod has (InjectStorageInitializer in
pkg/webhook/admission/pod/storage_initializer_injector.go). Before 0.17 it watches no pods, so `modelStatus` stays until
something else changes (SetupWithManager in pkg/controller/v1beta1/inferenceservice/controller.go), and it looks for
KEDA once, when it starts (main in cmd/manager/main.go)."""


@cache
def since(feature: str) -> str:
    """The first version whose KServe refuses nothing of a feature that the newest one takes, such as `0.16`."""
    if feature in UNJUDGED:
        return UNJUDGED[feature]
    newest = _errors(FEATURES[feature], structures.released()[-1])
    return next(each for each in structures.released() if _errors(FEATURES[feature], each) <= newest)


def has(feature: str) -> bool:
    """Whether the chosen KServe has it."""
    return is_at_least(versions.minor(), since(feature))


def needs(*features: str) -> pytest.MarkDecorator:
    """The marker of scenarios that a KServe without these can't have."""
    lacking = [feature for feature in features if not has(feature)]
    told = ", ".join(f"{feature} (KServe {since(feature)})" for feature in lacking)
    return pytest.mark.skipif(bool(lacking), reason=f"needs {told}")


def _errors(item: dict[str, Any], version: str) -> set[str]:
    alone = (*validate.check(item, version), *object_rules.check_object(item, version))
    together = (problem for _, problem in object_rules.check_together([item], version))
    return {problem.code for problem in (*alone, *together) if problem.severity == "error"}
