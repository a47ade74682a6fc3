"""References by tag: of ModelKits with kit://, and of container images as Docker reads them."""

import re
from dataclasses import dataclass

from kitserve_initializer.errors import InvalidReference
from kitserve_initializer.login import SCHEME
from kitserve_initializer.oci import reference

from kitserve.image_name import registry_and_path

_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_IMAGE = re.compile(
    rf"(?:(?P<host>{_HOST})/)?(?P<repository>{_PART}(?:/{_PART})*)(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?"
)
_LATEST = "latest"


@dataclass(frozen=True)
class Tagged:
    """A reference by tag, as a registry is asked for it, and as it is written; `digest` is the one that it has.

    `written` has no digest. A ModelKit or an image without a tag means `latest`.
    """

    registry: str
    repository: str
    tag: str
    digest: str
    written: str
    is_image: bool

    @property
    def asked(self) -> str:
        """The reference as the initializer's parser reads it."""
        return f"{self.registry}/{self.repository}:{self.tag}"


def modelkit(text: str) -> Tagged | None:
    """Return a ModelKit's reference by tag; None if the text is none, or has a digest and no tag."""
    if not text.startswith(SCHEME):
        return None
    written, _, digest = text.partition("@")
    try:
        reference.parse(text)
        found = reference.parse(written)
    except InvalidReference:
        return None
    if digest and not written.endswith(f":{found.tag}"):
        return None
    return Tagged(found.registry, found.repository, found.tag, digest, written, is_image=False)


def image(text: str) -> Tagged | None:
    """Return an image's reference by tag; None as `modelkit`."""
    match = _IMAGE.fullmatch(text)
    if not match or (match["digest"] and not match["tag"]):
        return None
    named = f"{match['host']}/{match['repository']}" if match["host"] else match["repository"]
    registry, repository = registry_and_path(named)
    written, _, digest = text.partition("@")
    return Tagged(registry, repository, match["tag"] or _LATEST, digest, written, is_image=True)
