"""One note a run on the default image, as long as nobody can pull it."""

from collections.abc import Iterable, Iterator

from kitserve.crds.lookup import Data, text
from kitserve.render.manifests.image import default_repository, initializer
from kitserve.values.types import Values
from kitserve.version import IMAGE_IS_PUBLISHED


def note(images: Iterable[str], *, published: bool = IMAGE_IS_PUBLISHED) -> Iterator[str]:
    """Yield the note if one of the images is the default one."""
    repository = default_repository()
    if not published and any(image.startswith((f"{repository}:", f"{repository}@")) for image in images):
        yield f"the image {repository} isn't published yet: build it, and name yours under `image`"


def of_objects(objects: Iterable[Data]) -> Iterator[str]:
    """Yield the images of the initializers among objects."""
    for item in objects:
        if item["kind"] == "ClusterStorageContainer":
            yield text(item, ("spec", "container", "image"))


def of_values(values: Values) -> Iterator[str]:
    """Yield the image of the initializers that values create."""
    if values.clusterStorageContainer.create or values.localModels.create:
        yield initializer(values)
