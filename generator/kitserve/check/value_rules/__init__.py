"""Rules for values that a schema can't express, one function each. Their twin is the chart's templates/validate.yaml.

A rule has the same path and sentence in both, so `helm install` and `kitserve render` refuse the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.value_rules import (
    authorities,
    credentials,
    image_volumes,
    inference_services,
    llm_inference_services,
    local_models,
    model_images,
    model_volumes,
    service_names,
    storage,
    verification,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.problems import Code, Problem
    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.values.types import Values

_MODULES = (
    *(storage, local_models, credentials, verification, inference_services, image_volumes, model_volumes),
    *(llm_inference_services, service_names, authorities),
)
CODES: tuple[Code, ...] = tuple(dict.fromkeys(code for module in _MODULES for code in module.CODES))


def check_values(values: Values, found: Services, namespace: str = "") -> Iterator[Problem]:
    """Yield the values' problems, in the order of the rules; `found` are their services.

    `namespace` is the release's, empty if nobody knows it.
    """
    for rule in (*storage.RULES, *local_models.RULES, *credentials.RULES, *verification.RULES):
        yield from rule(values)
    for rule in (*model_images.RULES, *llm_inference_services.RULES, *authorities.RULES):
        yield from rule(values)
    yield from service_names.check_names(values, found, namespace)
    found = service_names.in_groups(found, values)
    yield from inference_services.check_services(values, found)
    yield from image_volumes.check_services(values, found)
    yield from model_volumes.check_services(values, found)
    used = (*image_volumes.users(found), *model_images.users(values))
    yield from image_volumes.check_surroundings(values, used)
