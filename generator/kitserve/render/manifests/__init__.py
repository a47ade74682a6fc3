"""Values to Kubernetes objects, a module for each kind; the chart's template of that name renders the same objects."""

from __future__ import annotations

import dataclasses
from itertools import chain
from typing import TYPE_CHECKING, Any

from kitserve.errors import TooMuch
from kitserve.render.manifests import (
    clusterstoragecontainer,
    daemonset,
    extraobjects,
    inferenceservice,
    localmodel,
)
from kitserve.render.manifests.access import configmap, secret, serviceaccount
from kitserve.render.manifests.llm import llminferenceservice
from kitserve.render.manifests.mirror import with_mirrors
from kitserve.render.manifests.volumes import persistentvolumeclaim
from kitserve.values import size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.render.release import Release
    from kitserve.values.types import Values

Manifest = dict[str, Any]


def render(values: Values, services: Services, release: Release) -> list[Manifest]:
    """Return the objects of a release in the order to apply them: a service comes after what it needs.

    Raises:
        TooMuch: if the objects have too many keys and values together.
    """
    release = dataclasses.replace(release, namespace=values.namespaceOverride or release.namespace)
    services = tuple(sorted(services, key=lambda service: service.key))
    objects = chain(
        serviceaccount.render(values, release),
        secret.render(values, release),
        configmap.render(values, services, release),
        clusterstoragecontainer.render(values, release),
        localmodel.render(values, release),
        persistentvolumeclaim.render(values, ((each.name, each.entry) for each in services), release),
        daemonset.render(values, release),
        with_mirrors(inferenceservice.render(values, services, release), values.imageMirrors),
        with_mirrors(llminferenceservice.render(values, release), values.imageMirrors),
        extraobjects.render(values),
    )
    return list(_bounded(objects))


def _bounded(objects: Iterator[Manifest]) -> Iterator[Manifest]:
    """Yield the objects as long as they aren't too much: each may repeat what all have in common."""
    made = 0
    for item in objects:
        made += size.parts(item)
        if made > size.MOST:
            message = f"the values make objects of more than {size.MOST} keys and values"
            raise TooMuch(message, hint="make releases of them, or give each object less of what all have")
        yield item
