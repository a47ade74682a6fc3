"""Rules for the images of LLMInferenceServices and of prefetched models; the chart's twin is in _imagevolume.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kitserve.check.initializer import HINT, MESSAGE, has_login
from kitserve.check.value_rules.image_volumes import INITIALIZERS, NO_IMAGE, chosen_for_all
from kitserve.check.value_rules.rule import LOGIN
from kitserve.render.manifests.image_volume import SCHEME, image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.problems import Path, Problem
    from kitserve.values.types import ImageChoice, ModelImage, Prefetch, Values


class _Named(NamedTuple):
    """A URI with its place, and what chooses its image, with the place of that."""

    uri: str
    path: Path
    choice: ImageChoice | ModelImage | Prefetch
    chosen: Path


def users(values: Values) -> tuple[Path, ...]:
    """Return the places of the ModelKits that are mounted as images."""
    return tuple(named.path for named in _all(values) if named.uri.startswith(SCHEME))


def _all(values: Values) -> Iterator[_Named]:
    for name, prefetch in sorted(values.imageVolumes.prefetch.items()):
        path: Path = ("imageVolumes", "prefetch", name)
        yield _Named(prefetch.uri, (*path, "uri"), prefetch, path)
    for name, service in sorted(values.llmInferenceServices.items()):
        own: Path = ("llmInferenceServices", name)
        yield _Named(service.uri, (*own, "uri"), service.unpacking, (*own, "unpacking"))
        for adapter, source in sorted(service.adapters.items()):
            path = (*own, "adapters", adapter)
            yield _Named(source.uri, (*path, "uri"), source, path)


def _uris_are_public(values: Values) -> Iterator[Problem]:
    for named in _all(values):
        if has_login(named.uri):
            yield LOGIN.problem(MESSAGE, path=named.path, hint=HINT)


def _images_have_names(values: Values) -> Iterator[Problem]:
    for named in _all(values):
        if named.uri.startswith(SCHEME) and not image(named.uri) and not has_login(named.uri):
            hint = "such as `kit://registry.example.com/models/chat:v1`"
            yield NO_IMAGE.problem("no image can be made of this", path=named.path, hint=hint)


def _images_are_chosen(values: Values) -> Iterator[Problem]:
    for named in _all(values):
        for key in chosen_for_all(values) if named.uri.startswith(SCHEME) else ():
            if not getattr(named.choice, key):
                message = f"needed for the image, because unpackFlags has a {key}"
                place, hint = (*named.chosen, key), "write the one that the image is made with"
                yield INITIALIZERS.problem(message, path=place, hint=hint, also=(("unpackFlags",),))


RULES: tuple[ValueRule, ...] = (_uris_are_public, _images_have_names, _images_are_chosen)
