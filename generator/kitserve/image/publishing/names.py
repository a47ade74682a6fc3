"""The name of an image, from the command's options: the renderers' own function, or a tag that somebody chose."""

import re

from kitserve_initializer.oci import reference

from kitserve.errors import WrongSettings
from kitserve.image.request import Request
from kitserve.image.source import failures
from kitserve.render.manifests import image_volume

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_OTHER = re.compile(r"[\s\"'\\]")
_FALLBACK = re.compile(r"sha(?:256|384|512)-[0-9a-f]{64}")


def tag_of(request: Request, chosen: str) -> str:
    """Return the tag of a ModelKit's image: the chosen one, else the function's.

    Raises:
        WrongSettings: if there is none, or values couldn't name the same image.
    """
    with failures():
        uri = str(reference.parse(request.reference))
    for option, texts in (("--filter", request.filters), ("--label", request.labels)):
        wrong = next((text for text in texts if not text or _OTHER.search(text)), None)
        if wrong is not None:
            raise WrongSettings(
                f"{option} {wrong!r} is empty, or has white space, a quote or a backslash, of which no name is made",
                f"repeat {option} for each word",
            )
    name = image_volume.image(uri, request.layout, " ".join(request.filters), " ".join(request.labels))
    if not name:
        raise WrongSettings(
            f"{uri} has a host or a name that no image's reference can have",
            "name the registry as container runtimes do, by letters, digits, dashes and dots",
        )
    return _checked(chosen) if chosen else name.rpartition(":")[2]


def _checked(chosen: str) -> str:
    if not _TAG.fullmatch(chosen):
        raise WrongSettings(f"{chosen!r} isn't a tag", "letters, digits, `_`, `.` and `-`, 128 at most")
    if _FALLBACK.fullmatch(chosen):
        raise WrongSettings(f"the tag {chosen} is for lists of referrers", "choose another one")
    return chosen
