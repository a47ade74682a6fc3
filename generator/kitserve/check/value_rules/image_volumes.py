"""Rules for ModelKits that nodes pull as images; the chart's twin is _imagevolume.tpl."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.check.value_rules.verification import enforces
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.delivery import IMAGE_VOLUME, VOLUME, Source, is_image_volume, sources
from kitserve.render.manifests.image_volume import SCHEME, image
from kitserve.render.manifests.inferenceservice import OPEN_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.values.types import Values

    Entry = dict[str, Any]

_IRIS = "inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n    delivery: imageVolume\n"
_URI = "    storageUri: kit://registry.example.com/iris@sha256:" + "0" * 64 + "\n"

NO_IMAGE = Code(
    "KS280",
    "error",
    "No image can be made of a URI, because it isn't a ModelKit's reference.",
    why="Registry, repository and tag or digest make the image's name. Its registry is a host that container runtimes "
    "accept in an image's name: without an underscore, and with a dot or a port.",
    example=f"{_IRIS}    storageUri: kit://my_registry.example.com/iris:v1\n",
    remedy="Write `kit://REGISTRY/REPOSITORY:TAG`, or a digest: `kit://REGISTRY/REPOSITORY@sha256:…`.",
)
INITIALIZERS = Code(
    "KS281",
    "error",
    "A setting of the initializer can't be combined with an image volume.",
    why="The node pulls the image, and no initializer runs: the setting would have no effect. Filters, layout and "
    "labels choose the image, so a service needs its own where `unpackFlags` has some for all.",
    example=f"{_IRIS}{_URI}    storageKey: mine\n",
    remedy="Leave it out, or write it empty where the defaults for all services have it. Name a digest in the URI, and "
    "give credentials by `imagePullSecrets`.",
)
OTHER_TEXT = Code(
    "KS282",
    "error",
    "A filter or label is written in a form that an image's name can't be made of.",
    why="The name has a hash of the text, so that `kitserve image` and the renderers must see the same text.",
    example=f"{_IRIS}{_URI}    unpacking: {{filter: \"'model'\"}}\n",
    remedy="Write words with one space between them, without quotes, backslashes and control characters.",
)
UNVERIFIED = Code(
    "KS283",
    "error",
    "The values enforce signatures, and let nodes pull images that the initializer doesn't see.",
    why="The initializer verifies signatures. An image volume is pulled by the node, so an admission controller has to "
    "verify the image.",
    example=f"{_IRIS}{_URI}verification: {{unmatched: deny}}\n",
    remedy="Have an admission controller verify images, and write `imageVolumes.admissionVerifies: true`; or leave "
    "`delivery` out.",
)
SAME_PATH = Code(
    "KS284",
    "error",
    "Two models of a service have the same mount path.",
    why="Each image is a volume of its own. Kubernetes refuses a container with two volumes at one path, and KServe "
    "leaves the second out (ConfigureOciNativeToContainer in pkg/utils/storage.go).",
    example=f"{_IRIS}    storageUris: [{{uri: 'kit://registry.example.com/a:v1'}}, {{uri: 'kit://registry.example.com/b:v1'}}]\n",
    remedy="Give each a `mountPath`, such as `/mnt/models/a` and `/mnt/adapters/b`.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))

_BESIDE = "can't be combined with delivery: imageVolume"
_HINTS: dict[tuple[str, ...], str] = {
    ("unpacking", "unpackFlags"): "write filter, layout and label under unpacking",
    ("unpacking", "digest"): "name the digest in the URI, as in kit://registry.example.com/iris@sha256:...",
    ("unpacking", "verification"): "let an admission controller verify images",
    ("storageKey",): "the node pulls the image: name a Secret in imagePullSecrets",
    ("storageContainerName",): "leave it out: no initializer runs",
}
_WORDS = re.compile(r"""[^\x00-\x20\x7f'"\\]+(?: [^\x00-\x20\x7f'"\\]+)*""")
_QUOTING = re.compile(r"""['"\\]""")
_CHOOSING = {
    "filter": re.compile(r"(?:^|[ \t\r\n])(?:--(?:filter|kitfile|model|code|datasets|docs)|-[oiv]*f)"),
    "label": re.compile(r"(?:^|[ \t\r\n])(?:--label|-[oiv]*l)"),
}
"""Flags of `kit unpack` that choose, as image/kitserve_initializer/config/flags.py reads them."""


def check_services(values: Values, services: Services) -> Iterator[Problem]:
    """Yield the problems of the services that want image volumes."""
    for service in services:
        path, entry = ("inferenceServices", service.key), service.entry
        yield from _has_modelkits_in_reach(path, entry)
        yield from _has_canaries_in_reach(path, entry)
        if is_image_volume(entry):
            yield from _has_images(path, entry)
            yield from _has_nothing_of_the_initializer(path, entry)
            yield from _chooses_by_itself(values, path, entry)
            yield from _has_readable_texts(path, entry)
            yield from _has_paths_of_their_own(path, entry)


def users(services: Services) -> tuple[Path, ...]:
    """Return the places at which services want image volumes."""
    return tuple(
        ("inferenceServices", each.key, "delivery") for each in services if is_image_volume(each.entry)
    )


def check_surroundings(values: Values, used: tuple[Path, ...]) -> Iterator[Problem]:
    """Yield the problems of values for all beside image volumes, which are wanted at the places `used`."""
    if used:
        yield from _patterns_are_for_none(values, used)
        yield from _somebody_verifies(values, used)


def chosen_for_all(values: Values) -> tuple[str, ...]:
    """Return what `unpackFlags` chooses: `filter` and `label`."""
    flags = _QUOTING.sub("", values.unpackFlags)
    return tuple(key for key, choosing in _CHOOSING.items() if choosing.search(flags))


def _has_modelkits_in_reach(path: Path, entry: Entry) -> Iterator[Problem]:
    for key in ("predictor", *OPEN_PARTS) if entry.get("delivery") == IMAGE_VOLUME else ():
        if any(_open_uris(entry.get(key, {}))):
            message = "delivery: imageVolume doesn't reach a ModelKit in here"
            hint = "write storageUri or storageUris" if key == "predictor" else "leave delivery out"
            yield INITIALIZERS.problem(message, path=(*path, key), hint=hint, also=((*path, "delivery"),))


def _has_canaries_in_reach(path: Path, entry: Entry) -> Iterator[Problem]:
    """Yield a problem of canaries whose ModelKits would be fetched, or unpacked into the predictor's claim."""
    delivery, canaries = entry.get("delivery", ""), entry.get("canary", [])
    predictors = _maps([canary.get("predictor") for canary in canaries])
    if delivery in {IMAGE_VOLUME, VOLUME} and any(any(_open_uris(each)) for each in predictors):
        message = f"delivery: {delivery} doesn't reach a ModelKit in here"
        hint, also = "leave delivery out", ((*path, "delivery"),)
        yield INITIALIZERS.problem(message, path=(*path, "canary"), hint=hint, also=also)


def _open_uris(predictor: Entry) -> Iterator[str]:
    """Yield the ModelKits of an open part; the variable is KServe's for custom containers."""
    found = [part.get("storageUri") for part in _maps(list(predictor.values()))]
    found += [source.get("uri") for source in _maps(predictor.get("storageUris"))]
    for container in _maps(predictor.get("containers")):
        found += [
            each.get("value") for each in _maps(container.get("env")) if each.get("name") == "STORAGE_URI"
        ]
    return (uri for uri in found if isinstance(uri, str) and uri.startswith(SCHEME))


def _maps(items: object) -> Iterator[Entry]:
    """Yield the maps of a list, if it is one."""
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else iter(())


def _has_images(path: Path, entry: Entry) -> Iterator[Problem]:
    for each in _modelkits(entry):
        if not image(each.uri):
            message, hint = "no image can be made of this", "such as `kit://registry.example.com/iris:v1`"
            yield NO_IMAGE.problem(message, path=(*path, *each.path), hint=hint)


def _has_nothing_of_the_initializer(path: Path, entry: Entry) -> Iterator[Problem]:
    for place, hint in _HINTS.items():
        given = entry.get("unpacking", {}) if len(place) > 1 else entry
        if given.get(place[-1]):
            also = ((*path, "delivery"),)
            yield INITIALIZERS.problem(_BESIDE, path=(*path, *place), hint=hint, also=also)


def _chooses_by_itself(values: Values, path: Path, entry: Entry) -> Iterator[Problem]:
    for key in chosen_for_all(values):
        if not entry.get("unpacking", {}).get(key):
            message = f"needed for delivery: imageVolume, because unpackFlags has a {key}"
            hint, also = "write the one that the image is made with", (("unpackFlags",), (*path, "delivery"))
            yield INITIALIZERS.problem(message, path=(*path, "unpacking", key), hint=hint, also=also)


def _has_readable_texts(path: Path, entry: Entry) -> Iterator[Problem]:
    for key in _CHOOSING:
        text = entry.get("unpacking", {}).get(key)
        if text and not _WORDS.fullmatch(text):
            message = (
                "an image's name needs words with one space between them, without quotes and backslashes"
            )
            hint = "write it as `kitserve image` gets it"
            yield OTHER_TEXT.problem(message, path=(*path, "unpacking", key), hint=hint)


def _has_paths_of_their_own(path: Path, entry: Entry) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for each in sources(entry):
        other = first.setdefault(each.mount_path.removesuffix("/"), each.path)
        if other != each.path and len(other) > 1:
            place, also = (*path, *each.path[:-1], "mountPath"), ((*path, *each.path), (*path, *other))
            hint = "such as /mnt/models/a and /mnt/adapters/b"
            yield SAME_PATH.problem("another model is mounted there", path=place, hint=hint, also=also)


def _patterns_are_for_none(values: Values, used: tuple[Path, ...]) -> Iterator[Problem]:
    for key in ("allowPatterns", "ignorePatterns"):
        if getattr(values, key):
            hint = "an image has all files that filters take: filter, or make the services another release"
            message = "can't be combined with image volumes"
            yield INITIALIZERS.problem(message, path=(key,), hint=hint, also=used)


def _somebody_verifies(values: Values, used: tuple[Path, ...]) -> Iterator[Problem]:
    if enforces(values) and not values.imageVolumes.admissionVerifies:
        message = "verification is enforced, and the initializer doesn't see the images that nodes pull"
        place, hint = (
            ("imageVolumes", "admissionVerifies"),
            "write true if an admission controller verifies images",
        )
        yield UNVERIFIED.problem(message, path=place, hint=hint, also=(*used, ("verification",)))


def _modelkits(entry: Entry) -> Iterator[Source]:
    return (each for each in sources(entry) if each.is_modelkit)
