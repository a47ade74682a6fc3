"""The value of the registries that images are pulled from instead of their own."""

from typing import Annotated

from pydantic import Field, StringConstraints

from codegen.definition.fields import value

# What makes the first part of an image's name a registry: a dot, a port, or the name `localhost`.
_HOST = (
    r"localhost(:[0-9]{1,5})?|\[[:.a-fA-F0-9]+\](:[0-9]{1,5})?|[-_a-zA-Z0-9]+([.][-_a-zA-Z0-9]+)+(:[0-9]{1,5})?"
    r"|[-_a-zA-Z0-9]+:[0-9]{1,5}"
)
_PART = r"[a-z0-9]+([._-]+[a-z0-9]+)*"
MirroredRegistry = Annotated[str, StringConstraints(pattern=rf"^([*]|{_HOST})$")]
ImageMirror = Annotated[
    str,
    StringConstraints(pattern=rf"^(({_HOST})(/{_PART})*)?$"),
    Field(description="The mirror, as HOST or HOST/PATH. Empty: none."),
]
ImageMirrors = dict[MirroredRegistry, ImageMirror]


def image_mirrors() -> ImageMirrors:
    """Return the field of the values."""
    mirrors: ImageMirrors = value(
        {},
        "Where images are pulled from instead, as HOST or HOST/PATH, by the registry in their names: `ghcr.io`, "
        "`docker.io` also for names without a registry, or `*` for all others. It replaces the registry, and leaves "
        "the rest of the name, tag and digest as they are. It is for all containers' images in these values: the "
        "initializer's, those of pods that keep models on nodes, those of InferenceServices (`predictor`, "
        "`transformer`, `explainer`, `canary`) and of LLMInferenceServices. Not for ModelKits and their images, which "
        "their URIs name, nor for `extraObjects`. An image whose registry is a mirror's host stays as it is, and so "
        "does one whose registry has an empty mirror.",
    )
    return mirrors
