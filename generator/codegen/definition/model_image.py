"""Values that name the image of a ModelKit, as `kitserve image` makes it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from codegen.definition.fields import Section, Uri, value

# Words that the command and both renderers write alike: no quotes, and one space between two of them.
_WORD = r"""[^\x00-\x20\x7f"'\\]+"""
ImageWords = Annotated[str, StringConstraints(pattern=rf"^({_WORD}( {_WORD})*)?$")]


class ImageChoice(Section):
    """Options of `kitserve image` that the image was made with: they are a part of its tag."""

    layout: Literal["", "kit", "model"] = value("", "Its `--layout`. Empty: the value `layout`.")
    filter: ImageWords = value("", "Its `--filter`, several with one space between them, such as `model`.")
    label: ImageWords = value("", "Its `--label`, such as `quantization=q4_0`.")


class ModelImage(ImageChoice):
    """A ModelKit by its image."""

    uri: Uri = Field(description="Its URI, such as `kit://registry.example.com/models/chat:v1`.")
