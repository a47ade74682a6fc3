"""Objects that are right, and how to get one that is wrong in one field."""

import copy
import enum
from typing import Any

from kitserve.check import object_rules
from kitserve.crds import structures, validate

STORAGE: dict[str, Any] = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ClusterStorageContainer",
    "metadata": {"name": "kitops"},
    "spec": {
        "container": {"name": "storage-initializer", "image": "example.com/initializer:1"},
        "supportedUriFormats": [{"prefix": "kit://"}],
        "workloadType": "initContainer",
        "supportsMultiModelDownload": True,
    },
}
SERVICE: dict[str, Any] = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "iris"},
    "spec": {
        "predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "kit://example.com/iris:1"}}
    },
}
LLM = {
    "apiVersion": "serving.kserve.io/v1alpha2",
    "kind": "LLMInferenceService",
    "metadata": {"name": "chat"},
    "spec": {"model": {"uri": "hf://example/chat"}},
}
MODEL = "spec.predictor.model"


class Absent(enum.Enum):
    """What `mutated` takes for no value at all."""

    ABSENT = enum.auto()


ABSENT = Absent.ABSENT


def mutated(item: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of the object with one field set, or without it."""
    changed = copy.deepcopy(item)
    *parents, last = path.split(".")
    place = changed
    for step in parents:
        place = place.setdefault(step, {})
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return changed


NEWEST = structures.released()[-1]


def codes(*items: dict[str, Any], version: str = NEWEST) -> set[str]:
    """The codes of all that is wrong with some objects."""
    alone = (
        problem
        for item in items
        for problem in (*validate.check(item, version), *object_rules.check_object(item, version))
    )
    return {problem.code for problem in alone} | {
        problem.code for _, problem in object_rules.check_together(list(items), version)
    }
