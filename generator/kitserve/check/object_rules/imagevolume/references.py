"""References of images that nodes mount: whether a node can read them, and what they name in a week."""

from collections.abc import Iterator

from kitserve.check.initializer import SCHEME, has_login
from kitserve.check.object_rules.imagevolume import reference
from kitserve.check.object_rules.imagevolume.places import Named, images_of, uris_of
from kitserve.check.object_rules.imagevolume.sources import MODELCARS
from kitserve.check.object_rules.initializer.references import is_template
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import MODEL, service
from kitserve.crds.lookup import Data
from kitserve.problems import Code, Problem
from kitserve.render.manifests import image_volume

_OWN_IMAGE = MODEL.replace("iris:v1", "iris:v1.image")
IMAGE_REFERENCE = Code(
    "KS165",
    "error",
    "No node can read the reference of a model's image.",
    why="A cluster admits any text. The kubelet then reports `InvalidImageName`, and no pod starts (ParseImageName in "
    "pkg/util/parsers/parsers.go of kubernetes/kubernetes). Behind `oci+native://`, and in an image volume, stands an "
    "image's reference alone: no other scheme, a repository in lower case, and a whole digest if there is one.",
    example=service(model=MODEL.replace("kit://", "oci+native://kit://")),
    remedy="Write `HOST/REPOSITORY:TAG` or `HOST/REPOSITORY@sha256:DIGEST`. `kitserve image` prints the URI of a "
    "ModelKit's image.",
)
BY_TAG = Code(
    "KS164",
    "warning",
    "The image of a model's volume is named by a tag.",
    why="A node pulls the image only if it has none of this name: KServe writes `pullPolicy: IfNotPresent` "
    "(ConfigureOciNativeToContainer in pkg/utils/storage.go), which is Kubernetes' default too. When the tag moves, "
    "nodes that served before keep the old model, new nodes get the new one, and one service answers with both. "
    "No warning is for a digest, nor for a tag that `kitserve image` makes of a ModelKit's digest, such as "
    "`sha256-….image`: it names the files of that ModelKit only, and the command never moves it to others.",
    example=service(model=_OWN_IMAGE.replace("kit://", "oci+native://")),
    remedy="Name the image's digest: `oci+native://REPOSITORY@sha256:…`. In kitserve's values, name the ModelKit's: "
    "`kit://REPOSITORY@sha256:…`.",
)
OTHER_WAY = Code(
    "KS167",
    "warning",
    "The image of a ModelKit is named as something else.",
    why="`kitserve image` makes images without a program in them, with tags that end in `.image`. Behind `oci://` "
    "KServe starts the image as a container with `sh`, unless its `ociModelMode` is `native` "
    "(ConfigureModelcarToContainer in pkg/utils/storage.go), so the pods fail. Behind `kit://` the initializer finds "
    "an image instead of a ModelKit, and refuses it.",
    example=service(model=_OWN_IMAGE.replace("kit://", "oci://")),
    remedy="Write `oci+native://` in front of such an image, and `kit://` in front of the ModelKit's own tag.",
)


def _images_can_be_read(item: Data) -> Iterator[Problem]:
    for image in images_of(item):
        if is_template(image.reference) or (image.scheme and has_login(image.reference)):
            continue  # KS153 tells of a URI's login
        if found := reference.fault(image.reference):
            hint = found.hint
            if image.reference.startswith(SCHEME) and (meant := image_volume.image(image.reference)):
                prefix = f"{image.scheme}://" if image.scheme else ""
                hint = f"write {prefix}{meant}, the image that `kitserve image` makes of this ModelKit"
            yield IMAGE_REFERENCE.problem(found.message, path=image.path, hint=hint)


def _images_are_pinned(item: Data) -> Iterator[Problem]:
    for image in images_of(item):
        parsed = None if is_template(image.reference) else reference.parse(image.reference)
        if parsed and image.is_volume and not parsed.is_pinned and not _is_pulled_again(image, parsed):
            message = "nodes that have an image of this tag keep it when the tag moves, and new nodes get the new one"
            yield BY_TAG.problem(message, path=image.path, hint="name a digest: REPOSITORY@sha256:…")


def _is_pulled_again(image: Named, parsed: reference.Image) -> bool:
    """Return whether every pod asks the registry what a tag names, and the tag looks like one that stays."""
    return image.policy == "Always" and parsed.tag not in {"", "latest"}


def _images_are_mounted(item: Data) -> Iterator[Problem]:
    for path, uri in uris_of(item):
        scheme, _, name = uri.partition("://")
        parsed = reference.parse(name)
        if not parsed or not parsed.is_of_a_modelkit:
            continue
        if scheme in MODELCARS:
            message = "KServe starts this image as a container, and it has no program"
            yield OTHER_WAY.problem(message, path=path, hint="write oci+native:// in front")
        elif f"{scheme}://" == SCHEME:
            message = "this is the tag of a ModelKit's image, which the initializer doesn't unpack"
            yield OTHER_WAY.problem(
                message, path=path, hint="name the ModelKit's own tag, or write oci+native://"
            )


RULES = (ObjectRule(_images_can_be_read), ObjectRule(_images_are_pinned), ObjectRule(_images_are_mounted))
