"""Values to Kubernetes objects, a module for each kind; the chart's template of that name renders the same objects."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests import (
    clusterstoragecontainer,
    extraobjects,
    inferenceservice,
    localmodel,
    secret,
    serviceaccount,
)

if TYPE_CHECKING:
    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.render.release import Release
    from kitserve.values.types import Values

Manifest = dict[str, Any]


def render(values: Values, services: Services, release: Release) -> list[Manifest]:
    """Return the objects of a release in the order to apply them: an InferenceService comes after what it needs."""
    release = dataclasses.replace(release, namespace=values.namespaceOverride or release.namespace)
    return [
        *serviceaccount.render(values, release),
        *secret.render(values, release),
        *clusterstoragecontainer.render(values, release),
        *localmodel.render(values, release),
        *inferenceservice.render(values, services, release),
        *extraobjects.render(values),
    ]
