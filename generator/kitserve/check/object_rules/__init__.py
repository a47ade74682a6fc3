"""Rules that a CRD can't express, one function each. KS1xx: admitted but doesn't work. KS2xx: refused.

They come from the source of KServe 0.15 to 0.20, and what is public of 0.21. A module holds the rules of one subject
and their codes.
"""

from collections.abc import Iterator
from functools import cache
from itertools import chain

from kitserve.check.object_rules import (
    claims,
    inferencegraph,
    localmodel,
    plain_secrets,
    pod_choices,
    pod_references,
    pod_resources,
    policies,
    resource_limits,
    secret,
    unsupported_kinds,
)
from kitserve.check.object_rules.imagevolume import delivery, knative, llms, mounts, nesting, volumes
from kitserve.check.object_rules.imagevolume import references as image_references
from kitserve.check.object_rules.imagevolume import schemes as image_schemes
from kitserve.check.object_rules.imagevolume import settings as image_settings
from kitserve.check.object_rules.inferenceservice import (
    annotations,
    autoscalers,
    canary,
    containers,
    implementations,
    initializer_annotations,
    modelkits,
    mount_paths,
    multinode,
    names,
    runtime_match,
    scaling,
    storage_spec,
    storage_uris,
    webhook,
)
from kitserve.check.object_rules.initializer import certificates, references, schemes, settings
from kitserve.check.object_rules.llminferenceservice import config as llm_config
from kitserve.check.object_rules.llminferenceservice import models as llm_models
from kitserve.check.object_rules.llminferenceservice import router, templates, workloads
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.object_rules.servingruntime import known as known_runtimes
from kitserve.check.object_rules.servingruntime import preference, priorities
from kitserve.check.object_rules.servingruntime import webhook as runtime_webhook
from kitserve.check.object_rules.storagecontainer import container, matching, overlap
from kitserve.crds.lookup import Data
from kitserve.problems import Code, Problem

_MODULES = (
    pod_resources,
    pod_references,
    pod_choices,
    claims,
    *(annotations, canary, initializer_annotations, unsupported_kinds, plain_secrets, localmodel, modelkits),
    *(multinode, names, inferencegraph, workloads, router, llm_models, llm_config, templates),
    *(scaling, autoscalers, secret, webhook, implementations, containers, runtime_match, resource_limits),
    *(preference, priorities, runtime_webhook, storage_uris, mount_paths, storage_spec),
    *(container, matching, overlap),
    *(references, schemes, settings, certificates, policies),
    *(image_references, image_schemes, image_settings, mounts, nesting, delivery, knative, volumes),
)
CODES = tuple(
    dict.fromkeys(
        code for module in _MODULES for code in tuple(vars(module).values()) if isinstance(code, Code)
    )
)

_INFERENCE_SERVICE = (
    *webhook.RULES,
    *implementations.RULES,
    *containers.RULES,
    *multinode.RULES,
    *canary.RULES,
    *storage_uris.RULES,
    *mount_paths.RULES,
    *storage_spec.RULES,
    *modelkits.RULES,
    *unsupported_kinds.RULES,
    *scaling.RULES,
    *annotations.RULES,
    *initializer_annotations.RULES,
    *names.RULES,
    *pod_resources.RULES.of_service,
    *pod_references.RULES.of_service,
    *pod_choices.RULES.of_service,
    *plain_secrets.RULES,
    *references.RULES,
    *settings.RULES,
    *image_references.RULES,
    *image_settings.RULES,
    *mounts.RULES,
    *nesting.RULES,
    *delivery.RULES,
    *knative.RULES,
    *volumes.RULES,
)
_LLMS = (*image_references.RULES, *llms.RULES, *volumes.RULES)
_RULES: dict[str, tuple[ObjectRule, ...]] = {
    "serving.kserve.io/v1alpha1/ClusterServingRuntime": (
        *runtime_webhook.RULES,
        *pod_resources.RULES.of_runtime,
        *pod_references.RULES.of_runtime,
        *pod_choices.RULES.of_runtime,
        *priorities.RULES,
        *references.RULES,
        *image_references.RULES,
        *volumes.RULES,
    ),
    "serving.kserve.io/v1alpha1/ServingRuntime": (
        *runtime_webhook.RULES,
        *pod_resources.RULES.of_runtime,
        *pod_references.RULES.of_runtime,
        *pod_choices.RULES.of_runtime,
        *priorities.RULES,
        *references.RULES,
        *image_references.RULES,
        *volumes.RULES,
    ),
    "serving.kserve.io/v1alpha1/ClusterStorageContainer": (
        *container.RULES,
        *pod_resources.RULES.of_storage_container,
        *pod_references.RULES.of_storage_container,
        *pod_choices.RULES.of_storage_container,
        *matching.RULES,
        *policies.RULES,
        ObjectRule(resource_limits.initializer_fits),
        *plain_secrets.STORAGE_RULES,
        *references.RULES,
        *settings.STORAGE_RULES,
    ),
    "serving.kserve.io/v1alpha1/InferenceGraph": inferencegraph.RULES,
    "serving.kserve.io/v1alpha1/LocalModelCache": (
        *localmodel.RULES,
        *references.RULES,
        *image_references.RULES,
    ),
    "serving.kserve.io/v1alpha1/LocalModelNamespaceCache": (
        *localmodel.RULES,
        *references.RULES,
        *image_references.RULES,
    ),
    "serving.kserve.io/v1alpha1/LLMInferenceService": (
        *workloads.RULES,
        *router.RULES["v1alpha1"],
        *unsupported_kinds.LLM_RULES,
        *references.RULES,
        *_LLMS,
    ),
    "serving.kserve.io/v1alpha2/LLMInferenceService": (
        *workloads.RULES,
        *workloads.NEWER_RULES,
        *router.RULES["v1alpha2"],
        *llm_models.RULES,
        *unsupported_kinds.LLM_RULES,
        *references.RULES,
        *_LLMS,
    ),
    "serving.kserve.io/v1alpha1/TrainedModel": (*unsupported_kinds.TRAINED_RULES, *references.RULES),
    "serving.kserve.io/v1beta1/InferenceService": _INFERENCE_SERVICE,
    "serving.kserve.io/v1alpha1/LLMInferenceServiceConfig": (
        *llm_config.RULES,
        *templates.RULES,
        *references.RULES,
        *_LLMS,
    ),
    "serving.kserve.io/v1alpha2/LLMInferenceServiceConfig": (
        *llm_config.RULES,
        *templates.RULES,
        *references.RULES,
        *_LLMS,
    ),
    "apps/v1/DaemonSet": (*image_references.RULES, *volumes.RULES),
    "v1/Secret": secret.RULES,
}


def has_rules(item: Data) -> bool:
    """Return whether there are rules for an object's kind, by its head."""
    return f"{item['apiVersion']}/{item['kind']}" in _RULES


def check_object(item: Data, version: str) -> Iterator[Problem]:
    """Yield the problems of one object, which may have any shape."""
    for rule in _rules(f"{item['apiVersion']}/{item['kind']}", version):
        yield from rule.check(item)


@cache
def _rules(kind: str, version: str) -> tuple[ObjectRule, ...]:
    return tuple(rule for rule in _RULES.get(kind, ()) if rule.is_of(version))


def check_together(
    found: list[Data], version: str, refused: frozenset[int] = frozenset()
) -> Iterator[tuple[int, Problem]]:
    """Yield the problems of objects beside each other, each with the index of its object.

    `refused` has the indices of those that a cluster doesn't admit anyway.
    """
    known = known_runtimes.runtimes(found, version)
    for number, item in enumerate(found if known.are_few else ()):
        if item["kind"] == "InferenceService":
            yield from ((number, problem) for problem in runtime_match.unserved(item, known))
    yield from chain(
        overlap.overlaps(found, version),
        priorities.collisions(found, version, refused),
        preference.unpreferred(found, version),
        initializer_annotations.unread(found),
        schemes.unfetched(found, version),
        image_schemes.unknown(found, version),
        certificates.unusable(found),
        localmodel.same_models(found, refused),
        localmodel.without_downloader(found),
        claims.unshared(found),
    )
