"""Kinds of KServe that use no ClusterStorageContainer, so kit:// doesn't work with them."""

import re
from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import model
from kitserve.crds.lookup import Data, at, final_name, models, text
from kitserve.problems import Code, Path, Problem

CONFIDENTIAL_KIT = Code(
    "KS148",
    "error",
    "A service demands that a ModelKit is decrypted.",
    why="KServe passes CONFIDENTIAL_ENABLED to the initializer, but only KServe's own image decrypts. "
    "kitserve's initializer ends with an error, because it can't read the model "
    "(pkg/webhook/admission/pod/storage_initializer_injector.go).",
    example=model("confidential: {enabled: true}\n"),
    remedy="Leave `confidential` out, or keep the model where KServe's own initializer fetches it.",
)
LLM_URI = Code(
    "KS149",
    "warning",
    "An LLMInferenceService names its model by kit://.",
    why="Its controller knows pvc://, oci://, hf:// and s3://, and from KServe 0.20 on oci+native://. For other URIs "
    "it reports `unsupported schema in model URI` and uses no ClusterStorageContainer "
    "(pkg/controller/v1alpha2/llmisvc/workload_storage.go, kserve/kserve#4987). It looks for a "
    "LocalModelCache of the same URI before that.",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nmetadata:\n  name: chat\nspec:\n"
    "  model:\n    uri: kit://registry.example.com/chat:v1\n",
    remedy="Make an image of it by `kitserve image` and write the URI that this prints, make a LocalModelCache of it, "
    "or set `spec.storageInitializer.enabled` to false and fetch "
    "the model with your own init container.",
)
TRAINED_URI = Code(
    "KS246",
    "error",
    "A TrainedModel's webhook refuses the scheme of its URI.",
    why="KServe's agent fetches the models of a multi-model server and uses no "
    "ClusterStorageContainer. It accepts s3://, gs://, https:// and http:// (validateStorageURI "
    "in pkg/apis/serving/v1alpha1/trainedmodel_webhook.go).",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: TrainedModel\nmetadata:\n  name: iris\nspec:\n"
    "  inferenceService: many\n"
    "  model:\n    framework: sklearn\n    memory: 1Gi\n    storageUri: kit://registry.example.com/iris:v1\n",
    remedy="Serve the ModelKit with its own InferenceService.",
)

TRAINED_NAME = Code(
    "KS247",
    "error",
    "A TrainedModel's name has a character that KServe's webhook refuses.",
    why="The webhook allows letters, digits, `_` and `-` (validateTrainedModelName in "
    "pkg/apis/serving/v1alpha1/trainedmodel_webhook.go). Kubernetes' own rule allows a dot too.",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: TrainedModel\nmetadata:\n  name: iris.v2\nspec:\n"
    "  inferenceService: many\n"
    "  model:\n    framework: sklearn\n    memory: 1Gi\n    storageUri: s3://models/iris\n",
    remedy="Write a `-` instead of the dot.",
)
_AGENTS = ("s3://", "gs://", "https://", "http://")


def _modelkit_is_in_the_clear(item: Data) -> Iterator[Problem]:
    for path in models(item):
        enabled = at(item, (*path, "confidential", "enabled")) is True
        if enabled and text(item, (*path, "storageUri")).startswith("kit://"):
            message = "kitserve's initializer doesn't decrypt"
            yield CONFIDENTIAL_KIT.problem(
                message, path=(*path, "confidential", "enabled"), hint="leave it out"
            )


def _model_is_known_to_llms(item: Data) -> Iterator[Problem]:
    path: Path = ("spec", "model", "uri")
    own = at(item, ("spec", "storageInitializer", "enabled")) is False
    if text(item, path).startswith("kit://") and not own:
        message = "an LLMInferenceService can't fetch kit://"
        yield LLM_URI.problem(
            message, path=path, hint="make an image of it by `kitserve image`, or a LocalModelCache"
        )


def _model_is_known_to_agents(item: Data) -> Iterator[Problem]:
    path: Path = ("spec", "model", "storageUri")
    missing = at(item, ("spec",)) is None
    if missing or (isinstance(at(item, path), str) and not text(item, path).startswith(_AGENTS)):
        yield TRAINED_URI.problem("KServe's agent doesn't fetch this", path=path, hint=", ".join(_AGENTS))


def _trained_name_is_allowed(item: Data) -> Iterator[Problem]:
    if (name := final_name(item)) and not re.fullmatch(r"[a-zA-Z0-9_-]+", name):
        hint = "letters, digits, `_` and `-`"
        yield TRAINED_NAME.problem("KServe refuses this name", path=("metadata", "name"), hint=hint)


RULES = (ObjectRule(_modelkit_is_in_the_clear, since="0.20"),)
LLM_RULES = (ObjectRule(_model_is_known_to_llms),)
TRAINED_RULES = (ObjectRule(_model_is_known_to_agents), ObjectRule(_trained_name_is_allowed))
