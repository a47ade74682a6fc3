"""The judge answers as an API server with KServe does, and says which step refuses."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.generator.check.manifests import ABSENT, MODEL, SERVICE, mutated
from tests.parts.kserve_judge import Verdict, verdicts, versions

pytestmark = pytest.mark.timeout(3600)

NEWEST = versions()[-1]
SCALED = {
    "apiVersion": "serving.kserve.io/v1alpha2",
    "kind": "LLMInferenceService",
    "metadata": {"name": "chat"},
    "spec": {"model": {"uri": "hf://a/b"}, "replicas": 1, "scaling": {"maxReplicas": 2, "wva": {"hpa": {}}}},
}


ASKED: dict[str, tuple[dict[str, Any], str, str]] = {
    "right": (SERVICE, "", ""),
    "field": (mutated(SERVICE, "spec.predictr", {}), "fields", "unknown field spec.predictr"),
    "kind": (mutated(SERVICE, "kind", "InferenceServices"), "fields", "no matches for kind"),
    "panic": (mutated(SERVICE, "spec", ABSENT), "defaulter", "panic"),
    "Go type": (mutated(SERVICE, "spec.predictor.minReplicas", "1"), "defaulter", "cannot unmarshal string"),
    "label": (mutated(SERVICE, "metadata.labels", {"a": "no label!"}), "schema", "metadata.labels"),
    "CEL": (SCALED, "cel", "mutually exclusive"),
    "webhook": (mutated(SERVICE, f"{MODEL}.name", "x"), "validator", "'name' field is not allowed"),
    "1.0 is 1": (mutated(SERVICE, "spec.predictor.minReplicas", 1.0), "", ""),
}
"""An object, the step that refuses it, and what it says."""


@pytest.fixture(scope="module")
def answers() -> dict[str, Verdict]:
    found = verdicts(NEWEST, [[item] for item, _, _ in ASKED.values()])
    return {name: verdict for name, (verdict,) in zip(ASKED, found, strict=True)}


@pytest.mark.parametrize("name", ASKED)
def test_a_verdict_has_its_step(name: str, answers: dict[str, Verdict]) -> None:
    _, step, says = ASKED[name]

    assert (answers[name].allowed, answers[name].step) == (not step, step)
    assert says in answers[name].message


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


def test_it_answers_again_after_a_question_that_was_broken_off() -> None:
    def clusters() -> Iterator[list[dict[str, Any]]]:
        yield [SERVICE]
        raise TimeoutError

    with pytest.raises(TimeoutError):
        verdicts(NEWEST, clusters())

    assert verdicts(NEWEST, [[SERVICE]]) == [[Verdict(allowed=True)]]
