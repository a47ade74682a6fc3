"""The annotations that say of an index that it is our image, and of what it was made."""

from kitserve.image.request import Request
from kitserve.image.source import Source
from kitserve.registry.image_index import PREFIX, SOURCE

PARENTS = f"{PREFIX}parents"
"""The digests of those that it builds on, the farthest first."""
LAYOUT, FILTER, LABEL = f"{PREFIX}layout", f"{PREFIX}filter", f"{PREFIX}label"
PLATFORMS = f"{PREFIX}platforms"
RULES = f"{PREFIX}rules"
"""The version of the rules by which images are made: another one may give another image of the same ModelKit."""

_RULES = "1"


def of(source: Source, request: Request) -> dict[str, str]:
    """Return the annotations of the image that is asked for; lists are words with a space between them."""
    texts = {
        SOURCE: source.found.kit.digest,
        PARENTS: " ".join(parent.kit.digest for parent in source.parents),
        LAYOUT: request.layout,
        FILTER: " ".join(request.filters),
        LABEL: " ".join(request.labels),
        PLATFORMS: " ".join(dict.fromkeys(request.platforms)),
        RULES: _RULES,
    }
    return {name: text for name, text in texts.items() if text}
