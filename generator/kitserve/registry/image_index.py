"""What says of an index that it is an image that `kitserve image` made of a ModelKit."""

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.modelkit.index import IMAGE_SOURCE
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.reference import is_digest

SOURCE = IMAGE_SOURCE
PREFIX = SOURCE.removesuffix("source")


def annotations(body: bytes) -> dict[str, str]:
    """Return the annotations of an index; none of what isn't one."""
    try:
        document = manifest.parse(body)
    except InvalidModelKit:
        return {}
    told = document.get("annotations")
    if not (isinstance(document.get("manifests"), list) and isinstance(told, dict)):
        return {}
    return {key: text for key, text in told.items() if isinstance(text, str)}


def source(body: bytes) -> str:
    """Return the digest of the ModelKit that an index is the image of; empty for anything else."""
    found = annotations(body).get(SOURCE, "")
    return found if is_digest(found) else ""
