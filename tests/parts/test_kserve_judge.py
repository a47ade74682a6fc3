"""The judge answers as an API server with KServe does, and says which step refuses."""

from typing import Any

import pytest

from tests.generator.check.manifests import ABSENT, MODEL, SERVICE, mutated
from tests.parts.kserve_judge import verdicts, versions

pytestmark = pytest.mark.timeout(3600)

NEWEST = versions()[-1]
SCALED = {
    "apiVersion": "serving.kserve.io/v1alpha2",
    "kind": "LLMInferenceService",
    "metadata": {"name": "chat"},
    "spec": {"model": {"uri": "hf://a/b"}, "replicas": 1, "scaling": {"maxReplicas": 2, "wva": {"hpa": {}}}},
}


@pytest.mark.parametrize(
    ("item", "step", "says"),
    [
        (SERVICE, "", ""),
        (mutated(SERVICE, "spec.predictr", {}), "fields", "unknown field spec.predictr"),
        (mutated(SERVICE, "kind", "InferenceServices"), "fields", "no matches for kind"),
        (mutated(SERVICE, "spec", ABSENT), "defaulter", "panic"),
        (mutated(SERVICE, "spec.predictor.minReplicas", "1"), "defaulter", "cannot unmarshal string"),
        (mutated(SERVICE, "metadata.labels", {"a": "no label!"}), "schema", "metadata.labels"),
        (SCALED, "cel", "mutually exclusive"),
        (mutated(SERVICE, f"{MODEL}.name", "x"), "validator", "'name' field is not allowed"),
        (mutated(SERVICE, "spec.predictor.minReplicas", 1.0), "", ""),
    ],
    ids=["right", "field", "kind", "panic", "Go type", "label", "CEL", "webhook", "1.0 is 1"],
)
def test_a_verdict_has_its_step(item: dict[str, Any], step: str, says: str) -> None:
    ((verdict,),) = verdicts(NEWEST, [[item]])

    assert (verdict.allowed, verdict.step) == (not step, step)
    assert says in verdict.message


def test_a_clusters_default_mode_may_matter() -> None:
    ((verdict,),) = verdicts(NEWEST, [[mutated(SERVICE, "spec.predictor.scaleMetric", "cpu")]])

    assert (verdict.allowed, verdict.varies) == (False, True)


def test_objects_of_a_cluster_see_each_other_and_those_of_another_dont() -> None:
    cache = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "LocalModelCache",
        "metadata": {"name": "a"},
        "spec": {"sourceModelUri": "s3://a", "modelSize": "1Gi", "nodeGroups": ["x"]},
    }
    again = mutated(cache, "metadata.name", "b")
    answers = verdicts(NEWEST, [[cache, again], [again]])

    assert [[verdict.allowed for verdict in answer] for answer in answers] == [[True, False], [True]]
    assert "same StorageURI" in answers[0][1].message
