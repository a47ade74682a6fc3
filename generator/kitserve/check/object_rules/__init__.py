"""Rules that a CRD can't express, one function each. KS1xx: admitted but doesn't work. KS2xx: refused.

They come from the source of KServe 0.15 to 0.20. A module holds the rules of one subject and their codes.
"""

from collections.abc import Iterator
from functools import cache
from itertools import chain

from kitserve.check.object_rules import (
    inferencegraph,
    localmodel,
    plain_secrets,
    policies,
    runtime_preference,
    runtime_priorities,
    secret,
    servingruntime,
    storagecontainer,
    storagecontainer_overlap,
    unsupported_kinds,
)
from kitserve.check.object_rules.inferenceservice import (
    annotations,
    canary,
    initializer_annotations,
    modelkits,
    multinode,
    names,
    runtime_match,
    scaling,
    storage_uris,
    webhook,
)
from kitserve.check.object_rules.initializer import certificates, references, schemes, settings
from kitserve.check.object_rules.llminferenceservice import config as llm_config
from kitserve.check.object_rules.llminferenceservice import models as llm_models
from kitserve.check.object_rules.llminferenceservice import router, templates, workloads
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.lookup import Data
from kitserve.problems import Code, Problem

_MODULES = (
    *(annotations, canary, initializer_annotations, unsupported_kinds, plain_secrets, localmodel, modelkits),
    *(multinode, names, inferencegraph, workloads, router, llm_models, llm_config, templates),
    *(scaling, secret, webhook, runtime_match, runtime_preference, runtime_priorities, servingruntime),
    *(storage_uris, storagecontainer, storagecontainer_overlap, policies),
    *(references, schemes, settings, certificates),
)
CODES = tuple(
    dict.fromkeys(
        code for module in _MODULES for code in tuple(vars(module).values()) if isinstance(code, Code)
    )
)

_INFERENCE_SERVICE = (
    *webhook.RULES,
    *multinode.RULES,
    *canary.RULES,
    *storage_uris.RULES,
    *modelkits.RULES,
    *unsupported_kinds.RULES,
    *scaling.RULES,
    *annotations.RULES,
    *initializer_annotations.RULES,
    *names.RULES,
    *plain_secrets.RULES,
    *references.RULES,
    *settings.RULES,
)
_RULES: dict[str, tuple[ObjectRule, ...]] = {
    "serving.kserve.io/v1alpha1/ClusterServingRuntime": (
        *servingruntime.RULES,
        *runtime_priorities.RULES,
        *references.RULES,
    ),
    "serving.kserve.io/v1alpha1/ServingRuntime": (
        *servingruntime.RULES,
        *runtime_priorities.RULES,
        *references.RULES,
    ),
    "serving.kserve.io/v1alpha1/ClusterStorageContainer": (
        *storagecontainer.RULES,
        *policies.RULES,
        ObjectRule(runtime_match.initializer_fits),
        *plain_secrets.STORAGE_RULES,
        *references.RULES,
        *settings.STORAGE_RULES,
    ),
    "serving.kserve.io/v1alpha1/InferenceGraph": inferencegraph.RULES,
    "serving.kserve.io/v1alpha1/LocalModelCache": (*localmodel.RULES, *references.RULES),
    "serving.kserve.io/v1alpha1/LocalModelNamespaceCache": (*localmodel.RULES, *references.RULES),
    "serving.kserve.io/v1alpha1/LLMInferenceService": (
        *workloads.RULES,
        *router.RULES["v1alpha1"],
        *unsupported_kinds.LLM_RULES,
        *references.RULES,
    ),
    "serving.kserve.io/v1alpha2/LLMInferenceService": (
        *workloads.RULES,
        *workloads.NEWER_RULES,
        *router.RULES["v1alpha2"],
        *llm_models.RULES,
        *unsupported_kinds.LLM_RULES,
        *references.RULES,
    ),
    "serving.kserve.io/v1alpha1/TrainedModel": (*unsupported_kinds.TRAINED_RULES, *references.RULES),
    "serving.kserve.io/v1beta1/InferenceService": _INFERENCE_SERVICE,
    "serving.kserve.io/v1alpha1/LLMInferenceServiceConfig": (
        *llm_config.RULES,
        *templates.RULES,
        *references.RULES,
    ),
    "serving.kserve.io/v1alpha2/LLMInferenceServiceConfig": (
        *llm_config.RULES,
        *templates.RULES,
        *references.RULES,
    ),
    "v1/Secret": secret.RULES,
}


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
    known = runtime_match.runtimes(found, version)
    for number, item in enumerate(found if known.are_few else ()):
        if item["kind"] == "InferenceService":
            yield from ((number, problem) for problem in runtime_match.unserved(item, known))
    yield from chain(
        storagecontainer_overlap.overlaps(found, version),
        runtime_preference.unpreferred(found, version),
        runtime_priorities.collisions(found, version, refused),
        initializer_annotations.unread(found),
        schemes.unfetched(found, version),
        certificates.unusable(found),
        localmodel.same_models(found, refused),
        localmodel.without_downloader(found),
    )
