"""The manifests that the codes' examples are made of: as small as they can be, and right but for what is put in."""

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
    """An InferenceService with a model, fields of its predictor, and what stands below `metadata`."""
    below = indent(metadata, "  ").rstrip("\n")
    return _SERVICE.format(
        metadata=f"\n{below}" if below else "", predictor=indent(model + predictor, "    ")
    )


def annotated(annotation: str, predictor: str = "", model: str = MODEL) -> str:
    """An InferenceService with one annotation."""
    return service(predictor, model, f"annotations:\n  {annotation}\n")


def model(lines: str) -> str:
    """An InferenceService with more in its `model`."""
    return service(model=MODEL + indent(lines, "  "))


def storage(
    container: str = "",
    formats: str = _FORMATS,
    *,
    name: str = "kitops",
    container_name: str = "storage-initializer",
    image: str = "ghcr.io/example/initializer:1.0",
) -> str:
    """A ClusterStorageContainer with more in its container, or with URI formats of its own."""
    return _STORAGE.format(
        name=name, container=container_name, image=image, more=indent(container, "    "), formats=formats
    )
