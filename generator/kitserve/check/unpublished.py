"""One note a run on the default image, as long as nobody can pull it."""

from collections.abc import Iterable, Iterator

from kitserve.crds.lookup import Data, text
from kitserve.render.manifests.image import default_repository
from kitserve.version import IMAGE_IS_PUBLISHED


def note(objects: Iterable[Data], *, published: bool = IMAGE_IS_PUBLISHED) -> Iterator[str]:
    """Yield the note if an initializer among the objects has the default image."""
    repository = default_repository()
    if not published and any(_image(item).startswith(repository) for item in objects):
        yield f"the image {repository} isn't published yet: build it, and name yours under `image`"


def _image(item: Data) -> str:
    return text(item, ("spec", "container", "image")) if item["kind"] == "ClusterStorageContainer" else ""
