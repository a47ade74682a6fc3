"""Small valid manifests, into which the codes' examples put one fault each."""

from textwrap import indent

_SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris{metadata}
spec:
  predictor:
{predictor}"""

_STORAGE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterStorageContainer
metadata:
  name: {name}
spec:
  container:
    name: {container}
    image: {image}
{more}{formats}  workloadType: initContainer
  supportsMultiModelDownload: true
"""

_FORMATS = "  supportedUriFormats:\n    - prefix: kit://\n"
MODEL = """\
model:
  modelFormat: {name: sklearn}
  storageUri: kit://registry.example.com/iris:v1
"""


def service(predictor: str = "", model: str = MODEL, metadata: str = "") -> str:
    """Return an InferenceService with a model, fields of its predictor, and fields below `metadata`."""
    below = indent(metadata, "  ").rstrip("\n")
    return _SERVICE.format(
        metadata=f"\n{below}" if below else "", predictor=indent(model + predictor, "    ")
    )


def annotated(annotation: str, predictor: str = "", model: str = MODEL) -> str:
    """Return an InferenceService with one annotation."""
    return service(predictor, model, f"annotations:\n  {annotation}\n")


def model(lines: str) -> str:
    """Return an InferenceService with more fields in its `model`."""
    return service(model=MODEL + indent(lines, "  "))


def llm(spec: str) -> str:
    """Return an LLMInferenceService with more fields in its `spec`."""
    return (
        "apiVersion: serving.kserve.io/v1alpha2\nkind: LLMInferenceService\nmetadata:\n  name: chat\nspec:\n"
        "  model: {uri: 'hf://example/chat'}\n" + indent(spec, "  ")
    )


def storage(
    container: str = "",
    formats: str = _FORMATS,
    *,
    name: str = "kitops",
    container_name: str = "storage-initializer",
    image: str = "ghcr.io/example/initializer:1.0",
) -> str:
    """Return a ClusterStorageContainer with more fields in its container, or with other URI formats."""
    return _STORAGE.format(
        name=name, container=container_name, image=image, more=indent(container, "    "), formats=formats
    )
