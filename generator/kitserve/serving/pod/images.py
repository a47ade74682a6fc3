"""Images that a node can't pull: of the model, of the initializer, of the server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.image_name import registry_and_path
from kitserve.render.manifests.image_volume import is_image
from kitserve.serving.standing import Cause
from kitserve.serving.told import told

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data

REASONS = frozenset({
    "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
})  # fmt: skip
"""Reasons for which a container waits for an image (pkg/kubelet/images/types.go of Kubernetes)."""
_FINAL_REASONS = {"InvalidImageName", "ErrImageNeverPull", "SignatureValidationFailed"}
_QUOTED = re.compile(r"image \\?\"([^\"\\]+)")
_FRONT = re.compile(
    r"\A(?:Back-off pulling image \"[^\"]*\"(?:: )?|Failed to pull image \"[^\"]*\": |ErrImagePull: |"
    r"rpc error: code = \w+ desc = |failed to pull and unpack image \"[^\"]*\": |failed to resolve image: |"
    r"failed to resolve reference \"[^\"]*\": |failed to resolve image: |failed to copy: |[^\s\"]+: (?=not found))+"
)
_KNOWN = (
    (r"no basic auth|unauthorized|authentication required|denied|forbidden|\b40[13]\b", "login", True),
    (r"not found|manifest unknown|name unknown|does not exist", "absent", True),
    (r"HTTP response to HTTPS client", "plain", True),
    (r"x509|certificate", "authority", True),
    (r"unexpected commit digest|failed precondition|diff ?id", "damaged", True),
    (r"no match for platform", "platform", True),
    (r"no space left", "disk", False),
    (r"toomanyrequests|\b429\b|pull QPS", "later", False),
)
_HINTS = {
    "login": "give the pod a pull secret for that registry (`imagePullSecrets`): the initializer's login plays no part",
    "absent": "correct the image's name or tag, or push it",
    "plain": "tell the nodes that this registry has no TLS: `--plain-http` is for the initializer alone",
    "authority": "let the nodes trust the registry's authority: the initializer's certificates play no part",
    "damaged": "the registry holds other bytes than the manifest promises: push it again",
    "platform": "the image is for other machines than this node",
    "disk": "the node's disk is full",
    "later": "the registry lets nobody pull so much: wait, or log in",
    "": "the node tries again; look whether it reaches the registry",
}
_ABSENT_MODEL = "make it: `kitserve image` with the service's layout and filters"


def unpulled(message: object, reason: str, container: Data, role: str) -> Cause:
    """Return why an image isn't there; `role` says whose image a container's own is."""
    said = told(message)
    found = _QUOTED.search(said)
    own = str(container.get("image", ""))
    image = own if not found or _whole(found[1]) == _whole(own) else found[1]
    words = _FRONT.sub("", said) or reason
    kind, is_final = next(
        ((name, final) for pattern, name, final in _KNOWN if re.search(pattern, words)),
        ("", reason in _FINAL_REASONS),
    )
    whose = "the model's image" if is_model(image, container) else role
    hint = _ABSENT_MODEL if kind == "absent" and is_image(image) else _HINTS[kind]
    return Cause(f"the node can't pull {whose} {told(image)}: {words.rstrip('.')}", hint, is_final)


def is_model(image: str, container: Data) -> bool:
    """Return whether an image is a model's, and not a container's own."""
    return is_image(image) or bool(image and _whole(image) != _whole(str(container.get("image", ""))))


def _whole(image: str) -> str:
    """Return an image's name as container runtimes write it (github.com/distribution/reference, ParseDockerRef)."""
    name, at, digest = "/".join(registry_and_path(image)).partition("@")
    folder, _, last = name.rpartition("/")
    base, _, tag = last.partition(":")
    return f"{folder}/{base}{at}{digest}" if digest else f"{folder}/{base}:{tag or 'latest'}"
